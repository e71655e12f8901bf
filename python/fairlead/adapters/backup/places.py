"""Where a backup or a restored directory comes to be, and the one step that puts it under its name."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairlead.adapters.backup.disk_errors import told
from fairlead.errors import LockedError, UnavailableError, UsageError

__all__ = ["check_file", "check_folder", "place_file", "place_folder", "working_folder"]


@contextmanager
def working_folder(beside: Path) -> Iterator[Path]:
    """Yield an empty private folder beside a path, and remove it; what a killed run left in it is removed first.

    Raises:
        LockedError: another command works on the same path.
        UnavailableError: it cannot be made, or is another user's.
    """
    folder = beside.with_name(f".{beside.name}.partial")
    with told("work beside it", folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid != os.geteuid():
            raise UnavailableError(f"the folder to work in is another user's: path={folder}; remove it")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(f"another command works on it: path={beside}") from None
        with told("work beside it", folder):
            os.fchmod(held, 0o700)
            _empty(folder)
        try:
            yield folder
        finally:
            _empty(folder)
            folder.rmdir()
    finally:
        os.close(held)


def check_file(file: Path, *, overwrites: bool) -> None:
    """Check that a file may be put under this name.

    Raises:
        UsageError: there is one already, or it is a folder.
    """
    if file.is_dir():
        raise UsageError(f"the backup would be a folder's name: file={file}; name a file")
    if os.path.lexists(file) and not overwrites:
        raise UsageError(f"the file is there already: file={file}; name another, or give --force")


def place_file(made: Path, file: Path, *, overwrites: bool) -> None:
    """Put a whole and synced file under its name; at no time is half of it there.

    Raises:
        UsageError: there is one already, and it may not be overwritten.
        UnavailableError: the system refuses.
    """
    with told("put the backup in its place", file):
        if overwrites:
            made.replace(file)
        else:
            try:
                # Unlike a rename a link never overwrites.
                file.hardlink_to(made)
            except FileExistsError:
                check_file(file, overwrites=False)
            made.unlink()
        _sync(file.parent)


def check_folder(folder: Path, *, replaces: bool) -> None:
    """Check that a directory may be put under this name.

    Raises:
        UsageError: something is there and may not be replaced.
    """
    if folder.is_dir():
        if not replaces and any(folder.iterdir()):
            raise UsageError(f"the directory is not empty: data={folder}; name another, or give --replace")
    elif os.path.lexists(folder):
        raise UsageError(f"this is no directory: data={folder}; name another")


def place_folder(made: Path, folder: Path, *, replaces: bool, aside: Path) -> Path | None:
    """Put a whole directory under its name; return where the one of before is now, if anything was in it.

    Raises:
        UsageError: something is there and may not be replaced.
        UnavailableError: the system refuses; what was there is there.
    """
    with told("put the directory in its place", folder):
        for path in made.iterdir():
            _sync(path)
        _sync(made)
        check_folder(folder, replaces=replaces)
        moved = None
        if folder.is_dir() and any(folder.iterdir()):
            moved = folder.rename(aside)
        try:
            made.rename(folder)
        except OSError:
            if moved is not None:
                moved.rename(folder)
            raise
        _sync(folder.parent)
        return moved


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
