"""The statistics of the last 24 hours, to the minute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Final

from fairlead.domain.market_data.bars import MINUTE_NS, Bar, Gap

__all__ = ["DAY_NS", "Day", "day_begin", "day_of"]

DAY_NS: Final = 1_440 * MINUTE_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What traded since ``begin_ns``; ``bar`` is ``None`` where nothing did. ``is_complete``: nothing is missing."""

    begin_ns: int
    bar: Bar | None
    is_complete: bool

    @property
    def change(self) -> int | None:
        """The last price less the first, in the instrument's decimals."""
        return None if self.bar is None else self.bar.close - self.bar.open

    @property
    def change_percent(self) -> Decimal | None:
        """That as percent of the first price, to four decimals, halves to even; ``None`` where the first is zero."""
        if self.bar is None or self.bar.open == 0:
            return None
        return (Decimal(100 * (self.bar.close - self.bar.open)) / abs(self.bar.open)).quantize(Decimal("0.0001"))


def day_begin(now_ns: int) -> int:
    """Return when the 24 hours begin: with a whole minute, so that they are 24 hours and up to a minute less."""
    return -(-(now_ns - DAY_NS) // MINUTE_NS) * MINUTE_NS


def day_of(minutes: Iterable[Bar], *, gaps: Sequence[Gap], now_ns: int) -> Day:
    """Return the statistics of these minutes, oldest first."""
    begin_ns = day_begin(now_ns)
    bars = [bar for bar in minutes if bar.open_ns >= begin_ns]
    bar = reduce(Bar.then, bars) if bars else None
    return Day(begin_ns=begin_ns, bar=bar, is_complete=not any(gap.end_ns >= begin_ns for gap in gaps))
