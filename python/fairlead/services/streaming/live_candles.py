"""The candle of each interval that somebody hears: grows with each trade, and ends when its time is over.

A trade that comes after the end was told changes the candle all the same: it is told again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from fairlead.domain.market_data.bars import INTERVALS, MINUTE_NS, Bar, Candle, Gap, candles_of
from fairlead.ports.clock import Clock
from fairlead.services.markets import PublicTrade

__all__ = ["CandleNews", "LiveCandles", "TradeTape"]

# Trades of an interval come a moment after its end.
_GRACE_NS: Final = 1_000_000_000
# What the tape keeps of single trades.
_TRADES_MAX: Final = 1_000


class TradeTape(Protocol):
    """What traded before somebody listened; ``Tape`` is one."""

    def trades(self, instrument: int, *, count_max: int) -> Sequence[PublicTrade]:
        """Return the newest trades, newest first."""
        ...

    def minutes(self, instrument: int, *, begin_ns: int, end_ns: int) -> Sequence[Bar]:
        """Return minutes in which something traded, oldest first."""
        ...

    def recalls(self, instrument: int) -> int:
        """Return how often minutes were added that were not heard."""
        ...

    def gaps(self, instrument: int) -> Sequence[Gap]:
        """Return the times in which trades may be missing."""
        ...


class CandleNews(NamedTuple):
    """A candle as it is now."""

    interval: str
    candle: Candle
    is_closed: bool


@dataclass(slots=True)
class _Growing:
    bar: Bar | None
    # Which of the tape's recalls it knows of.
    recalls: int
    is_closed: bool = False


class LiveCandles:
    """Follows candles, by instrument and interval.

    Args:
        tape: what traded before; it has each trade that ``hear`` is told of already.
        clock: the time.
    """

    def __init__(self, tape: TradeTape, *, clock: Clock) -> None:
        self._tape, self._clock = tape, clock
        self._growing: dict[int, dict[str, _Growing]] = {}

    def begin(self, instrument: int, interval: str) -> None:
        """Follow an interval; it begins with what the tape has of it. Again is nothing."""
        followed = self._growing.setdefault(instrument, {})
        if interval not in followed:
            now_ns = self._clock.now_ns()
            bar = self._recalled(instrument, interval, open_ns=now_ns - now_ns % INTERVALS[interval])
            followed[interval] = _Growing(bar, self._tape.recalls(instrument))

    def end(self, instrument: int, interval: str) -> None:
        """Follow it no more."""
        self._growing.get(instrument, {}).pop(interval, None)

    def now(self, instrument: int, interval: str) -> CandleNews | None:
        """Return the candle that grows, or that ended last; ``None``: nothing traded yet."""
        growing = self._growing.get(instrument, {}).get(interval)
        if growing is None:
            return None
        self._renew(instrument, interval, growing)
        return self._news(instrument, interval, growing)

    def hear(self, instrument: int, *, ts_ns: int, price: int, qty: int) -> list[CandleNews]:
        """Take a trade; return what became of each candle: those that it ends, then those that it is part of."""
        news: list[CandleNews | None] = []
        for interval, growing in self._growing.get(instrument, {}).items():
            open_ns = ts_ns - ts_ns % INTERVALS[interval]
            trade = Bar.of(open_ns, price=price, qty=qty)
            # The tape has the trade already, and so has what is made again from it.
            is_renewed = self._renew(instrument, interval, growing)
            if growing.bar is not None and growing.bar.open_ns == open_ns:
                growing.bar = growing.bar if is_renewed else growing.bar.then(trade)
            else:
                news.append(self._closed(instrument, interval, growing))
                growing.bar = self._recalled(instrument, interval, open_ns=open_ns) or trade
                growing.is_closed = False
            news.append(self._news(instrument, interval, growing))
        return [one for one in news if one is not None]

    def due(self) -> list[tuple[int, CandleNews]]:
        """Return the candles whose time is over, each once, and those of which more became known."""
        by_ns = self._clock.now_ns() - _GRACE_NS
        told: list[tuple[int, CandleNews | None]] = []
        for instrument, followed in self._growing.items():
            for interval, growing in followed.items():
                if self._renew(instrument, interval, growing):
                    told.append((instrument, self._news(instrument, interval, growing)))
                if growing.bar is not None and growing.bar.open_ns + INTERVALS[interval] <= by_ns:
                    told.append((instrument, self._closed(instrument, interval, growing)))
        return [(instrument, news) for instrument, news in told if news is not None]

    def _renew(self, instrument: int, interval: str, growing: _Growing) -> bool:
        """Make a candle again where the tape was told of minutes that were not heard; return whether it was."""
        recalls = self._tape.recalls(instrument)
        if growing.recalls == recalls or growing.bar is None:
            return False
        growing.bar = self._recalled(instrument, interval, open_ns=growing.bar.open_ns) or growing.bar
        growing.recalls = recalls
        return True

    def _closed(self, instrument: int, interval: str, growing: _Growing) -> CandleNews | None:
        if growing.is_closed:
            return None
        growing.is_closed = True
        return self._news(instrument, interval, growing)

    def _news(self, instrument: int, interval: str, growing: _Growing) -> CandleNews | None:
        if growing.bar is None:
            return None
        # What has ended by the time of the exchange has ended, whatever the clock here says.
        end_ns = growing.bar.open_ns + INTERVALS[interval]
        now_ns = max(self._clock.now_ns(), end_ns) if growing.is_closed else growing.bar.open_ns
        gaps = self._tape.gaps(instrument)
        (candle,) = candles_of([growing.bar], interval_ns=INTERVALS[interval], gaps=gaps, now_ns=now_ns, count_max=1)
        return CandleNews(interval, candle, growing.is_closed)

    def _recalled(self, instrument: int, interval: str, *, open_ns: int) -> Bar | None:
        interval_ns = INTERVALS[interval]
        if interval_ns >= MINUTE_NS:
            minutes = self._tape.minutes(instrument, begin_ns=open_ns, end_ns=open_ns + interval_ns)
        else:
            trades = self._tape.trades(instrument, count_max=_TRADES_MAX)
            span = [trade for trade in reversed(trades) if open_ns <= trade.ts_ns < open_ns + interval_ns]
            minutes = [Bar.of(open_ns, price=trade.price, qty=trade.qty) for trade in span]
        found = candles_of(minutes, interval_ns=interval_ns, gaps=(), now_ns=open_ns, count_max=1)
        return found[0].bar if found else None
