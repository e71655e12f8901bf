"""The part that keeps the tables tidy: partitions ahead, and what is old taken away."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.stores.projections import SqlUpkeep
from fairlead.bootstrap.house import House
from fairlead.services.projections import Caretaker

__all__ = ["upkeep"]

_log = logging.getLogger("fairlead.service")


@asynccontextmanager
async def upkeep(house: House) -> AsyncIterator[None]:
    """Look after the tables meanwhile."""
    caretaker = Caretaker(SqlUpkeep(house.database), clock=house.needs.clock)
    task = asyncio.create_task(caretaker.run(), name="fairlead-upkeep")
    task.add_done_callback(_say_end)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def _say_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("the tables are tidied no more: a fault of the service", exc_info=error)
