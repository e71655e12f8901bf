"""The calendars of markets: where they are kept, and who knows zones and the sessions of exchanges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Protocol

from fairlead.domain.sessions import Calendar, Kept, Session

__all__ = ["Almanac", "Calendars", "KeptCalendar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCalendar:
    """The calendar of one market, who set it and when, and what is remembered of carrying it out."""

    symbol: str
    calendar: Calendar
    set_by: str
    set_ts_ns: int
    kept: Kept


class Calendars(Protocol):
    """Where calendars are kept. Each method may raise ``UnavailableError``: the store does not answer."""

    async def every(self) -> Sequence[KeptCalendar]:
        """Return all, by symbol."""
        ...

    async def get(self, symbol: str, /) -> KeptCalendar | None:
        """Return that of a market."""
        ...

    async def put(self, calendar: KeptCalendar, /) -> None:
        """Keep one in place of the one that was there."""
        ...

    async def note(self, symbol: str, kept: Kept, /) -> None:
        """Remember how it is carried out; nothing where the market has no calendar any more."""
        ...

    async def remove(self, symbol: str, /) -> bool:
        """Forget it; whether it was there."""
        ...


class Almanac(Protocol):
    """Zones, and the sessions of exchanges."""

    async def zone(self, name: str, /) -> tzinfo:
        """Return a time zone.

        Raises:
            UsageError: there is none of this name.
        """
        ...

    async def exchange_zone(self, exchange: str, /) -> tzinfo:
        """Return the zone of an exchange.

        Raises:
            UsageError: no exchange has this code, or what knows exchanges is not installed.
        """
        ...

    async def sessions(self, exchange: str, /, *, first: date, last: date) -> Sequence[Session]:
        """Return the sessions of an exchange from one day to another, both included, oldest first.

        Raises:
            UsageError: as ``exchange_zone``.
        """
        ...
