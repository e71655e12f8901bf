"""The part that keeps the tables tidy: partitions ahead, and what is old taken away."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fairlead.adapters.stores.projections import SqlUpkeep
from fairlead.bootstrap.house import House
from fairlead.services.projections import Caretaker

__all__ = ["keep_ns_of", "upkeep"]

_NS_PER_HOUR: Final = 3_600 * 1_000_000_000
# A demo is left on for days, and nobody looks at what its agents did yesterday.
_DEMO_HOURS: Final = 6

_log = logging.getLogger("fairlead.service")


def keep_ns_of(house: House) -> int | None:
    """Return how long what happened is kept; ``None``: for ever."""
    hours = house.settings.store.keep_hours or (_DEMO_HOURS if house.with_demo else 0)
    return hours * _NS_PER_HOUR or None


@asynccontextmanager
async def upkeep(house: House) -> AsyncIterator[None]:
    """Look after the tables meanwhile."""
    caretaker = Caretaker(SqlUpkeep(house.database, keep_ns=keep_ns_of(house)), clock=house.needs.clock)
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
