"""Months and days, as partitions have them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

__all__ = ["DAYS", "MONTHS", "Period", "Periods"]

_NS_PER_S: Final = 1_000_000_000
# A day that every month has, and more than any month has after it.
_EARLY, _MONTH_MAX = 1, timedelta(days=32)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time from ``begin_ns`` to before ``end_ns``, and what it is called in a name."""

    name: str
    begin_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Periods:
    """All months, or all days, in UTC."""

    pattern: str

    def of(self, ts_ns: int) -> Period:
        """Return the one that a time is in."""
        begin = datetime.fromtimestamp(ts_ns // _NS_PER_S, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        if self is MONTHS:
            begin = begin.replace(day=_EARLY)
            end = (begin + _MONTH_MAX).replace(day=_EARLY)
        else:
            end = begin + timedelta(days=1)
        return Period(f"{begin:{self.pattern}}", _ns(begin), _ns(end))

    def named(self, name: str) -> Period | None:
        """Return the one of a name; ``None`` where it is no such name."""
        try:
            begin = datetime.strptime(name, self.pattern).replace(tzinfo=UTC)
        except ValueError:
            return None
        return self.of(_ns(begin))

    def ahead(self, ts_ns: int, count: int) -> Iterator[Period]:
        """Yield the one that a time is in, and as many after it."""
        for _ in range(count + 1):
            period = self.of(ts_ns)
            yield period
            ts_ns = period.end_ns


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * _NS_PER_S


MONTHS: Final = Periods("%Y_%m")
DAYS: Final = Periods("%Y_%m_%d")
