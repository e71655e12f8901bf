"""The tables that follow the exchange: from where its reports are wanted, and the task that follows them."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead import aio
from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlOrderHistory, SqlProjections
from fairlead.model.report import Position, ReportBatch
from fairlead.services.projections import Follower, Records

__all__ = ["followed", "records_of", "resume_position"]

_log = logging.getLogger("fairlead.service")


async def resume_position(tables: SqlProjections) -> Position:
    """Return the report after which the tables want to hear on."""
    known = await tables.followed()
    if not known.log_id:
        await tables.begin("only")
    return known.position


@asynccontextmanager
async def followed(tables: SqlProjections, *, front: aio.Client) -> AsyncIterator[Follower]:
    """Follow the exchange while the service runs."""
    follower = Follower(stream=front, log=_NoLog(), tables=tables)
    task = asyncio.create_task(follower.run(), name="fairlead-follower")
    task.add_done_callback(_say_end)
    try:
        yield follower
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def records_of(database: Database, follower: Follower) -> Records:
    """Return what the routes read."""
    return Records(orders=SqlOrderHistory(database, reached=follower.reached))


def _say_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("the tables follow the exchange no more: a fault of the service", exc_info=error)


class _NoLog:
    """Where the log cannot be read: what is missing stays missing."""

    async def after(self, _: Position, /) -> AsyncIterator[ReportBatch]:
        """Yield nothing, with a gap."""
        yield ReportBatch(reports=(), has_gap=True)
