"""Reads the files and the environment of this process; everything else about the configuration is pure."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from fairlead.errors import NotFoundError, UnavailableError
from fairlead.settings.layers import Flag, Layer, environment_layer, file_layer, flag_layer
from fairlead.settings.merge import Loaded, merge
from fairlead.settings.problem import Problem

PROJECT_FILE: Final = "fairlead.toml"
# A configuration is a few kilobytes; a larger file is some other file.
_BYTES_MAX: Final = 1_048_576


def load(
    *,
    flags: Sequence[Flag] = (),
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Loaded:
    """Return the configuration of this process.

    Args:
        flags: values of the command line.
        file: read in place of ``./fairlead.toml``, and has to be there.
        environment: the variables; those of the process by default.
        folder: the working directory; that of the process by default.

    Raises:
        SettingsError: something in it is wrong; every fault is named.
        NotFoundError: there is no such ``file``.
        UnavailableError: a file cannot be read.
    """
    environment = os.environ if environment is None else environment
    folder = Path.cwd() if folder is None else folder
    if file is not None and not (folder / file).exists():
        raise NotFoundError(f"no such configuration file: path={file}; make one with fairlead config init {file}")
    layers = [
        *_file(user_file(environment)),
        *_file(folder / (file or PROJECT_FILE), shown=str(file or PROJECT_FILE)),
        environment_layer(environment, folder=folder),
        flag_layer(flags, folder=folder),
    ]
    return merge(layers, home=_absolute(environment, "HOME"), data_home=_absolute(environment, "XDG_DATA_HOME"))


def user_file(environment: Mapping[str, str]) -> Path | None:
    """Return where the file of the user is, there or not; ``None`` where nobody knows."""
    home = _absolute(environment, "HOME")
    base = _absolute(environment, "XDG_CONFIG_HOME") or (home and home / ".config")
    return base and base / "fairlead" / "config.toml"


def _file(path: Path | None, *, shown: str | None = None) -> list[Layer]:
    """Read one file, where it is there."""
    if path is None:
        return []
    origin = shown or str(path)
    try:
        with path.open("rb") as opened:
            data = opened.read(_BYTES_MAX + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnavailableError(f"configuration cannot be read: path={origin}: {error.strerror}") from error
    if len(data) > _BYTES_MAX:
        return [_unread(origin, f"has more than {_BYTES_MAX} bytes", fix="give a configuration file")]
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return [_unread(origin, f"is no UTF-8 at byte {error.start}", fix="save it as UTF-8")]
    return [file_layer(text, origin=origin, file=path)]


def _unread(origin: str, what: str, *, fix: str) -> Layer:
    return Layer(values={}, problems=(Problem(origin=origin, key="", what=what, fix=fix),))


def _absolute(environment: Mapping[str, str], name: str) -> Path | None:
    """Return a folder of the environment; one that is not absolute counts as none, as the XDG rules say."""
    path = Path(environment.get(name, ""))
    return path if path.is_absolute() else None
