"""The public trades as they are heard: the newest ones, the minutes of a day, and the times that were not heard.

Invariants: (1) trades and minutes come from messages of one channel in their order, each once, and what was not heard
from where it is kept; (2) a time in which messages are missing is in a gap; (3) everything is bounded.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fairlead.domain.market_data.bars import MINUTE_NS, Bar, Gap
from fairlead.domain.market_data.public_trade import PublicTrade
from fairlead.ports.clock import Clock
from fairlead.wire import Message

__all__ = ["PublicTrade", "Tape"]

_DEPTH: Final = "L2"
_TRADES_MAX: Final = 1_000
# A day and the minute in progress.
_MINUTES_MAX: Final = 1_441
_GAPS_MAX: Final = 64


@dataclass(slots=True)
class _Strip:
    """What was heard of one instrument."""

    trades: deque[PublicTrade] = field(default_factory=lambda: deque(maxlen=_TRADES_MAX))
    minutes: deque[Bar] = field(default_factory=lambda: deque(maxlen=_MINUTES_MAX))
    gaps: deque[Gap] = field(default_factory=deque)
    # Epoch and number of the last message, and the latest time of any.
    at: tuple[int, int] = (0, 0)
    ts_ns: int = 0
    # How often something of before was added.
    recalls: int = 0


class Tape:
    """Hears the channels at depth L2 and keeps what traded, by the instrument's id on the wire.

    Args:
        clock: the time; a snapshot of a quiet market does not tell until when nothing was heard.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._strips: dict[int, _Strip] = {}

    def hear(self, message: Message) -> None:
        """Take the next message of any channel."""
        fields = message.fields
        if fields["channel.depth"] != _DEPTH:
            return
        instrument, epoch, ts_ns = (_int(fields[f"channel.{name}"]) for name in ("instrument", "epoch", "ts_ns"))
        strip = self._strips.setdefault(instrument, _Strip())
        if message.kind == "OrderBookSnapshot":
            if (epoch, message.seq) != strip.at:
                _note_gap(strip, end_ns=max(ts_ns, self._clock.now_ns()))
        elif (epoch, fields["channel.prev_seq"]) != strip.at:
            # Behind a hole: the snapshot that was asked for says from where on it is known again.
            return
        strip.at, strip.ts_ns = (epoch, message.seq), max(strip.ts_ns, ts_ns)
        if message.kind == "Trade":
            _add(strip, message)

    def trades(self, instrument: int, *, count_max: int) -> Sequence[PublicTrade]:
        """Return the newest trades, newest first."""
        strip = self._strips.get(instrument)
        return [] if strip is None else list(reversed(strip.trades))[:count_max]

    def minutes(self, instrument: int, *, begin_ns: int, end_ns: int) -> Sequence[Bar]:
        """Return the minutes that begin within ``[begin_ns, end_ns)`` and in which something traded, oldest first."""
        strip = self._strips.get(instrument)
        return [] if strip is None else [bar for bar in strip.minutes if begin_ns <= bar.open_ns < end_ns]

    def gaps(self, instrument: int) -> Sequence[Gap]:
        """Return the times in which trades may be missing, oldest first; the first is that before it was followed."""
        strip = self._strips.get(instrument)
        return [Gap(0, 2**63 - 1)] if strip is None else list(strip.gaps)

    def is_heard(self, instrument: int) -> bool:
        """Whether its channel has begun."""
        return instrument in self._strips

    def recalls(self, instrument: int) -> int:
        """Return how often minutes were added that were not heard."""
        strip = self._strips.get(instrument)
        return 0 if strip is None else strip.recalls

    def recall_minutes(self, instrument: int, minutes: Sequence[Bar], *, begin_ns: int, end_ns: int) -> None:
        """Take all minutes of ``[begin_ns, end_ns)``, whole ones, from where they are kept; no gap is left in it."""
        strip = self._strips[instrument]
        before = [bar for bar in strip.minutes if bar.open_ns < begin_ns]
        after = [bar for bar in strip.minutes if bar.open_ns >= end_ns]
        strip.minutes = deque([*before, *minutes, *after], maxlen=_MINUTES_MAX)
        strip.gaps = deque(left for gap in strip.gaps for left in _without(gap, begin_ns, end_ns))
        strip.recalls += 1

    def recall_trades(self, instrument: int, trades: Sequence[PublicTrade], *, until_ns: int) -> None:
        """Take the newest trades up to a time from where they are kept; none is doubled that was or will be heard."""
        strip = self._strips[instrument]
        known = {trade.trade_id: trade for trade in trades if trade.ts_ns <= until_ns}
        known |= {trade.trade_id: trade for trade in strip.trades}
        strip.trades = deque((known[number] for number in sorted(known)), maxlen=_TRADES_MAX)


def _note_gap(strip: _Strip, *, end_ns: int) -> None:
    strip.gaps.append(Gap(strip.ts_ns, max(end_ns, strip.ts_ns)))
    if len(strip.gaps) > _GAPS_MAX:
        # Rather too much in doubt than too little.
        first, second = strip.gaps.popleft(), strip.gaps.popleft()
        strip.gaps.appendleft(Gap(first.begin_ns, second.end_ns))


def _without(gap: Gap, begin_ns: int, end_ns: int) -> list[Gap]:
    """Return what of a gap is outside of ``[begin_ns, end_ns)``."""
    outside = Gap(gap.begin_ns, min(gap.end_ns, begin_ns - 1)), Gap(max(gap.begin_ns, end_ns), gap.end_ns)
    return [left for left in outside if left.begin_ns <= left.end_ns]


def _add(strip: _Strip, message: Message) -> None:
    fields = message.fields
    price, qty, ts_ns = (_int(fields[name]) for name in ("price", "qty", "channel.ts_ns"))
    aggressor, trade_id = fields["aggressor"], _int(fields["trade_id"])
    if not strip.trades or strip.trades[-1].trade_id < trade_id:
        strip.trades.append(
            PublicTrade(
                trade_id=trade_id,
                ts_ns=ts_ns,
                price=price,
                qty=qty,
                aggressor=aggressor if isinstance(aggressor, str) else None,
            )
        )
    bar = Bar.of(ts_ns - ts_ns % MINUTE_NS, price=price, qty=qty)
    if strip.minutes and strip.minutes[-1].open_ns == bar.open_ns:
        strip.minutes[-1] = strip.minutes[-1].then(bar)
    else:
        strip.minutes.append(bar)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
