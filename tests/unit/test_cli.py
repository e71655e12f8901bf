"""The command line: help without the engine, suggestions, exit codes, one JSON document."""

import importlib
import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from fairlead import DataError, FairleadError, InternalError, NotFoundError, UsageError, cli
from fairlead.cli.exit_codes import ExitCode

runner = CliRunner()


def test_help_lists_every_command_and_exit_code() -> None:
    result = runner.invoke(cli.app, ["--help"])

    assert result.exit_code == ExitCode.OK
    for word in ("demo", "replay", "version", "Exit codes"):
        assert word in result.stdout
    for code in ExitCode:
        assert code.meaning


def test_help_fits_a_screen() -> None:
    result = runner.invoke(cli.app, ["--help"], env={"COLUMNS": "80"})

    assert len(result.stdout.splitlines()) <= 40


def test_help_imports_neither_engine_nor_commands() -> None:
    code = (
        "import sys\nfrom fairlead.cli import app\nsys.argv = ['fairlead', '--help']\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\nprint('\\n' + ' '.join(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    loaded = set(done.stdout.splitlines()[-1].split())

    assert "fairlead.cli" in loaded
    assert not {"fairlead.engine", "fairlead._core", "fairlead.cli.demo", "fairlead.cli.replay", "numpy"} & loaded
    assert not {"fairlead.settings", "fairlead.cli.config", "fairlead.cli.doctor", "msgspec"} & loaded


@pytest.mark.parametrize("name", cli._Commands.lazy)
def test_the_listed_summary_is_the_first_line_of_the_docstring(name: str) -> None:
    lazy = cli._Commands.lazy[name]

    function = getattr(importlib.import_module(lazy.module), lazy.function)
    if isinstance(function, typer.Typer):
        assert function.registered_callback is not None
        function = function.registered_callback.callback

    assert (function.__doc__ or "").strip().splitlines()[0] == lazy.summary


@pytest.mark.parametrize("name", cli._Commands.lazy)
def test_every_command_has_a_help_of_its_own(name: str) -> None:
    result = runner.invoke(cli.app, [name, "--help"])

    assert result.exit_code == ExitCode.OK
    assert "--json" in result.stdout or "Commands" in result.stdout


def test_version_is_text_or_one_json_object_with_sorted_keys() -> None:
    plain = runner.invoke(cli.app, ["version"])
    as_json = json.loads(runner.invoke(cli.app, ["version", "--json"]).stdout)

    assert plain.stdout.strip() == as_json["version"]
    assert list(as_json) == sorted(as_json)
    assert as_json["schema"] == 1


def test_a_typo_is_answered_with_a_suggestion() -> None:
    result = runner.invoke(cli.app, ["replya"])

    assert result.exit_code == ExitCode.USAGE
    assert "replay" in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InternalError("x"), ExitCode.INTERNAL),
        (UsageError("x"), ExitCode.USAGE),
        (NotFoundError("x"), ExitCode.NOT_FOUND),
        (DataError("x"), ExitCode.DATA),
    ],
)
def test_an_exception_of_ours_ends_with_its_code_and_one_line(
    error: FairleadError, code: ExitCode, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == code
    assert capsys.readouterr().err == "fairlead: x\n"
