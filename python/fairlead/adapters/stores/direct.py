"""The driver itself, on threads of its own: one that writes what follows the log, some that read; one hop an act.

What is asked for all the time goes this way: a statement through the asynchronous engine costs several hops each.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import URL

from fairlead.adapters.stores.step import PostgresStep, Row, SqliteStep, Step
from fairlead.adapters.stores.threads import Threads
from fairlead.errors import UnavailableError

__all__ = ["Direct"]

T = TypeVar("T")

_STATEMENTS_KEPT: Final = 512
# The steps can be made again from the log, so that they need not wait for the disk; they end in order all the same.
_PREPARED: Final = (
    "journal_mode=WAL",
    "foreign_keys=ON",
    "synchronous=NORMAL",
    "wal_autocheckpoint=4000",
    "cache_size=-16000",
)


class Direct:
    """Connections to one store, each used by one thread. Nothing is opened before it is used.

    Args:
        url: of the store, with its driver.
        readers: how many read at the same time, 1 or more; who comes then waits.
        wait_ms: how long to wait for a lock, for a turn, and on PostgreSQL for a statement, in milliseconds.
    """

    def __init__(self, url: URL, *, readers: int, wait_ms: int) -> None:
        self._url, self._wait_s = url, wait_ms / 1_000
        self._open = _open_sqlite if url.get_backend_name() == "sqlite" else _open_postgres
        self._writer = Threads(1, name="fairlead-tables")
        self._readers = Threads(readers, name="fairlead-reads")
        self._own = threading.local()
        self._all: set[Step] = set()

    async def step(self, act: Callable[[Step], T]) -> T:
        """Run ``act`` in one step: everything in it happens, or nothing where it raises.

        A power cut may take the newest steps of SQLite back, in order; a kill takes none. Who is cancelled while it
        runs does not stop it.

        Raises:
            UnavailableError: the store does not answer; nothing has changed, or it is not known whether it has.
        """
        return await self._writer.run(partial(self._step, act))

    async def read(self, act: Callable[[Step], T]) -> T:
        """Run ``act``, which only reads and may be run again where a connection was lost.

        Raises:
            UnavailableError: the store does not answer, or too many wait for it.
        """
        end_s = time.monotonic() + self._wait_s
        return await self._readers.run(partial(self._read, act, end_s))

    async def rows(self, text: str, /, *values: object) -> list[Row]:
        """Return what one query finds; ``read`` of it alone."""
        return await self.read(lambda view: view.rows(text, values))

    async def page(self, columns: str, text: str, /, *values: object) -> list[Row]:
        """Return a page of rows; ``read`` of ``Step.page`` alone."""
        return await self.read(lambda view: view.page(columns, text, values))

    async def close(self) -> None:
        """Wait for what runs, and close every connection."""
        await self._writer.close()
        await self._readers.close()
        for link in tuple(self._all):
            self._drop(link)

    def _step(self, act: Callable[[Step], T]) -> T:
        link = self._link()
        try:
            with link.step():
                return act(link)
        except link.contradictions as error:
            raise RuntimeError(f"a row contradicts another: why={type(error).__name__}") from None
        except link.errors as error:
            self._drop(link)
            raise _away(error) from None

    def _read(self, act: Callable[[Step], T], end_s: float) -> T:
        if time.monotonic() > end_s:
            raise UnavailableError("too many wait for the store; try again later")
        link = self._link()
        try:
            with link.view():
                return act(link)
        except link.errors as error:
            is_lost = link.is_lost()
            self._drop(link)
            if not is_lost:
                raise _away(error) from None
        link = self._link()
        try:
            with link.view():
                return act(link)
        except link.errors as error:
            self._drop(link)
            raise _away(error) from None

    def _link(self) -> Step:
        link: Step | None = getattr(self._own, "link", None)
        if link is None:
            link = self._own.link = self._open(self._url, self._wait_s)
            self._all.add(link)
        return link

    def _drop(self, link: Step) -> None:
        self._own.link = None
        self._all.discard(link)
        link.close()


def _away(error: Exception) -> UnavailableError:
    # The driver's own text may hold values, so it is left out.
    return UnavailableError(f"the store does not answer: why={type(error).__name__}")


def _open_sqlite(url: URL, wait_s: float) -> Step:
    try:
        connection = sqlite3.connect(
            str(url.database),
            timeout=wait_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_KEPT,
        )
        for setting in _PREPARED:
            connection.execute(f"PRAGMA {setting}")
    except sqlite3.Error as error:
        raise _away(error) from None
    return SqliteStep(connection)


def _open_postgres(url: URL, wait_s: float) -> Step:
    # Only who follows a store of this kind needs its driver.
    import psycopg

    wait_ms = int(wait_s * 1_000)
    words: dict[str, Any] = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        "options": f"-c statement_timeout={wait_ms} -c lock_timeout={wait_ms}",
        "connect_timeout": 10,
    } | dict(url.query)
    try:
        connection = psycopg.connect(**{name: value for name, value in words.items() if value is not None})
        connection.autocommit = True
    except psycopg.Error as error:
        raise _away(error) from None
    return PostgresStep(connection)
