"""A store that is held still: who writes waits, and the copy is of that moment."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from fairlead.adapters.stores.copies import SqliteCut, known_seq_of
from fairlead.errors import DataError, UnavailableError


def _store(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("CREATE TABLE projection_cursor (event_seq BIGINT)")
        store.execute("CREATE TABLE funds_requests (event_seq BIGINT, after_seq BIGINT)")
        store.execute("INSERT INTO projection_cursor VALUES (41)")
        store.execute("INSERT INTO funds_requests VALUES (NULL, 42)")


def test_nobody_writes_before_it_is_released_and_the_copy_is_of_before(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    _store(path)
    cut = SqliteCut(path, wait_ms=0)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("UPDATE projection_cursor SET event_seq = 50")
        cut.release()
        other.execute("UPDATE projection_cursor SET event_seq = 50")
        cut.copy(tmp_path / "copy")
    cut.close()

    assert (cut.known_seq, known_seq_of(tmp_path / "copy"), known_seq_of(path)) == (42, 42, 50)
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600
    # One file, complete without a log beside it.
    assert sorted(it.name for it in tmp_path.iterdir() if it.name.startswith("copy")) == ["copy"]


def test_a_writer_that_does_not_end_is_waited_for_and_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    _store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError, match=r"path=.*store.sqlite3 why=database is locked"):
            SqliteCut(path, wait_ms=10)
        other.execute("ROLLBACK")
    SqliteCut(path, wait_ms=10).close()


def test_a_damaged_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with closing(sqlite3.connect(path)) as store:
        store.execute("CREATE TABLE projection_cursor (event_seq BIGINT)")
        store.execute("CREATE INDEX one ON projection_cursor (event_seq)")
        store.executemany("INSERT INTO projection_cursor VALUES (?)", [(number,) for number in range(5_000)])
        store.commit()
    raw = bytearray(path.read_bytes())
    raw[8_192:12_288] = b"\xff" * 4_096
    path.write_bytes(raw)
    with pytest.raises(DataError, match=r"the store is damaged: path=.*store.sqlite3"):
        known_seq_of(path)
    path.write_bytes(b"no store" * 1_000)
    with pytest.raises(DataError, match="the store is damaged"):
        known_seq_of(path)
