"""The tables that follow the exchange: from where its reports are wanted, and the task that follows them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fairlead import aio
from fairlead.adapters.serving import log_identity
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import (
    SqlAdvancedOrders,
    SqlMoneyHistory,
    SqlOrderHistory,
    SqlOrderTraces,
    SqlProjections,
)
from fairlead.bootstrap.house import House
from fairlead.bootstrap.upkeep import kept_from
from fairlead.client.backlog import Unread
from fairlead.client.told import told_of
from fairlead.engine.journal_reports import JournalReports, last_seq
from fairlead.errors import NotFoundError
from fairlead.model.report import BEGINNING, Position, ReportBatch
from fairlead.ports.projections import Progress
from fairlead.services.advanced_lists import AdvancedLists
from fairlead.services.order_stories import OrderStories
from fairlead.services.projections import (
    GATHER_S,
    CommandFollower,
    CommandOnlooker,
    Courtesy,
    Follower,
    Records,
)

__all__ = ["followed", "follower", "records_of", "resume_position", "tables"]

# Who waits for a report in a worker cannot say so: less gather there between two steps.
_GATHER_S_BESIDE_WORKERS: Final = 0.01
# Reports that are read from the log at a time.
_READ_MAX: Final = 500
_log = logging.getLogger("fairlead.service")


async def resume_position(tables: SqlProjections, *, directory: Path) -> Position:
    """Return the report after which the tables want to hear on.

    Tables that follow another log, or know of more than the log has, tell what did not happen: they are made again.
    """
    followed = await tables.followed()
    log_id, last = await asyncio.to_thread(_identity, directory)
    if followed.log_id == log_id and followed.position.event_seq <= last:
        return followed.position
    if followed.log_id:
        _log.warning("the tables are made again: they follow log=%s to %s", followed.log_id, followed.position)
    await tables.begin(log_id)
    return BEGINNING


def _identity(directory: Path) -> tuple[str, int]:
    """Return which log there is, and its last record."""
    try:
        return log_identity(directory), last_seq(directory)
    except NotFoundError:
        return log_identity(directory), 0


@asynccontextmanager
async def followed(
    tables: SqlProjections, *, copy: aio.Client, front: aio.Client, directory: Path, gather_s: float = GATHER_S
) -> AsyncIterator[Follower]:
    """Follow the exchange while the service runs; ``front`` is asked what ``copy`` would hear too late."""
    log = _JournalLog(directory, front=front)
    follower = Follower(stream=copy, log=log, tables=tables, courtesy=Courtesy(front), gather_s=gather_s)
    task = asyncio.create_task(follower.run(), name="fairlead-follower")
    task.add_done_callback(_say_end)
    try:
        yield follower
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def records_of(database: Database, follower: Progress, *, commands: CommandFollower | CommandOnlooker) -> Records:
    """Return what the routes read; ``commands`` says how far the tables are of what reports do not tell."""
    orders = SqlOrderHistory(database, reached=follower.reached, entering=commands)
    return Records(
        orders=orders,
        money=SqlMoneyHistory(database),
        stories=OrderStories(orders=orders, traces=SqlOrderTraces(database)),
        advanced=AdvancedLists(SqlAdvancedOrders(database), caught_up=commands.caught_up),
    )


@asynccontextmanager
async def tables(house: House) -> AsyncIterator[None]:
    """Leave the tables, and from where they want to hear on."""
    house.tables = SqlProjections(house.database, kept_from_ns=kept_from(house))
    house.resume = await resume_position(house.tables, directory=house.directory)
    yield


@asynccontextmanager
async def follower(house: House) -> AsyncIterator[None]:
    """Leave what feeds the tables."""
    gather_s = _GATHER_S_BESIDE_WORKERS if house.settings.server.workers > 1 else GATHER_S
    feeding = followed(house.tables, copy=house.copy, front=house.front, directory=house.directory, gather_s=gather_s)
    async with feeding as house.follower:
        yield


def _say_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("the tables follow the exchange no more: a fault of the service", exc_info=error)


class _JournalLog:
    """The reports of a data directory, on a thread, while its engine runs.

    Args:
        directory: the data directory.
        front: a session that is not behind, and whose instruments are those of the session that the tables follow.
    """

    def __init__(self, directory: Path, *, front: aio.Client) -> None:
        self._directory, self._front = directory, front

    async def after(self, position: Position, /) -> AsyncIterator[ReportBatch]:
        """Yield the reports after a position up to the end of the log."""
        log = await asyncio.to_thread(JournalReports, self._directory, after=position)
        # Whatever the log lists is listed by the engine too when it answers.
        instruments = await self._front.refresh_instruments()
        if log.has_gap:
            yield ReportBatch(reports=(), has_gap=True)
        while messages := await asyncio.to_thread(log.next, _READ_MAX):
            told = [one for message in messages if (one := told_of(bytes(message))) is not None]
            yield ReportBatch(reports=Unread(told, instruments))
