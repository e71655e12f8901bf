"""A connection to the store: how it is opened, read, and written to in one step."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.schema import Table

from fairlead.adapters.stores.direct import Direct
from fairlead.errors import UnavailableError, UsageError

__all__ = ["Database", "insert_once", "open_database"]

# Names of drivers, and names of databases for which the driver is chosen here.
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_TALKATIVE: Final = ("aiosqlite", "sqlalchemy.engine.Engine")
_WRITES: Final = "fairlead_writes"


class Database:
    """The store of one process. Every statement is bound; values never become part of its text.

    Args:
        engine: what ``open_database`` made.
        direct: the same store without a detour, for what follows the log and what is asked for all the time.
    """

    def __init__(self, engine: AsyncEngine, direct: Direct) -> None:
        self._engine, self.direct = engine, direct
        self._writer = engine.execution_options(**{_WRITES: True})

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a view of the store.

        Raises:
            UnavailableError: the store does not answer.
        """
        async with _translated(), self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Open one step: everything in it happens, or nothing where it raises.

        Raises:
            IntegrityError: a row contradicts another; the caller says what that means.
            UnavailableError: the store does not answer.
        """
        async with _translated(), self._writer.begin() as connection:
            yield connection

    async def ping(self) -> None:
        """Ask the store something it can always answer.

        Raises:
            UnavailableError: the store does not answer.
        """
        async with self.read() as connection:
            await connection.execute(select(1))

    def pool(self) -> dict[str, float]:
        """Return how many connections are used and how many wait to be; empty where none is kept."""
        pool = self._engine.pool
        return {"used": pool.checkedout(), "idle": pool.checkedin()} if isinstance(pool, QueuePool) else {}

    async def close(self) -> None:
        """Close every connection."""
        await self.direct.close()
        await self._engine.dispose()


def open_database(url: str, *, pool_size: int = 5, wait_ms: int = 5_000) -> Database:
    """Return the store at ``url``; no connection is opened before it is used.

    A file of SQLite that is not there is made, readable by its owner only.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST/DATABASE``.
        pool_size: connections at most, 1 or more; who needs one more waits.
        wait_ms: how long to wait for a connection, for a lock, and on PostgreSQL for a statement, in milliseconds.

    Raises:
        UsageError: it is no URL of these. The text does not say it, as it may hold a password.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("the URL of the store cannot be read: expected sqlite:///PATH") from None
    if parsed.drivername not in _DRIVERS:
        raise UsageError(f"no store of this kind: driver={parsed.drivername} known={', '.join(_DRIVERS)}")
    parsed = parsed.set(drivername=_DRIVERS[parsed.drivername])
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite:
        _make_private(parsed)
    try:
        # Values, e-mail addresses and hashes among them, stay out of errors and logs.
        engine = create_async_engine(
            parsed,
            hide_parameters=True,
            pool_pre_ping=not is_sqlite,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=wait_ms / 1_000,
            connect_args=_limits(wait_ms, is_sqlite=is_sqlite),
        )
    except ModuleNotFoundError as error:
        driver = parsed.drivername
        raise UsageError(f"the driver of the store is not installed: driver={driver} needs={error.name}") from None
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_without_values)
    if is_sqlite:
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine, Direct(parsed, readers=pool_size, wait_ms=wait_ms))


def insert_once(connection: AsyncConnection, table: Table) -> Any:
    """Return an insert that does nothing, and returns nothing, where the row is there."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


def _make_private(url: URL) -> None:
    """Make the file before the driver does, as it holds password hashes; its log takes over its mode."""
    path = url.database
    if not path or path == ":memory:" or url.query:
        raise UsageError("a store is one file, not memory, and has no options: expected sqlite:///PATH")
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise UnavailableError(f"the store cannot be opened: path={path} why={error.strerror}") from None


def _limits(wait_ms: int, *, is_sqlite: bool) -> dict[str, object]:
    if is_sqlite:
        return {"timeout": wait_ms / 1_000}
    return {"options": f"-c statement_timeout={wait_ms} -c lock_timeout={wait_ms}", "connect_timeout": 10}


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them too late, or not for a change of tables.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _without_values(record: logging.LogRecord) -> bool:
    """Whether a record of a library may be logged: below INFO they show the values of statements and rows."""
    return record.levelno >= logging.INFO


def _begin_sqlite(connection: Connection) -> None:
    # A step that reads before it writes must have the right to write from its first statement.
    is_write = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        # The driver's own text may hold values, so it is left out.
        raise UnavailableError(f"the store does not answer: why={type(error.orig).__name__}") from None
    except PoolTimeoutError:
        raise UnavailableError("too many wait for the store; try again later") from None
