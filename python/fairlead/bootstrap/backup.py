"""A backup of a venue that runs or does not: one moment of store and log, executed again before it counts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from fairlead.adapters.backup import (
    Packed,
    check_file,
    copy_log,
    drop_what_was_cut,
    opened_log,
    pack,
    place_file,
    working_folder,
)
from fairlead.adapters.stores.copies import PostgresCut, SqliteCut, has_tables
from fairlead.domain.backup.manifest import LogMark, Manifest, StoreMark, store_name
from fairlead.engine import __version__, journal
from fairlead.engine.journal_reports import last_seq
from fairlead.errors import DataError, UnavailableError
from fairlead.ports.clock import Clock
from fairlead.settings import Loaded, Settings

__all__ = ["BackedUp", "back_up", "log_mark", "sqlite_path"]

# Beside the log and the files that settings name.
_OF_THE_DIRECTORY: Final = ("gateway.keys", "log.id", "outbox.jsonl", "demo.mark")
_KEYS: Final = "keys"
_LOG: Final = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup came to.

    Attributes:
        file: where it is.
        bytes: how long it is.
        manifest: what it holds.
        left_out: files that a setting names outside of the data directory, as ``setting=path``; they are not in it.
    """

    file: Path
    bytes: int
    manifest: Manifest
    left_out: Sequence[str]


def back_up(
    loaded: Loaded, file: Path, *, overwrites: bool, clock: Clock, progress: Callable[[int], object]
) -> BackedUp:
    """Write a backup of the data directory and the store of a configuration.

    Args:
        loaded: the configuration.
        file: where to; it appears there whole or not at all.
        overwrites: whether a file that is there is replaced.
        clock: the wall clock.
        progress: hears how many bytes are written.

    Raises:
        UsageError: the file is there already.
        NotFoundError: there is no log.
        DataError: log or store are damaged: such a backup would be worth nothing.
        LockedError: another backup to the same file is being made.
        UnavailableError: the disk or the store cannot be used.
    """
    settings, made_ts_ns = loaded.settings, clock.now_ns()
    check_file(file, overwrites=overwrites)
    with working_folder(file) as work:
        inside, left_out = _key_files(settings)
        log, store = _cut(settings, work, names=[*_OF_THE_DIRECTORY, *inside])
        parts = _parts(work, store)
        manifest = Manifest(
            made_ts_ns=made_ts_ns,
            fairlead=__version__,
            log=log,
            store=store,
            files=tuple(part.entry for part in parts),
        )
        paths = {part.entry.name: part.path for part in parts}
        size = pack(manifest, paths, work / "backup", progress=progress)
        place_file(work / "backup", file, overwrites=overwrites)
    return BackedUp(file=file, bytes=size, manifest=manifest, left_out=left_out)


def sqlite_path(settings: Settings) -> Path | None:
    """Return the file of the store; ``None`` where it is no file."""
    url = make_url(settings.store.driver_url.reveal())
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _cut(settings: Settings, work: Path, *, names: Sequence[str]) -> tuple[LogMark, StoreMark | None]:
    """Copy store and log of one moment.

    While nobody writes to the store, the last record of the log is noted. The store then knows of no record after it,
    and no command in it moved money for a request that the store still calls waiting: that is written to the store
    first. So store and log are as a crash at this moment leaves them, and a start settles what was in work (F-13).
    """
    directory = settings.engine.data_dir
    with _held(settings) as store:
        end = last_seq(directory)
        with opened_log(directory) as files:
            for name in names:
                _keep(directory / name, work)
            if store is not None:
                store.release()
            copy_log(files, work / _LOG)
        mark = None if store is None else StoreMark(kind=store.kind, known_seq=store.known_seq)
        if store is not None:
            store.copy(work / store_name(store.kind))
    journal.cut(work / _LOG, after_seq=end)
    drop_what_was_cut(work / _LOG)
    return log_mark(work / _LOG), mark


def log_mark(folder: Path) -> LogMark:
    """Execute a log and say what it comes to.

    Raises:
        DataError: it is damaged.
    """
    found = journal.report(folder)
    if found.damaged is not None or found.torn_tail is not None:
        raise DataError(f"the log is damaged: data={folder} what={found.damaged or found.torn_tail}")
    matched = journal.verify_matching(folder)
    return LogMark(
        store_id=found.store_id,
        last_seq=matched.last_seq,
        last_ts_ns=matched.last_ts_ns,
        chain=matched.chain,
        state_root=matched.state_root,
    )


@contextmanager
def _held(settings: Settings) -> Iterator[SqliteCut | PostgresCut | None]:
    store = _store(settings)
    try:
        yield store
    finally:
        if store is not None:
            store.close()


def _store(settings: Settings) -> SqliteCut | PostgresCut | None:
    path, wait_ms = sqlite_path(settings), settings.store.statement_timeout_ms
    if path is None:
        url = settings.store.driver_url.reveal()
        return PostgresCut(url, wait_ms=wait_ms) if has_tables(url) else None
    return SqliteCut(path, wait_ms=wait_ms) if path.exists() else None


def _keep(path: Path, work: Path) -> None:
    """Copy a small file of the data directory, if it is there."""
    folder = work / _KEYS
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    except OSError as error:
        raise UnavailableError(f"cannot copy a file of the data directory: path={path} why={error.strerror}") from None


def _key_files(settings: Settings) -> tuple[list[str], list[str]]:
    """Return the names of the key files in the data directory, and those elsewhere as ``setting=path``."""
    auth, directory = settings.auth, settings.engine.data_dir
    named = [
        ("auth.key_file", auth.key_file),
        ("auth.master_file", auth.master_file),
        ("metrics.token_file", settings.metrics.token_file),
        *(("auth.earlier_key_files", path) for path in auth.earlier_key_files),
        ("engine.tls_cert", settings.engine.tls_cert),
        ("engine.tls_key", settings.engine.tls_key),
        ("engine.tls_client_ca", settings.engine.tls_client_ca),
    ]
    inside, elsewhere = [], []
    for setting, path in named:
        if path is None:
            continue
        if path.parent == directory:
            inside.append(path.name)
        else:
            elsewhere.append(f"{setting}={path}")
    return inside, elsewhere


def _parts(work: Path, store: StoreMark | None) -> list[Packed]:
    """Return every file of the backup, with its digest: keys, log, store."""
    keys, log = work / _KEYS, work / _LOG
    parts = [Packed(keys / name, name=name, kind="key") for name in _names(keys)]
    parts += [Packed(log / name, name=name, kind="log") for name in _names(log)]
    if store is not None:
        name = store_name(store.kind)
        parts.append(Packed(work / name, name=name, kind="store"))
    return parts


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
