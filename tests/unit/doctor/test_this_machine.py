"""What the doctor sees of a real machine, and what the command makes of it."""

import json
import os
import socket
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairlead import Exchange
from fairlead.adapters.access.key_files import new_secret_file, new_token_key
from fairlead.adapters.machine.files import ThisDisk
from fairlead.adapters.machine.host import ThisMachine
from fairlead.cli import app
from fairlead.cli.exit_codes import ExitCode

runner = CliRunner()


@pytest.fixture
def venue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory with a log, in a place where nothing else is configured."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("FAIRLEAD_", "XDG_"))]:
        monkeypatch.delenv(name)
    folder = tmp_path / "venue"
    with Exchange.open(folder) as exchange:
        exchange.add_account("alice")
    return folder


def _words(venue: Path, *more: str) -> list[str]:
    ports = ["--set", "server.port=0", "--set", "server.gateway_port=0"]
    return [
        "doctor",
        "--set",
        f"engine.data_dir={venue}",
        *ports,
        "--set",
        "engine.disk_free_min_bytes=134217728",
        *more,
    ]


def test_a_real_venue_is_found_healthy_and_left_as_it_was(venue: Path) -> None:
    before = {path.name: path.stat().st_size for path in venue.iterdir()}

    result = runner.invoke(app, _words(venue, "--json"))

    about = json.loads(result.stdout)
    seen = {found["check"]: found for found in about["findings"]}
    assert result.exit_code == ExitCode.OK, result.stdout
    assert about["schema"] == 1
    assert about["status"] in {"ok", "warn"}
    assert "every byte read" in seen["journal"]["seen"]
    assert "fail" not in {found["status"] for found in about["findings"]}
    assert {path.name: path.stat().st_size for path in venue.iterdir()} == before


def test_text_names_the_remedy_below_the_fault_and_ends_with_the_verdict(venue: Path) -> None:
    (venue / "gateway.keys").touch(mode=0o644)
    (venue / "gateway.keys").chmod(0o644)

    result = runner.invoke(app, _words(venue))

    lines = result.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("fail"))
    assert result.exit_code == ExitCode.DATA
    assert "gateway keys" in lines[at]
    assert lines[at + 1].strip() == "needed: mode 600"
    assert f"chmod 600 {venue / 'gateway.keys'}" in lines[at + 2]
    assert lines[-1].startswith("not healthy: ")


def test_a_real_damage_in_the_log_ends_with_4(venue: Path) -> None:
    (segment,) = venue.glob("wal-*.seg")
    data = bytearray(segment.read_bytes())
    data[4_096 + 64] ^= 1
    segment.write_bytes(data)

    result = runner.invoke(app, _words(venue, "--json"))

    (found,) = [one for one in json.loads(result.stdout)["findings"] if one["status"] == "fail"]
    assert result.exit_code == ExitCode.DATA
    assert found["check"] == "journal"
    assert segment.name in found["seen"]


def test_a_port_that_is_taken_ends_with_5(venue: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        result = runner.invoke(app, [*_words(venue), "--set", f"server.port={port}"])

    assert result.exit_code == ExitCode.UNAVAILABLE
    assert f"HTTP port: {port}: " in result.stdout


def test_a_configuration_that_cannot_be_used_ends_with_4(venue: Path) -> None:
    (venue.parent / "fairlead.toml").write_text("[server]\nprot = 1\n")

    result = runner.invoke(app, _words(venue))

    assert result.exit_code == ExitCode.DATA
    assert "did you mean server.port?" in result.stdout


def test_a_named_file_that_is_not_there_is_a_fault_of_the_configuration(venue: Path) -> None:
    result = runner.invoke(app, _words(venue, "--config", "none.toml"))

    assert result.exit_code == ExitCode.DATA
    assert "path=none.toml" in result.stdout


def test_this_disk_says_what_is_there(tmp_path: Path) -> None:
    disk = ThisDisk()
    (tmp_path / "file").write_bytes(b"abc")
    (tmp_path / "file").chmod(0o640)

    disk.write_and_sync(tmp_path)

    assert stat.S_IMODE(disk.mode(tmp_path / "file") or 0) == 0o640
    assert disk.mode(tmp_path / "none") is None
    assert disk.mode(tmp_path / "file" / "below") is None
    assert disk.sizes(tmp_path) == {"file": 3}
    assert disk.head(tmp_path / "file", 2) == b"ab"
    assert disk.free_bytes(tmp_path) > 0
    with pytest.raises(OSError, match="No such file"):
        disk.write_and_sync(tmp_path / "none")


def test_this_machine_answers_and_sees_a_port_that_is_taken() -> None:
    machine = ThisMachine()

    assert machine.python_version() >= (3, 11, 0)
    assert machine.core_version()
    assert machine.processor().count >= 1
    assert machine.is_installed("json")
    assert not machine.is_installed("fairlead_no_such_module")
    assert machine.lacking("no-such-extra") is None
    assert machine.port_refusal("127.0.0.1", 0) is None
    # An address kept for documentation: no machine has it.
    assert machine.port_refusal("192.0.2.1", 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert machine.port_refusal("127.0.0.1", server.getsockname()[1])


def test_the_keys_that_the_service_makes_are_found_good(venue: Path) -> None:
    new_token_key(venue / "token.key")
    new_secret_file(venue / "master.key")

    result = runner.invoke(app, _words(venue, "--json"))

    seen = {found["check"]: found["seen"] for found in json.loads(result.stdout)["findings"]}
    assert result.exit_code == ExitCode.OK, result.stdout
    assert seen["token key"] == f"{venue / 'token.key'} has mode 600"
    assert seen["master secret"] == f"{venue / 'master.key'} has mode 600"
