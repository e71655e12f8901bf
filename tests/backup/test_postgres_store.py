"""A store of PostgreSQL held still: who writes waits, the copy is of that moment, and it fills an empty database."""

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.contract.stores import add_user, with_store

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.copies import PostgresCut, filled_postgres, has_tables
from fairlead.errors import DataError, UnavailableError, UsageError

_WAIT_MS = 5_000


@pytest.fixture
def store(postgres_url: str) -> str:
    """Return a store with a user, that knows of record 42."""

    async def fill(database: Database) -> None:
        await add_user(database)

    with_store(postgres_url, fill)
    _do(postgres_url, "INSERT INTO projection_cursor VALUES ('exchange', 'log', 1, true, 42, 0, 0)")
    return postgres_url


@pytest.fixture
def empty(postgres_url: str) -> Iterator[str]:
    """Yield a database with nothing in it."""
    _do(postgres_url, "DROP DATABASE IF EXISTS other WITH (FORCE)")
    _do(postgres_url, "CREATE DATABASE other")
    yield str(make_url(postgres_url).set(database="other"))
    _do(postgres_url, "DROP DATABASE other WITH (FORCE)")


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def _copied(url: str, target: Path) -> Path:
    cut = PostgresCut(url, wait_ms=_WAIT_MS)
    cut.release()
    cut.copy(target)
    cut.close()
    return target


def test_nobody_writes_before_it_is_released_and_the_copy_is_of_before(store: str, empty: str, tmp_path: Path) -> None:
    copy, changed = tmp_path / "copy", "UPDATE projection_cursor SET event_seq = 50"
    cut = PostgresCut(store, wait_ms=_WAIT_MS)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        _do(store, f"SET lock_timeout = 1; {changed}")
    assert _rows(store, "SELECT event_seq FROM projection_cursor") == [(42,)]
    cut.release()
    _do(store, changed)
    cut.copy(copy)
    cut.close()

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with filled_postgres(empty, copy) as known_seq:
        assert known_seq == cut.known_seq == 42
    assert _rows(empty, "SELECT event_seq FROM projection_cursor") == [(42,)]
    assert _rows(empty, "SELECT * FROM users") == _rows(store, "SELECT * FROM users") != []


def test_a_writer_that_does_not_end_is_waited_for_and_told(store: str) -> None:
    with psycopg.connect(store) as other:
        other.execute("UPDATE projection_cursor SET event_seq = 50")
        with pytest.raises(UnavailableError, match="the store is written to all the time: waited_ms=10"):
            PostgresCut(store, wait_ms=10)
    PostgresCut(store, wait_ms=_WAIT_MS).close()


def test_what_raises_leaves_the_database_empty(store: str, empty: str, tmp_path: Path) -> None:
    copy = _copied(store, tmp_path / "copy")
    with pytest.raises(KeyError), filled_postgres(empty, copy):
        raise KeyError
    assert (has_tables(store), has_tables(empty)) == (True, False)


def test_a_database_that_is_lost_at_the_end_is_told_to_be_empty(store: str, empty: str, tmp_path: Path) -> None:
    copy = _copied(store, tmp_path / "copy")
    says = "lost before it was filled, and is empty: .*; restore again"
    with pytest.raises(UnavailableError, match=r"(?s)" + says), filled_postgres(empty, copy):
        _do(store, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'other'")
    assert not has_tables(empty)


def test_a_database_that_has_a_store_is_refused_and_stays(store: str, tmp_path: Path) -> None:
    copy = _copied(store, tmp_path / "copy")
    _do(store, "UPDATE projection_cursor SET event_seq = 50")
    with (
        pytest.raises(UsageError, match="has tables of a store already: database=postgres"),
        filled_postgres(store, copy),
    ):
        raise AssertionError
    assert _rows(store, "SELECT event_seq FROM projection_cursor") == [(50,)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("contents.json", b"{}", "cannot be read"),
        ("contents.json", b'{"revision": "9999", "tables": []}', "does not hold the tables it speaks of"),
        ("users", b"no\trow\n", "does not fit its tables"),
    ],
)
def test_a_copy_that_is_none_is_refused(
    store: str, empty: str, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    copy, planted = _copied(store, tmp_path / "copy"), tmp_path / "planted"
    with zipfile.ZipFile(copy) as before, zipfile.ZipFile(planted, "w") as after:
        for member in before.namelist():
            after.writestr(member, content if member == name else before.read(member))
    with pytest.raises(DataError, match=says), filled_postgres(empty, planted):
        raise AssertionError
    assert not has_tables(empty)


def test_a_form_of_tables_that_is_not_known_is_refused(store: str, empty: str, tmp_path: Path) -> None:
    _do(store, "UPDATE alembic_version SET version_num = '9999'")
    copy = _copied(store, tmp_path / "copy")
    with pytest.raises(UnavailableError, match="revision=9999"), filled_postgres(empty, copy):
        raise AssertionError
    assert not has_tables(empty)


def test_a_server_that_is_away_is_told_without_its_password() -> None:
    with pytest.raises(UnavailableError, match="PostgreSQL cannot be used") as told:
        has_tables("postgresql://me:canary-7@127.0.0.1:1/db")
    assert "canary" not in str(told.value)
