"""A store in a file of SQLite: held still for a moment, copied as it was then, asked how much of the log it knows."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fairlead.adapters.stores.copies.known_records import RECORD_COLUMNS
from fairlead.errors import DataError, UnavailableError

__all__ = ["SqliteCut", "known_seq_of"]


class SqliteCut:
    """A store in which nobody writes until it is released, and a view of it that stays.

    Args:
        path: its file.
        wait_ms: how long to wait for who writes now, in milliseconds.

    Raises:
        UnavailableError: the store cannot be read, or is written to for longer.
    """

    kind: Final = "sqlite"

    def __init__(self, path: Path, *, wait_ms: int) -> None:
        self._path = path
        with _told(path):
            self._writer = _open(path, mode="rw", wait_ms=wait_ms)
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                self._view = _open(path, mode="rw", wait_ms=wait_ms)
            except sqlite3.Error:
                self._writer.close()
                raise
            try:
                self._view.execute("BEGIN")
                self.known_seq = _known_seq(self._view)
            except sqlite3.Error:
                self.close()
                raise

    def release(self) -> None:
        """Let others write again; the view stays as it is."""
        self._writer.close()

    def copy(self, target: Path) -> None:
        """Copy what the view shows.

        Raises:
            DataError: the store is damaged.
            UnavailableError: it cannot be read, or the copy not written.
        """
        with _told(target):
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            with closing(_open(target, mode="rw", wait_ms=0)) as copy:
                self._view.backup(copy)
                # A copy is one file, whatever the store is.
                copy.execute("PRAGMA journal_mode=DELETE")
                _check(copy, self._path)

    def close(self) -> None:
        """Give everything back."""
        self._writer.close()
        self._view.close()


def known_seq_of(path: Path) -> int:
    """Return the last record of the log that a store knows of, after checking that it is whole; 0 is none.

    Raises:
        DataError: the store is damaged.
        UnavailableError: it cannot be read.
    """
    with _told(path), closing(_open(path, mode="ro", wait_ms=0)) as store:
        _check(store, path)
        return _known_seq(store)


def _check(store: sqlite3.Connection, path: Path) -> None:
    try:
        said = store.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise DataError(f"the store is damaged: path={path} why={error}") from None
    if said != "ok":
        raise DataError(f"the store is damaged: path={path} why={said}")


def _known_seq(store: sqlite3.Connection) -> int:
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    asked = [f"SELECT max({column}) FROM {table}" for table, column in RECORD_COLUMNS if table in tables]
    return max((store.execute(sql).fetchone()[0] or 0 for sql in asked), default=0)


def _open(path: Path, *, mode: str, wait_ms: int) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=wait_ms / 1_000)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise UnavailableError(f"the store cannot be copied: path={path} why={error}") from None
