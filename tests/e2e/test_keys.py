"""``fairlead keys``: what it prints, keeps and refuses, and what a running engine makes of it."""

import json
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.venues import KEYS, SECRET, Process, make_market, write_keys

from fairlead.cli.exit_codes import ExitCode
from fairlead.client import Client
from fairlead.errors import UnavailableError


def _fairlead(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from fairlead.cli import main; main()", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def _keys(directory: Path, *words: object) -> dict[str, Any]:
    done = _fairlead("keys", "--data", directory, *words, "--json")
    assert done.returncode == ExitCode.OK, done.stderr
    about: dict[str, Any] = json.loads(done.stdout)
    return about


def _reload(process: Process) -> str:
    assert process.process.stderr is not None
    process.process.send_signal(signal.SIGHUP)
    return process.process.stderr.readline()


def test_a_secret_is_told_once_and_the_file_is_private(tmp_path: Path) -> None:
    made = _fairlead("keys", "--data", tmp_path, "add", "maker-1", "--account", 7, "--orders-per-s", 500)
    path = tmp_path / "gateway.keys"

    told = re.fullmatch(
        r"key_id=maker-1 session=1 account=7 role=trading scheme=hmac orders_per_s=500\nsecret=([0-9a-f]{64})\n",
        made.stdout,
    )
    assert told is not None, made
    assert told[1] in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    listed = _fairlead("keys", "--data", tmp_path, "list")
    assert listed.stdout == made.stdout.splitlines()[0] + "\n"
    assert told[1] not in made.stderr + listed.stdout + listed.stderr


def test_json_has_the_same_in_sorted_keys(tmp_path: Path) -> None:
    added = _keys(tmp_path, "add", "algo", "--account", 3, "--scheme", "ed25519")
    rotated = _keys(tmp_path, "rotate", "algo")
    removed = _keys(tmp_path, "remove", "algo")
    listed = _keys(tmp_path, "list")

    assert (added["scheme"], added["counts_from"], added["schema"]) == ("ed25519", "start", 1)
    assert added["secret"] != rotated["secret"]
    assert added["public_key"] != rotated["public_key"]
    assert "secret" not in removed
    assert [(key["key_id"], key["session"], key["role"]) for key in listed["keys"]] == [("algo", 1, "retired")]


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("add", "alice", "--account", 9), ExitCode.USAGE, "key_id=alice is there already"),
        (("add", "new", "--account", 9, "--role", "boss"), ExitCode.USAGE, "role=boss: give trading"),
        (("add", "new", "--account", 0), ExitCode.USAGE, "account=0"),
        (("add", "new", "--account", -1), ExitCode.USAGE, "greater"),
        (("add", "new", "--account", 9, "--scheme", "rsa"), ExitCode.USAGE, "scheme=rsa: give hmac or ed25519"),
        (("add", "new", "--account", 9, "--session", 2), ExitCode.USAGE, "session=2 belongs to the key"),
        (("add", "a b", "--account", 9), ExitCode.USAGE, "cannot be a word"),
        (("rotate", "alice", "--public-key", "00"), ExitCode.USAGE, "has no public key"),
        (("remove", "nobody"), ExitCode.NOT_FOUND, "key_id=nobody"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    tmp_path: Path, words: tuple[object, ...], code: ExitCode, what: str
) -> None:
    write_keys(tmp_path)
    before = (tmp_path / "gateway.keys").read_text()

    done = _fairlead("keys", "--data", tmp_path, *words)

    assert (done.returncode, done.stdout) == (code, "")
    assert what in done.stderr
    assert (tmp_path / "gateway.keys").read_text() == before


def test_a_file_or_directory_that_will_not_do_is_named(tmp_path: Path) -> None:
    nowhere = _fairlead("keys", "--data", tmp_path / "nowhere", "add", "a", "--account", 1)
    no_file = _fairlead("keys", "--data", tmp_path, "list")
    no_data = _fairlead("keys", "list")
    write_keys(tmp_path)
    (tmp_path / "gateway.keys").chmod(0o644)
    is_open = _fairlead("keys", "--data", tmp_path, "add", "a", "--account", 1)

    assert (nowhere.returncode, "nowhere: no such directory" in nowhere.stderr) == (ExitCode.NOT_FOUND, True)
    assert (no_file.returncode, "no key file" in no_file.stderr) == (ExitCode.NOT_FOUND, True)
    assert (no_data.returncode, "--data DIR" in no_data.stderr) == (ExitCode.USAGE, True)
    assert (is_open.returncode, "mode=644 max=600: chmod 600" in is_open.stderr) == (ExitCode.DATA, True)


def test_a_running_engine_takes_new_keys_and_ends_the_sessions_of_old_ones(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Process(directory) as process:
        make_market(process.port)
        with (
            Client(port=process.port, key_id="alice", secret=SECRET, cancel_on_disconnect_ms=0) as alice,
            Client(port=process.port, key_id="bob", secret=SECRET) as bob,
        ):
            alice.submit(symbol="ABC-USD", side="buy", order_qty=5, price=10)
            carol = _fairlead("keys", "--data", directory, "add", "carol", "--account", 1)
            assert "send it SIGHUP" in carol.stderr
            secret = carol.stdout.rsplit("secret=", 1)[1].strip()
            with pytest.raises(UnavailableError, match="NotAuthenticated"):
                Client(port=process.port, key_id="carol", secret=secret)
            assert _keys(directory, "remove", "alice")["counts_from"] == "reload"

            assert f"keys={len(KEYS)} sessions_ended=1" in _reload(process)

            with pytest.raises(UnavailableError, match="NotAuthenticated"):
                list(alice.events(timeout_s=60))
            with Client(port=process.port, key_id="carol", secret=secret) as late:
                assert late.mass_cancel().count == 0  # the rule of the lost connection came first
            assert bob.submit(symbol="ABC-USD", side="sell", order_qty=1, price=10).exec_type == "New"


def test_a_file_that_became_wrong_changes_nothing_for_a_running_engine(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Process(directory) as process:
        (directory / "gateway.keys").write_text("alice 1\n")

        assert "keys and certificate of before count: key file: line=1: words=2" in _reload(process)

        make_market(process.port)
        assert process.end() == ExitCode.OK
