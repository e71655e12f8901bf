"""A data directory from a backup: unpacked beside its place, executed, compared, and only then put there."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fairlead.adapters.backup import (
    check_folder,
    place_folder,
    unpack,
    working_folder,
)
from fairlead.adapters.stores.copies import filled_postgres, known_seq_of
from fairlead.bootstrap.backup import log_mark, sqlite_path
from fairlead.domain.backup.manifest import LogMark, Manifest, store_name
from fairlead.engine import keys
from fairlead.errors import DataError, LockedError, UnavailableError, UsageError
from fairlead.ports.clock import Clock
from fairlead.settings import Loaded, Settings

__all__ = ["Restored", "restore"]

_NS: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore came to.

    Attributes:
        data: the data directory.
        manifest: what was restored.
        moved: where the directory of before is now; ``None`` where there was none.
    """

    data: Path
    manifest: Manifest
    moved: Path | None


def restore(loaded: Loaded, file: Path, *, replaces: bool, clock: Clock, progress: Callable[[int], object]) -> Restored:
    """Make the data directory of a configuration from a backup.

    Args:
        loaded: the configuration.
        file: the backup.
        replaces: whether a directory with something in it is put aside, under another name.
        clock: the wall clock, for that name.
        progress: hears how many bytes are read.

    Raises:
        UsageError: the directory or the database is not empty, or the configuration has its store elsewhere.
        NotFoundError: there is no such file.
        DataError: the backup is damaged, or its log comes to another state than it says.
        LockedError: an engine runs on the directory, or another restore works on it.
        UnavailableError: a newer version made it, or the disk cannot be used.
    """
    # What a link names is replaced, and the link stays.
    data = loaded.settings.engine.data_dir.resolve()
    _check_place(data, replaces=replaces)
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnavailableError(f"cannot make the folder: path={data.parent} why={error.strerror}") from None
    with working_folder(data) as work:
        made = work / "data"
        made.mkdir(mode=0o700)
        manifest = unpack(file, made, progress=progress)
        _check_state(made, manifest)
        with _stored(loaded.settings, made, manifest):
            _check_place(data, replaces=replaces)
            moved = place_folder(made, data, replaces=replaces, aside=_aside(data, clock))
    return Restored(data=data, manifest=manifest, moved=moved)


def _check_place(data: Path, *, replaces: bool) -> None:
    check_folder(data, replaces=replaces)
    if data.is_dir() and keys.is_in_use(data):
        raise LockedError(f"an engine runs on the directory: data={data}; stop it first")


def _check_state(made: Path, manifest: Manifest) -> None:
    """Execute the log and compare; a store that knows of more than its log is refused."""
    found = log_mark(made)
    if found != manifest.log:
        raise DataError(f"the log of the backup comes to another state: {_differences(found, manifest.log)}")
    if manifest.store is not None and manifest.store.kind == "sqlite":
        _check_known(known_seq_of(made / store_name("sqlite")), manifest)


def _check_known(known_seq: int, manifest: Manifest) -> None:
    if known_seq > manifest.log.last_seq:
        raise DataError(
            f"the store of the backup is newer than its log: known_seq={known_seq} last_seq={manifest.log.last_seq}; "
            "take another backup"
        )


@contextmanager
def _stored(settings: Settings, made: Path, manifest: Manifest) -> Iterator[None]:
    """Put the store where the configuration has it: in the directory that is placed, or in a database, at the end."""
    path, kind = sqlite_path(settings), None if manifest.store is None else manifest.store.kind
    if kind is not None and (path is None) is not (kind == "postgresql"):
        named = "postgresql" if path is None else "sqlite"
        raise UsageError(f"the backup holds a store of another kind: store={kind} store.url={named}; set store.url")
    if kind != "postgresql":
        if kind is not None and path is not None:
            _name_store(settings, made, path)
        yield
        return
    copy = made / store_name("postgresql")
    with filled_postgres(settings.store.driver_url.reveal(), copy) as known_seq:
        _check_known(known_seq, manifest)
        copy.unlink()
        yield


def _name_store(settings: Settings, made: Path, path: Path) -> None:
    """Give the store the name it has in the configuration."""
    if path.parent.resolve() != settings.engine.data_dir.resolve():
        raise UsageError(
            f"store.url names a file outside of the data directory: path={path}; restore with "
            "--set 'store.url=sqlite:///{data_dir}/store.sqlite3' and move the file afterwards"
        )
    stored = made / store_name("sqlite")
    if stored.name != path.name:
        if os.path.lexists(made / path.name):
            raise UsageError(f"store.url names another file of the backup: path={path}; give it a name of its own")
        stored.rename(made / path.name)


def _aside(data: Path, clock: Clock) -> Path:
    """Return a name that nothing has, for the directory of before."""
    stamp = clock.now_ns() // _NS
    names = (data.with_name(f"{data.name}.before-{stamp}" + (f"-{n}" if n else "")) for n in range(1_000))
    return next(name for name in names if not os.path.lexists(name))


def _differences(found: LogMark, said: LogMark) -> str:
    names = LogMark.__struct_fields__
    return " ".join(
        f"{name}={getattr(found, name)} expected={getattr(said, name)}"
        for name in names
        if getattr(found, name) != getattr(said, name)
    )
