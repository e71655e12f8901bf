"""Zones and exchange sessions by ``zoneinfo`` and ``exchange_calendars``, loaded when the first exchange is named."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fairlead.domain.sessions import Session
from fairlead.errors import UsageError

__all__ = ["LibraryAlmanac"]

_NS_PER_US: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class LibraryAlmanac:
    """What the libraries know. Exchanges are asked on a thread: the first question takes a second."""

    async def zone(self, name: str, /) -> tzinfo:
        """See ``Almanac``."""
        return await asyncio.to_thread(_zone, name)

    async def exchange_zone(self, exchange: str, /) -> tzinfo:
        """See ``Almanac``."""
        return await asyncio.to_thread(_exchange_zone, exchange)

    async def sessions(self, exchange: str, /, *, first: date, last: date) -> Sequence[Session]:
        """See ``Almanac``."""
        return await asyncio.to_thread(_sessions, exchange, first, last)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(f"no such time zone: timeZone={name}; give a name such as Europe/Berlin") from None


def _exchange_zone(exchange: str) -> tzinfo:
    library = _library()
    _check(library, exchange)
    return _zone(str(library.get_calendar(exchange, side="left").tz))


def _sessions(exchange: str, first: date, last: date) -> list[Session]:
    library = _library()
    _check(library, exchange)
    # The library knows no session before its start: begin well before what is wanted.
    calendar = library.get_calendar(exchange, start=first - timedelta(days=14), end=last, side="left")
    rows = calendar.schedule.loc[str(first) : str(last)]
    return [_session(day.date(), row) for day, row in rows.iterrows()]


def _session(day: date, row: Any) -> Session:
    pauses: tuple[tuple[int, int], ...] = ()
    # Not a time where the session has no break.
    if row["break_start"] == row["break_start"]:
        pauses = ((_ns(row["break_start"]), _ns(row["break_end"])),)
    return Session(day=day, open_ns=_ns(row["open"]), close_ns=_ns(row["close"]), breaks=pauses)


def _ns(moment: Any) -> int:
    at: datetime = moment.to_pydatetime()
    return (at - _EPOCH) // timedelta(microseconds=1) * _NS_PER_US


def _check(library: Any, exchange: str) -> None:
    known = library.get_calendar_names(include_aliases=False)
    # It has a name of its own for what never closes.
    if exchange not in known or exchange == "24/7":
        raise UsageError(
            f"no exchange of this code: exchange={exchange} known=XNYS, XNAS, XLON, XETR and {len(known) - 5} more;"
            " give the ISO 10383 code of an exchange, or always, or timeZone and week"
        )


def _library() -> Any:
    try:
        import exchange_calendars
    except ModuleNotFoundError as error:
        raise UsageError(f"calendars of exchanges need {error.name}: install 'fairlead[serve]'") from None
    return exchange_calendars
