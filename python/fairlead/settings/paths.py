"""What a path of the configuration means: ``~``, ``{data_dir}``, and relative ones by the place they were written in.

A relative path of a file is relative to that file, not to where a command happens to be started: otherwise the same
configuration would quietly open another, empty exchange in another folder.
"""

from dataclasses import replace
from pathlib import Path, PurePath
from typing import Final

from fairlead.settings.catalog import Kind, Setting
from fairlead.settings.layers import Given
from fairlead.settings.problem import Problem

DATA_DIR: Final = "engine.data_dir"
DATA_DIR_WORD: Final = "{data_dir}"


def path_fault(setting: Setting, given: Given, *, home: PurePath | None) -> Problem | None:
    """Say why the path of a setting cannot be resolved; ``None`` where it can, or where the setting is no path."""
    if setting.kind is Kind.PATHS:
        return next((fault for one in parts(given) if (fault := _fault(setting, one, home=home)) is not None), None)
    return _fault(setting, given, home=home) if setting.kind is Kind.PATH else None


def _fault(setting: Setting, given: Given, *, home: PurePath | None) -> Problem | None:
    text = str(given.value)
    if setting.key == DATA_DIR and DATA_DIR_WORD in text:
        what, fix = "is made of itself", f"write it without {DATA_DIR_WORD}"
    elif text.startswith("~") and not _is_of_home(text):
        what, fix = "names the home of another user", "write the whole path"
    elif text.startswith("~") and home is None:
        what, fix = "needs a home, and HOME is no absolute path", "write the whole path, or set HOME"
    else:
        return None
    return Problem(origin=given.origin, key=setting.key, what=what, value=repr(text), fix=fix)


def path_of(given: Given, *, home: PurePath | None, data_dir: Path | None = None) -> Path:
    """Return a path that :func:`path_fault` finds nothing wrong with."""
    text = str(given.value)
    if data_dir is not None:
        text = with_data_dir(text, data_dir=data_dir)
    if _is_of_home(text):
        assert home is not None, "a path of the home was checked before"
        return Path(home, text[2:])
    return Path(given.folder, text)


def parts(given: Given) -> list[Given]:
    """Return each path of a list of them."""
    assert isinstance(given.value, tuple), "a list was checked to be one"
    return [replace(given, value=text) for text in given.value]


def with_data_dir(text: str, *, data_dir: Path) -> str:
    """Return a path or an address with the data directory in its place."""
    return text.replace(DATA_DIR_WORD, str(data_dir))


def _is_of_home(text: str) -> bool:
    return text == "~" or text.startswith("~/")
