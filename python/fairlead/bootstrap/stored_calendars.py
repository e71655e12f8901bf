"""The calendars in the store of a data directory, beside a service that runs on it or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import msgspec

from fairlead.adapters.access import SystemClock
from fairlead.adapters.calendars import LibraryAlmanac
from fairlead.adapters.stores import SqlCalendars
from fairlead.bootstrap.store import open_store
from fairlead.domain.sessions import Kept
from fairlead.errors import NotFoundError, UsageError
from fairlead.ports.calendars import KeptCalendar
from fairlead.services.sessions import CalendarView, Timetables
from fairlead.settings import Loaded
from fairlead.web.calendar_wire import CalendarWish, calendar_answer, calendar_of
from fairlead.web.problems import ProblemError

__all__ = ["StoredCalendars", "stored_calendars"]

# Who set it, where nobody logged in.
_BY: Final = "machine"


class StoredCalendars:
    """Calendars without an exchange: whether a market exists is not known here.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: SqlCalendars) -> None:
        self._store, self._clock = store, SystemClock()
        self._timetables = Timetables(LibraryAlmanac())

    async def every(self) -> list[dict[str, object]]:
        """Return all, as the API tells one."""
        return [await self._told(kept) for kept in await self._store.every()]

    async def get(self, symbol: str) -> dict[str, object]:
        """Return one.

        Raises:
            NotFoundError: the market has none.
        """
        kept = await self._store.get(symbol)
        if kept is None:
            raise NotFoundError(f"no calendar: symbol={symbol}")
        return await self._told(kept)

    async def set(self, symbol: str, raw: bytes) -> dict[str, object]:
        """Keep a calendar from the body that the API takes; a running service follows it within seconds.

        Raises:
            UsageError: it cannot be.
        """
        try:
            calendar = calendar_of(msgspec.json.decode(raw, type=CalendarWish))
        except (msgspec.DecodeError, ProblemError) as error:
            raise UsageError(f"no calendar: {error}") from None
        now_ns = self._clock.now_ns()
        await self._timetables.around(calendar, now_ns)
        kept = KeptCalendar(symbol=symbol, calendar=calendar, set_by=_BY, set_ts_ns=now_ns, kept=Kept())
        await self._store.put(kept)
        return await self._told(kept)

    async def remove(self, symbol: str) -> None:
        """Forget one.

        Raises:
            NotFoundError: the market has none.
        """
        if not await self._store.remove(symbol):
            raise NotFoundError(f"no calendar: symbol={symbol}")

    async def _told(self, kept: KeptCalendar) -> dict[str, object]:
        now_ns = self._clock.now_ns()
        table = await self._timetables.around(kept.calendar, now_ns)
        view = CalendarView(kept=kept, wanted=table.state_at(now_ns), upcoming=table.next_change(now_ns))
        told: dict[str, object] = msgspec.to_builtins(calendar_answer(view))
        return told


@asynccontextmanager
async def stored_calendars(loaded: Loaded) -> AsyncIterator[StoredCalendars]:
    """Yield the calendars of a configuration.

    Raises:
        UnavailableError: the store does not answer.
    """
    loaded.settings.engine.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with open_store(loaded.settings) as database:
        yield StoredCalendars(SqlCalendars(database))
