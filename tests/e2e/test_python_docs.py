"""Every Python and bash block of the README and of the Python pages runs, and what it shows is what it prints."""

import doctest
import importlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/how-to/backup.md",
    "docs/how-to/breakers.md",
    "docs/how-to/calendars.md",
    "docs/how-to/outcomes.md",
    "docs/how-to/durable.md",
    "docs/how-to/gateway-access.md",
    "docs/how-to/python.md",
    "docs/how-to/protect.md",
    "docs/how-to/sdk.md",
    "docs/how-to/serve.md",
    "docs/reference/access.md",
    "docs/reference/configuration.md",
    "docs/reference/python.md",
    "docs/reference/websocket.md",
    "docs/reference/wire.md",
]
MODULES = ["fairlead.engine.exchange", "fairlead.model.batch", "fairlead.model.instrument", "fairlead.errors"]
_BLOCK = re.compile(r"^```(python|pycon|bash)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _blocks(page: str) -> list[tuple[str, str]]:
    return _BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def _path_with_fairlead(folder: Path) -> str:
    """Return a search path on which ``fairlead`` and ``python3`` are those that are tested."""
    folder.mkdir()
    command = folder / "fairlead"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from fairlead.cli import main; main()' \"$@\"\n")
    command.chmod(0o700)
    return os.pathsep.join([str(folder), str(Path(sys.executable).parent), os.environ["PATH"]])


def _run_bash(code: str) -> None:
    """Run a block; one that takes too long leaves none of what it started behind."""
    command = ["bash", "-euc", code]
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said, _ = started.communicate(timeout=180)
    except subprocess.TimeoutExpired:
        os.killpg(started.pid, signal.SIGKILL)
        raise
    assert started.returncode == 0, said


@pytest.mark.parametrize("page", PAGES)
def test_every_block_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What a page writes, it writes to where its reader stands.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", _path_with_fairlead(tmp_path / "bin"))
    blocks = _blocks(page)
    scope: dict[str, object] = {}
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)

    for number, (language, code) in enumerate(blocks):
        if language == "python":
            exec(compile(code, f"{page}, block {number}", "exec"), scope)  # our own documentation
        elif language == "bash":
            _run_bash(code)
        else:
            # One page is one story: later blocks know the names of earlier ones.
            test = doctest.DocTestParser().get_doctest(code, scope, f"{page}, block {number}", page, 0)
            runner.run(test, clear_globs=False)
            scope.update(test.globs)

    assert blocks
    assert runner.summarize(verbose=False).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_docstring_print_what_they_show(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_a_block_that_shows_something_else_fails(capsys: pytest.CaptureFixture[str]) -> None:
    test = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "planted", "planted", 0)
    runner = doctest.DocTestRunner()

    runner.run(test)

    assert runner.summarize(verbose=False).failed == 1
    assert "planted" in capsys.readouterr().out
