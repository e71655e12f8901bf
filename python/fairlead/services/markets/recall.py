"""Fills what the tape did not hear from what is kept: the time before the service began, and that of a lost connection.

Trades come once all of a gap are kept; a minute as a whole, once it is over too, and until then it stays in a gap.
"""

from typing import Final

from fairlead.domain.market_data.bars import MINUTE_NS, Gap
from fairlead.domain.market_data.day import day_begin
from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.minute_bars import KeptBars
from fairlead.services.markets.coverage import Coverage
from fairlead.services.markets.tape import Tape

__all__ = ["Recall"]

_MINUTE_S: Final = 60
_MINUTES_MAX: Final = 1_440
_TRADES_MAX: Final = 1_000


class Recall:
    """Recalls for one tape.

    Args:
        feed: tells what number an instrument has in the tape.
        tape: what is filled.
        kept: where the minutes come from.
        coverage: up to when that is whole.
        clock: the time.
    """

    def __init__(self, feed: MarketFeed, *, tape: Tape, kept: KeptBars, coverage: Coverage, clock: Clock) -> None:
        self._feed, self._tape, self._kept, self._coverage, self._clock = feed, tape, kept, coverage, clock
        # By instrument: up to when its trades were recalled.
        self._recalled_ns: dict[int, int] = {}

    async def step(self, symbol: str) -> None:
        """Fill what can be filled now of an instrument; nothing to fill costs nothing.

        Raises:
            UnavailableError: the store does not answer; what was filled stays.
        """
        instrument = self._feed.instruments.definition(symbol).fields["instrument"]
        if not isinstance(instrument, int) or not self._tape.is_heard(instrument):
            return
        gaps = self._tape.gaps(instrument)
        end_ns = max((gap.end_ns for gap in gaps), default=0)
        if end_ns > self._recalled_ns.get(instrument, 0) and await self._kept_until(end_ns) >= end_ns:
            trades = await self._kept.trades(symbol, count_max=_TRADES_MAX)
            self._tape.recall_trades(instrument, trades, until_ns=end_ns)
            self._recalled_ns[instrument] = end_ns
        for gap in gaps:
            await self._fill(symbol, instrument, gap)

    async def _fill(self, symbol: str, instrument: int, gap: Gap) -> None:
        now_ns = self._clock.now_ns()
        # The minute in which it ends, too, once that is over.
        last_ns = min(gap.end_ns + MINUTE_NS, now_ns)
        begin_ns, end_ns = gap.begin_ns - gap.begin_ns % MINUTE_NS, last_ns - last_ns % MINUTE_NS
        begin_ns = max(begin_ns, day_begin(now_ns))
        if begin_ns >= end_ns:
            return
        kept_until_ns = await self._kept_until(end_ns)
        span = await self._kept.span()
        begin_ns = max(begin_ns, -(-span.begin_ns // MINUTE_NS) * MINUTE_NS)
        if kept_until_ns < end_ns or begin_ns >= end_ns:
            return
        minutes = await self._kept.bars(
            symbol, width_s=_MINUTE_S, begin_ns=begin_ns, end_ns=end_ns, count_max=_MINUTES_MAX, newest=True
        )
        self._tape.recall_minutes(instrument, minutes, begin_ns=begin_ns, end_ns=end_ns)

    async def _kept_until(self, wanted_ns: int) -> int:
        """Return up to when every trade is kept, as far as that can be said; ``wanted_ns`` is enough."""
        covered_ns = await self._coverage.until(wanted_ns)
        return max(covered_ns, (await self._kept.span()).end_ns)
