"""A store of PostgreSQL: held still for a moment, copied as it was then, and filled from such a copy."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
from alembic.util import CommandError
from psycopg import IsolationLevel, sql
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from fairlead.adapters.stores.copies.known_records import RECORD_COLUMNS
from fairlead.adapters.stores.copies.postgres_file import Contents, CopiedTable, read_contents, read_into, write_from
from fairlead.adapters.stores.every_table import METADATA
from fairlead.adapters.stores.migrate import upgrade
from fairlead.errors import DataError, UnavailableError, UsageError

__all__ = ["PostgresCut", "filled_postgres", "has_tables"]

_REVISION: Final = "alembic_version"
# Who waits for a table is before whoever comes next, so it waits for less than a deadlock takes to be found: never does
# a writer of the service lose its step for a backup.
_LOCK_MS: Final = 300
_COLUMNS: Final = """
    SELECT columns.table_name, columns.column_name FROM information_schema.columns AS columns
    WHERE columns.table_schema = current_schema() AND columns.table_name = ANY(%s)
    ORDER BY columns.table_name, columns.ordinal_position
"""


class PostgresCut:
    """A store in which nobody writes until it is released, and a view of it that stays.

    Args:
        url: where it is.
        wait_ms: how long to wait for who writes now, in milliseconds.

    Raises:
        UnavailableError: the store does not answer, or is written to for longer.
    """

    kind: Final = "postgresql"

    def __init__(self, url: str, *, wait_ms: int) -> None:
        with _told():
            self._writer = _connect(url)
            try:
                self._contents = _held(self._writer, wait_ms=wait_ms)
                self.known_seq = _known_seq(self._writer, self._contents)
                self._view = _connect(url)
            except BaseException:
                self._writer.close()
                raise
            try:
                self._view.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(_exported(self._writer)))
            except BaseException:
                self.close()
                raise

    def release(self) -> None:
        """Let others write again; the view stays as it is."""
        self._writer.close()

    def copy(self, target: Path) -> None:
        """Copy what the view shows.

        Raises:
            UnavailableError: the store cannot be read, or the copy not written.
        """
        with _told():
            write_from(self._view, self._contents, target)

    def close(self) -> None:
        """Give everything back."""
        self._writer.close()
        self._view.close()


def has_tables(url: str) -> bool:
    """Return whether a database has tables of a store.

    Raises:
        UnavailableError: it does not answer.
    """
    with _told(), _connect(url) as store:
        return bool(_columns(store))


@contextmanager
def filled_postgres(url: str, source: Path) -> Iterator[int]:
    """Fill a database with a copy, in one step that is done where the block ends and undone where it raises.

    Yields:
        The last record of the log that the copy knows of.

    Raises:
        UsageError: the database has tables of a store already.
        DataError: the copy is damaged.
        UnavailableError: the database does not answer, or a newer version made the copy.
    """
    contents = read_contents(source)
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), hide_parameters=True)
    try:
        with _told(), engine.connect() as connection, connection.begin() as step:
            store = connection.connection.driver_connection
            assert isinstance(store, psycopg.Connection)
            if _columns(store):
                database = make_url(url).database
                raise UsageError(
                    f"the database has tables of a store already: database={database}; make an empty one (createdb) "
                    "and name it in store.url"
                )
            try:
                upgrade(connection, contents.revision)
            except CommandError:
                raise UnavailableError(
                    f"this version does not know such tables: revision={contents.revision}; a newer Fairlead made the "
                    "backup, so update"
                ) from None
            try:
                read_into(store, contents, source)
            except (psycopg.DataError, psycopg.ProgrammingError, psycopg.IntegrityError) as error:
                raise DataError(f"the store of the backup does not fit its tables: {error}") from None
            yield _known_seq(store, contents)
            try:
                step.commit()
            except SQLAlchemyError as error:
                raise UnavailableError(
                    f"the database was lost before it was filled, and is empty: why={_said(error)}; restore again"
                ) from None
    finally:
        engine.dispose()


def _connect(url: str) -> psycopg.Connection[Any]:
    address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address)
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    return connection


def _held(writer: psycopg.Connection[Any], *, wait_ms: int) -> Contents:
    """Lock every table against writing, and return which there are as of then."""
    tables = _columns(writer)
    writer.rollback()
    locked = sql.SQL(", ").join(sql.Identifier(table.name) for table in tables)
    until_s = time.monotonic() + wait_ms / 1_000
    while True:
        try:
            writer.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(min(_LOCK_MS, max(wait_ms, 1)))))
            # A view is taken by the first statement after this one, when nobody writes any more.
            writer.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(locked))
            break
        except psycopg.errors.LockNotAvailable:
            writer.rollback()
            if time.monotonic() >= until_s:
                raise UnavailableError(
                    f"the store is written to all the time: waited_ms={wait_ms}; try again, or raise "
                    "store.statement_timeout_ms"
                ) from None
    found = writer.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(_REVISION))).fetchone()
    if found is None:
        raise DataError(f"the store does not say which form its tables have: table={_REVISION} rows=0")
    return Contents(revision=found[0], tables=tuple(tables))


def _exported(writer: psycopg.Connection[Any]) -> sql.Literal:
    found = writer.execute("SELECT pg_export_snapshot()").fetchone()
    assert found is not None
    return sql.Literal(found[0])


def _columns(store: psycopg.Connection[Any]) -> Sequence[CopiedTable]:
    """Return the tables of a store that there are, those that others refer to first."""
    names = [table.name for table in METADATA.sorted_tables]
    columns: dict[str, list[str]] = {}
    for table, column in store.execute(_COLUMNS, [names]):
        columns.setdefault(table, []).append(column)
    return [CopiedTable(name, tuple(columns[name])) for name in sorted(columns, key=names.index)]


def _known_seq(store: psycopg.Connection[Any], contents: Contents) -> int:
    there = {(table.name, column) for table in contents.tables for column in table.columns}
    newest = [0]
    for table, column in RECORD_COLUMNS:
        if (table, column) in there:
            asked = sql.SQL("SELECT max({}) FROM {}").format(sql.Identifier(column), sql.Identifier(table))
            newest += [row[0] or 0 for row in store.execute(asked)]
    return max(newest)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, SQLAlchemyError, OSError) as error:
        # The text may say where the store is, never its password.
        raise UnavailableError(f"the store of PostgreSQL cannot be used: why={_said(error)}") from None


def _said(error: Exception) -> str:
    return str(error).strip()
