"""What operators do with calendars, and what a market's calendar does next."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from fairlead.domain.sessions import Calendar, Change, Kept
from fairlead.errors import FairleadError, NotFoundError, UnknownSymbolError
from fairlead.model.report import Report
from fairlead.ports.calendars import Calendars, KeptCalendar
from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.sessions.timetables import Timetables

__all__ = ["CalendarDesk", "CalendarView"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """A calendar with what it has for now and next; ``wanted`` is ``None`` where that is not known."""

    kept: KeptCalendar
    wanted: str | None
    upcoming: Change | None


class CalendarDesk:
    """Sets calendars and tells of them.

    Args:
        calendars: where they are kept.
        timetables: what follows from them.
        feed: which instruments there are.
        clock: the time.
        turn: held by who moves a market, so that a person and a calendar do not do it at once.
    """

    def __init__(
        self, calendars: Calendars, *, timetables: Timetables, feed: MarketFeed, clock: Clock, turn: asyncio.Lock
    ) -> None:
        self._calendars, self._timetables, self._feed, self._clock = calendars, timetables, feed, clock
        self._turn = turn

    async def set(self, symbol: str, calendar: Calendar, *, by: str) -> CalendarView:
        """Let a market follow a calendar from now on.

        Raises:
            NotFoundError: there is no such market.
            UsageError: the calendar cannot be.
        """
        if not self._feed.instruments.knows(symbol) and not (await self._feed.refresh_instruments()).knows(symbol):
            raise UnknownSymbolError(f"no such instrument: symbol={symbol}", symbol=symbol)
        now_ns = self._clock.now_ns()
        await self._timetables.around(calendar, now_ns)
        kept = KeptCalendar(symbol=symbol, calendar=calendar, set_by=by, set_ts_ns=now_ns, kept=Kept())
        async with self._turn:
            await self._calendars.put(kept)
        return await self._view(kept)

    async def get(self, symbol: str) -> CalendarView:
        """Return the calendar of a market.

        Raises:
            NotFoundError: it has none.
        """
        kept = await self._calendars.get(symbol)
        if kept is None:
            raise NotFoundError(f"no calendar: symbol={symbol}; the market stays in the state it is moved to")
        return await self._view(kept)

    async def remove(self, symbol: str) -> None:
        """Let a market stay as it is from now on.

        Raises:
            NotFoundError: it has no calendar.
        """
        async with self._turn:
            if not await self._calendars.remove(symbol):
                raise NotFoundError(f"no calendar: symbol={symbol}")

    async def views(self) -> dict[str, CalendarView]:
        """Return the calendars by symbol; of one that cannot be carried out it is not told when."""
        found = {}
        for kept in await self._calendars.every():
            try:
                found[kept.symbol] = await self._view(kept)
            except FairleadError:
                found[kept.symbol] = CalendarView(kept=kept, wanted=None, upcoming=None)
        return found

    async def by_hand(self, symbol: str, state: str, send: Callable[[], Awaitable[Report]]) -> Report:
        """Move a market by hand: from then on its calendar waits until a person moves it to what the calendar has.

        Args:
            symbol: which market.
            state: where to, in the words of the wire.
            send: sends the command.
        """
        async with self._turn:
            before = await self._calendars.get(symbol)
            if before is None:
                return await send()
            now_ns = self._clock.now_ns()
            table = await self._timetables.around(before.calendar, now_ns)
            is_back = table.state_at(now_ns) == state
            if not is_back and before.kept.held_since_ns is None:
                # First, so that a crash between the two leaves the decision with the person.
                await self._calendars.note(symbol, replace(before.kept, held_since_ns=now_ns))
            report = await send()
            if report.is_rejected:
                await self._calendars.note(symbol, before.kept)
            elif is_back:
                await self._calendars.note(symbol, Kept(put=state))
            return report

    async def _view(self, kept: KeptCalendar) -> CalendarView:
        now_ns = self._clock.now_ns()
        table = await self._timetables.around(kept.calendar, now_ns)
        return CalendarView(kept=kept, wanted=table.state_at(now_ns), upcoming=table.next_change(now_ns))
