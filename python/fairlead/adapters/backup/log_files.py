"""The files of a log that an engine may be writing: held open as one moment shows them, and copied."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from fairlead.adapters.backup.disk_errors import told
from fairlead.domain.backup.manifest import LOG_NAME
from fairlead.errors import UnavailableError

__all__ = ["copy_log", "drop_what_was_cut", "opened_log"]

_MANIFEST: Final = "MANIFEST"
_WATERMARK: Final = "WATERMARK"
_CHUNK: Final = 1_048_576
_ZEROS: Final = bytes(_CHUNK)
# The engine removes old segments once in hundreds of thousands of commands.
_TRIES: Final = 10


@contextmanager
def opened_log(directory: Path) -> Iterator[Mapping[str, BinaryIO]]:
    """Yield every file of a log by its name, open; what is open stays whole where the engine removes it meanwhile.

    Raises:
        UnavailableError: it cannot be read.
    """
    with told("read the log", directory), ExitStack() as held:
        for _ in range(_TRIES):
            found = _open(directory, held)
            if found is not None:
                yield found
                return
            held.close()
    raise UnavailableError(f"the files of the log change all the time: data={directory}; try again")


def _open(directory: Path, held: ExitStack) -> Mapping[str, BinaryIO] | None:
    """Open one set of files; ``None`` where a segment went while they were opened."""
    # These two speak of segments, so they come first: a segment that is newer than what they say does no harm.
    found = {name: held.enter_context((directory / name).open("rb")) for name in (_MANIFEST, _WATERMARK)}
    before = found[_MANIFEST].read()
    try:
        for name in sorted(path.name for path in directory.iterdir()):
            if LOG_NAME.fullmatch(name) and name not in found:
                found[name] = held.enter_context((directory / name).open("rb"))
        now = (directory / _MANIFEST).read_bytes()
    except FileNotFoundError:
        return None
    found[_MANIFEST].seek(0)
    return found if now == before else None


def copy_log(files: Mapping[str, BinaryIO], folder: Path) -> None:
    """Copy the files of a log as they are now; the place of zeros takes no space.

    Raises:
        UnavailableError: the disk is full, or fails.
    """
    with told("copy the log", folder):
        folder.mkdir(mode=0o700)
        for name, source in files.items():
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                while chunk := source.read(_CHUNK):
                    if chunk == _ZEROS[: len(chunk)]:
                        target.seek(len(chunk), os.SEEK_CUR)
                    else:
                        target.write(chunk)
                target.truncate()


def drop_what_was_cut(folder: Path) -> None:
    """Remove from the copy of a log what is no part of it: what was cut away, and the lock."""
    with told("tidy the copy of the log", folder):
        for path in list(folder.iterdir()):
            if LOG_NAME.fullmatch(path.name) is None:
                path.unlink()
