"""Bars of trades: what traded in a span of time, folded into wider ones, with what may be missing named.

Prices and quantities are whole numbers in the instrument's decimals; ``value`` is the sum of price times quantity.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["INTERVALS", "MINUTE_NS", "Bar", "Candle", "Gap", "candles_of"]

MINUTE_NS: Final = 60_000_000_000

# The widths of candles by the names of the API.
INTERVALS: Final = {
    "1s": MINUTE_NS // 60,
    "1m": MINUTE_NS,
    "5m": 5 * MINUTE_NS,
    "15m": 15 * MINUTE_NS,
    "1h": 60 * MINUTE_NS,
    "4h": 240 * MINUTE_NS,
    "1d": 1_440 * MINUTE_NS,
}


class Gap(NamedTuple):
    """A time in which trades may be missing, both ends included, nanoseconds since 1970 UTC."""

    begin_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """What traded in the span that begins at ``open_ns``; at least one trade."""

    open_ns: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    value: int
    trades: int

    @classmethod
    def of(cls, open_ns: int, *, price: int, qty: int) -> "Bar":
        """Return the bar of one trade."""
        return cls(
            open_ns=open_ns, open=price, high=price, low=price, close=price, volume=qty, value=price * qty, trades=1
        )

    def then(self, later: "Bar") -> "Bar":
        """Return this bar with what traded after it."""
        return Bar(
            open_ns=self.open_ns,
            open=self.open,
            high=max(self.high, later.high),
            low=min(self.low, later.low),
            close=later.close,
            volume=self.volume + later.volume,
            value=self.value + later.value,
            trades=self.trades + later.trades,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Candle:
    """A bar as it is shown. ``is_complete``: its time is over, and no trade of it can be missing."""

    bar: Bar
    is_complete: bool


def candles_of(
    minutes: Iterable[Bar], *, interval_ns: int, gaps: Sequence[Gap], now_ns: int, count_max: int
) -> list[Candle]:
    """Return the newest candles of ``interval_ns``, oldest first, at most ``count_max``.

    An interval in which nothing traded has no candle: no price is made up for it.

    Args:
        minutes: bars of single minutes, or of another width that divides ``interval_ns``, oldest first.
        interval_ns: a multiple of their width; intervals begin at its multiples since 1970 UTC.
        gaps: when trades may be missing.
        now_ns: the time.
        count_max: how many at most.
    """
    folded: dict[int, Bar] = {}
    for bar in minutes:
        open_ns = bar.open_ns - bar.open_ns % interval_ns
        before = folded.get(open_ns)
        first = Bar(
            open_ns=open_ns,
            open=bar.open,
            high=bar.high,
            low=bar.low,
            close=bar.close,
            volume=bar.volume,
            value=bar.value,
            trades=bar.trades,
        )
        folded[open_ns] = first if before is None else before.then(bar)
    newest = list(folded.values())[-count_max:]
    return [Candle(bar=bar, is_complete=_is_complete(bar.open_ns, interval_ns, gaps, now_ns)) for bar in newest]


def _is_complete(open_ns: int, interval_ns: int, gaps: Sequence[Gap], now_ns: int) -> bool:
    end_ns = open_ns + interval_ns
    return end_ns <= now_ns and not any(gap.begin_ns < end_ns and open_ns <= gap.end_ns for gap in gaps)
