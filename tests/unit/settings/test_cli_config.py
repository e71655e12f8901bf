"""``fairlead config``: what it prints, writes and refuses."""

import json
import os
import stat
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairlead import cli
from fairlead.cli.exit_codes import ExitCode
from fairlead.errors import FairleadError, NotFoundError, UsageError
from fairlead.settings import SettingsError

runner = CliRunner()


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and an environment in which nothing is set."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("FAIRLEAD_", "XDG_"))]:
        monkeypatch.delenv(name)
    return tmp_path


def _run(*words: str) -> str:
    result = runner.invoke(cli.app, ["config", *words])
    assert result.exit_code == ExitCode.OK, result.output
    return result.stdout


def _refused(*words: str) -> tuple[FairleadError, int]:
    result = runner.invoke(cli.app, ["config", *words])
    assert isinstance(result.exception, FairleadError)
    return result.exception, cli._exit_code(result.exception)


def test_show_prints_toml_and_origins_behind_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (place / "fairlead.toml").write_text("[server]\nport = 8081\nworkers = 2\n")
    monkeypatch.setenv("FAIRLEAD_SERVER__WORKERS", "3")

    plain = _run("show")
    lines = _run("show", "--origin", "--set", "log.level=debug").splitlines()

    assert tomllib.loads(plain)["server"]["port"] == 8081
    assert "#" not in "".join(line for line in plain.splitlines() if not line.startswith("#"))
    for line in (
        "port = 8081  # fairlead.toml",
        "workers = 3  # FAIRLEAD_SERVER__WORKERS",
        'level = "debug"  # --set log.level',
        "gateway_port = 9080  # default",
    ):
        assert line in lines


def test_show_json_is_one_object_with_sorted_keys() -> None:
    about = json.loads(_run("show", "--origin", "--json"))

    assert about["schema"] == 1
    assert about["settings"]["server"]["port"] == 8080
    assert about["origins"]["server"]["port"] == "default"
    assert list(about) == sorted(about)
    assert list(about["settings"]["limits"]) == sorted(about["settings"]["limits"])


def test_check_says_what_was_read(place: Path) -> None:
    (place / "other.toml").write_text("[server]\nport = 8081\n")

    assert _run("check").startswith("valid: 0 of ")
    assert "read other.toml" in _run("check", "other.toml")
    about = json.loads(_run("check", "other.toml", "--json"))
    assert about == {"files": ["other.toml"], "problems": [], "schema": 1, "set": ["server.port"], "valid": True}


def test_check_of_a_faulty_file_ends_with_4_and_names_every_fault(place: Path) -> None:
    (place / "fairlead.toml").write_text("[server]\nprot = 1\nport = 70000\n")

    error, code = _refused("check")
    as_json = runner.invoke(cli.app, ["config", "check", "--json"])

    assert isinstance(error, SettingsError)
    assert code == ExitCode.DATA
    assert "did you mean server.port?" in str(error)
    assert "value=70000, limit=0 to 65535" in str(error)
    assert as_json.exit_code == ExitCode.DATA
    about = json.loads(as_json.stdout)
    assert about["valid"] is False
    assert [problem["key"] for problem in about["problems"]] == ["server.prot", "server.port"]


def test_a_file_that_is_not_there_ends_with_3() -> None:
    for words in (["check", "none.toml"], ["show", "--config", "none.toml"]):
        error, code = _refused(*words)
        assert isinstance(error, NotFoundError)
        assert code == ExitCode.NOT_FOUND


def test_a_set_that_sets_nothing_ends_with_2_and_an_unknown_one_with_4() -> None:
    error, code = _refused("show", "--set", "canary")
    assert isinstance(error, UsageError)
    assert (code, "canary" in str(error)) == (ExitCode.USAGE, False)

    error, code = _refused("show", "--set", "server.prot=1")
    assert code == ExitCode.DATA
    assert str(error).startswith("--set server.prot: server.prot is no setting")


def test_schema_is_json_in_one_line_with_json() -> None:
    assert json.loads(_run("schema")) == json.loads(_run("schema", "--json"))
    assert len(_run("schema", "--json").splitlines()) == 1


def test_init_writes_a_private_file_and_its_schema_and_what_it_wrote_is_valid(place: Path) -> None:
    assert "wrote fairlead.toml" in _run("init")

    assert stat.S_IMODE((place / "fairlead.toml").stat().st_mode) == 0o600
    assert json.loads((place / "fairlead.schema.json").read_text()) == json.loads(_run("schema"))
    assert json.loads(_run("check", "--json"))["files"] == ["fairlead.toml"]


def test_init_overwrites_nothing(place: Path) -> None:
    (place / "mine.toml").write_text("mine")
    (place / "dangling.toml").symlink_to(place / "elsewhere")
    (place / "kept.schema.json").write_text("kept")

    for name in ("mine.toml", "dangling.toml"):
        error, code = _refused("init", name)
        assert isinstance(error, UsageError)
        assert (code, name in str(error)) == (ExitCode.USAGE, True)
    about = json.loads(_run("init", "kept.toml", "--json"))

    assert (place / "mine.toml").read_text() == "mine"
    assert not (place / "elsewhere").exists()
    assert (place / "kept.schema.json").read_text() == "kept"
    assert about == {"file": "kept.toml", "schema": 1, "schema_file": "kept.schema.json"}
    assert _refused("init", "no/such/x.toml")[1] == ExitCode.NOT_FOUND


@pytest.mark.parametrize(
    "command", [["config"], *(["config", name] for name in ("show", "check", "schema", "init")), ["doctor"]]
)
def test_help_fits_a_screen_and_names_json(command: list[str]) -> None:
    result = runner.invoke(cli.app, [*command, "--help"], env={"COLUMNS": "120"})

    assert result.exit_code == ExitCode.OK
    assert len(result.stdout.splitlines()) <= 40
    assert "--json" in result.stdout or "Commands" in result.stdout
