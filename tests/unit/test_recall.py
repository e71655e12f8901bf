"""What a tape did not hear is filled from what is kept: as if it had heard everything."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from tests.web.feeds import FakeFeed

from fairlead.domain.market_data.bars import MINUTE_NS, Bar, Gap
from fairlead.domain.market_data.day import day_begin
from fairlead.domain.market_data.public_trade import PublicTrade
from fairlead.model.report import Position, Report
from fairlead.ports.minute_bars import KeptSpan
from fairlead.services.markets import Coverage, Recall, Tape
from fairlead.services.streaming import LiveCandles

_SYMBOL = "ABC-USD"
_BEGIN_NS = 1_700_000_000 * 10**9 // MINUTE_NS * MINUTE_NS
_S = 10**9


@dataclass
class _Clock:
    ns: int = _BEGIN_NS

    def now_ns(self) -> int:
        return self.ns


async def _at_once(_: object) -> bool:
    return True


@dataclass
class _Kept:
    """Every trade up to ``until_ns``, and none of before ``begin_ns``."""

    begin_ns: int = 0
    until_ns: int = 0
    all: list[PublicTrade] = field(default_factory=list)

    def _there(self) -> list[PublicTrade]:
        return [it for it in self.all if self.begin_ns <= it.ts_ns <= self.until_ns]

    async def span(self) -> KeptSpan:
        return KeptSpan(begin_ns=self.begin_ns, end_ns=self.until_ns)

    async def bars(
        self, symbol: str, /, *, width_s: int, begin_ns: int, end_ns: int, count_max: int, newest: bool
    ) -> Sequence[Bar]:
        assert (symbol, width_s, newest) == (_SYMBOL, 60, True)
        folded: dict[int, Bar] = {}
        for it in self._there():
            open_ns = it.ts_ns - it.ts_ns % MINUTE_NS
            if begin_ns <= open_ns < end_ns:
                bar = Bar.of(open_ns, price=it.price, qty=it.qty)
                folded[open_ns] = folded[open_ns].then(bar) if open_ns in folded else bar
        return list(folded.values())[-count_max:]

    async def trades(self, symbol: str, /, *, count_max: int) -> Sequence[PublicTrade]:
        assert symbol == _SYMBOL
        return self._there()[-count_max:]


class _Venue:
    """A market that trades, a store that keeps it, and a tape that hears it while it is connected."""

    def __init__(self) -> None:
        self.clock, self.kept, self.feed = _Clock(), _Kept(), FakeFeed()
        self.feed.open(_SYMBOL)
        self.tape, self.whole = Tape(clock=self.clock), Tape(clock=self.clock)
        self.is_heard = False
        self.feed.listen(self.whole.hear)
        self.feed.listen(lambda message: self.tape.hear(message) if self.is_heard else None)
        coverage = Coverage(self.feed, reached=_at_once, clock=_Clock(0))
        self.recall = Recall(self.feed, tape=self.tape, kept=self.kept, coverage=coverage, clock=self.clock)
        self._snapshot()

    def _snapshot(self) -> None:
        # One of a quiet market tells no time.
        self.feed.snapshot(_SYMBOL, bids=[], asks=[], ts_ns=0, epoch=1, seq=self.feed.books[_SYMBOL].seq)

    def connect(self) -> None:
        """Hear from now on."""
        self.is_heard = True
        self._snapshot()

    def trade(self, price: int, qty: int, *, is_kept: bool = True) -> PublicTrade:
        """Trade now."""
        self.feed.trade(_SYMBOL, price=price, qty=qty, ts_ns=self.clock.ns)
        made = PublicTrade(trade_id=self.feed.traded, ts_ns=self.clock.ns, price=price, qty=qty, aggressor="Buy")
        self.kept.all.append(made)
        if is_kept:
            self.kept.until_ns = self.clock.ns
        return made

    def step(self) -> None:
        """Fill what can be filled."""
        asyncio.run(self.recall.step(_SYMBOL))

    def minutes(self, tape: Tape) -> list[Bar]:
        """Return all minutes of a tape."""
        return list(tape.minutes(0, begin_ns=0, end_ns=2**63))


@pytest.mark.parametrize("seed", range(12))
def test_after_any_interruptions_it_is_as_if_everything_was_heard(seed: int) -> None:
    chance, venue = random.Random(seed), _Venue()
    for _ in range(600):
        venue.clock.ns += chance.randrange(20 * _S)
        match chance.randrange(12):
            case 0:
                venue.is_heard = False
            case 1 if not venue.is_heard:
                venue.connect()
            case 2 | 3:
                venue.step()
            case _:
                venue.trade(chance.randrange(90, 110), chance.randrange(1, 9))
    venue.connect()
    venue.clock.ns += 2 * MINUTE_NS
    venue.trade(100, 1)
    venue.step()
    assert [gap for gap in venue.tape.gaps(0) if gap.end_ns >= day_begin(venue.clock.ns)] == []
    assert venue.minutes(venue.tape) == venue.minutes(venue.whole)
    assert venue.tape.trades(0, count_max=1_000) == venue.whole.trades(0, count_max=1_000)


def test_nothing_is_filled_before_every_trade_of_it_is_kept() -> None:
    venue = _Venue()
    venue.trade(100, 1, is_kept=False)
    venue.clock.ns += 3 * MINUTE_NS
    venue.connect()
    venue.step()
    assert venue.tape.gaps(0) == [Gap(0, venue.clock.ns)]
    assert venue.minutes(venue.tape) == []

    venue.kept.until_ns = venue.clock.ns
    venue.step()
    assert [bar.open for bar in venue.minutes(venue.tape)] == [100]
    assert venue.tape.gaps(0)[-1] == Gap(venue.clock.ns, venue.clock.ns), "the minute that is not over is in doubt"


def test_what_is_not_kept_stays_in_doubt() -> None:
    venue = _Venue()
    venue.trade(100, 1)
    venue.kept.begin_ns = _BEGIN_NS + MINUTE_NS + 1
    venue.clock.ns += 5 * MINUTE_NS + _S
    venue.trade(101, 1)
    venue.connect()
    venue.clock.ns += 2 * MINUTE_NS
    venue.trade(102, 1)
    venue.step()
    assert list(venue.tape.gaps(0)) == [Gap(0, _BEGIN_NS + 2 * MINUTE_NS - 1)]
    assert [bar.open for bar in venue.minutes(venue.tape)] == [101, 102]


def test_trades_of_before_are_there_and_none_is_there_twice() -> None:
    venue = _Venue()
    before = [venue.trade(price, 1) for price in (100, 101)]
    venue.connect()
    # Kept before it is heard, at the time at which the tape began.
    late = PublicTrade(trade_id=3, ts_ns=venue.clock.ns, price=102, qty=1, aggressor="Buy")
    venue.kept.all.append(late)
    venue.step()
    venue.feed.trade(_SYMBOL, price=102, qty=1, ts_ns=venue.clock.ns)
    assert list(venue.tape.trades(0, count_max=10)) == [late, *reversed(before)]


def test_a_candle_that_grows_has_what_was_traded_before() -> None:
    venue = _Venue()
    venue.trade(100, 3)
    venue.clock.ns += 2 * MINUTE_NS
    venue.connect()
    live = LiveCandles(venue.tape, clock=venue.clock)
    live.begin(0, "1h")
    assert live.now(0, "1h") is None
    venue.clock.ns += MINUTE_NS
    venue.trade(90, 4)
    (news,) = live.hear(0, ts_ns=venue.clock.ns, price=90, qty=4)
    assert (news.candle.bar.open, news.candle.bar.volume) == (90, 4)
    venue.step()
    told = live.due()
    assert [(number, it.candle.bar.open, it.candle.bar.volume) for number, it in told] == [(0, 100, 7)]
    venue.trade(95, 1)
    (news,) = live.hear(0, ts_ns=venue.clock.ns, price=95, qty=1)
    assert (news.candle.bar.open, news.candle.bar.low, news.candle.bar.volume) == (100, 90, 8)


def test_a_trade_right_after_it_was_filled_counts_once() -> None:
    venue = _Venue()
    venue.trade(100, 3)
    venue.clock.ns += 2 * MINUTE_NS
    venue.connect()
    live = LiveCandles(venue.tape, clock=venue.clock)
    live.begin(0, "1h")
    venue.clock.ns += MINUTE_NS
    venue.trade(90, 4)
    live.hear(0, ts_ns=venue.clock.ns, price=90, qty=4)
    venue.step()
    venue.trade(95, 1)
    (news,) = live.hear(0, ts_ns=venue.clock.ns, price=95, qty=1)
    assert news.candle.bar.volume == 8


def test_a_report_of_a_quiet_market_says_that_nothing_is_missing() -> None:
    venue = _Venue()
    venue.clock.ns += 3 * MINUTE_NS
    venue.connect()
    venue.clock.ns += MINUTE_NS
    venue.feed.report(Report(kind="CommandReport", fields={}, position=Position(1, 0, 0), ts_ns=venue.clock.ns))
    venue.kept.until_ns = venue.clock.ns
    venue.step()
    assert venue.minutes(venue.tape) == []
    assert [gap for gap in venue.tape.gaps(0) if gap.end_ns >= day_begin(venue.clock.ns)] == []
