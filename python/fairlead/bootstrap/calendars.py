"""The calendars of markets: where they are kept, and the task that carries them out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.calendars import LibraryAlmanac
from fairlead.adapters.stores import SqlCalendars
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.services.sessions import CalendarDesk, CalendarKeeper, Timetables

__all__ = ["asked", "calendars"]


@asynccontextmanager
async def asked(house: House) -> AsyncIterator[None]:
    """Leave the desk of calendars; another process carries them out."""
    store, timetables = SqlCalendars(house.database), Timetables(LibraryAlmanac())
    house.calendars = CalendarDesk(
        store, timetables=timetables, feed=house.front, clock=house.needs.clock, turn=asyncio.Lock()
    )
    yield


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
    async with background(keeper.run(), name="calendars", lost="calendars are carried out no more"):
        yield
