"""The timetables of calendars around now, made once and again when they run out."""

from datetime import UTC, datetime, timedelta
from typing import Final

from fairlead.domain.sessions import Calendar, Session, Timetable, check_calendar, own_sessions, timetable_of
from fairlead.ports.calendars import Almanac

__all__ = ["Timetables"]

_NS_PER_S: Final = 1_000_000_000
_DAY_NS: Final = 86_400 * _NS_PER_S
# Longer than a session lasts, than any exchange pauses in a row, and than it takes to notice that it runs out.
_BEFORE_DAYS: Final = 20
_AHEAD_DAYS: Final = 60
_LEFT_DAYS: Final = 30
_KEPT_MAX: Final = 1_000


class Timetables:
    """Makes timetables and keeps them.

    Args:
        almanac: zones and exchanges.
    """

    def __init__(self, almanac: Almanac) -> None:
        self._almanac = almanac
        self._made: dict[Calendar, tuple[int, Timetable]] = {}

    async def around(self, calendar: Calendar, now_ns: int) -> Timetable:
        """Return what a calendar does from before now until weeks from now.

        Raises:
            UsageError: the calendar cannot be: its parts, zone or exchange.
        """
        made_ns, known = self._made.get(calendar, (0, None))
        if known is not None and made_ns <= now_ns < known.until_ns - _LEFT_DAYS * _DAY_NS:
            return known
        made = await self._make(calendar, now_ns)
        if len(self._made) >= _KEPT_MAX:
            self._made.clear()
        self._made[calendar] = (now_ns, made)
        return made

    async def _make(self, calendar: Calendar, now_ns: int) -> Timetable:
        check_calendar(calendar)
        today = datetime.fromtimestamp(now_ns // _NS_PER_S, UTC).date()
        first, last = today - timedelta(days=_BEFORE_DAYS), today + timedelta(days=_AHEAD_DAYS)
        sessions: list[Session] = []
        if calendar.always:
            zone = await self._almanac.zone("UTC")
        elif calendar.exchange is not None:
            zone = await self._almanac.exchange_zone(calendar.exchange)
            sessions = list(await self._almanac.sessions(calendar.exchange, first=first, last=last))
        else:
            zone = await self._almanac.zone(calendar.time_zone or "UTC")
            sessions = own_sessions(calendar, zone, first=first, last=last)
        # The session of the last day may be cut by the end of what was asked for.
        until_ns = now_ns + (_AHEAD_DAYS - 3) * _DAY_NS
        begin_ns = now_ns - (_BEFORE_DAYS - 3) * _DAY_NS
        return timetable_of(calendar, sessions, zone, begin_ns=begin_ns, until_ns=until_ns)
