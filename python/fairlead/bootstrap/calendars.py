"""The calendars of markets: where they are kept, and the task that carries them out."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.calendars import LibraryAlmanac
from fairlead.adapters.stores import SqlCalendars
from fairlead.bootstrap.house import House
from fairlead.services.sessions import CalendarDesk, CalendarKeeper, Timetables

__all__ = ["calendars"]

_log = logging.getLogger("fairlead.calendars")


@asynccontextmanager
async def calendars(house: House) -> AsyncIterator[None]:
    """Leave the desk of calendars, and carry them out meanwhile."""
    store, timetables, turn = SqlCalendars(house.database), Timetables(LibraryAlmanac()), asyncio.Lock()
    house.calendars = CalendarDesk(store, timetables=timetables, feed=house.front, clock=house.needs.clock, turn=turn)
    keeper = CalendarKeeper(
        store,
        timetables=timetables,
        front=house.front,
        feed=house.front,
        is_breaker_known=house.breakers.has_cause,
        clock=house.needs.clock,
        turn=turn,
    )
    task = asyncio.create_task(keeper.run(), name="fairlead-calendars")
    task.add_done_callback(_say_end)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def _say_end(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("calendars are carried out no more: a fault of the service", exc_info=error)
