"""Candles, the statistics of a day and measures of a book, against figures worked out by hand and elsewhere."""

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from tests.web.feeds import FakeFeed

from fairlead.domain.market_data.bars import MINUTE_NS, Bar, Gap, candles_of
from fairlead.domain.market_data.day import DAY_NS, day_of
from fairlead.domain.market_data.microstructure import microstructure_of
from fairlead.services.markets import Tape

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/expected/microstructure.json").read_text())
M = MINUTE_NS
FROM_THE_START = [Gap(0, 0)]


def _bar(minute: int, *prices: int, qty: int = 1) -> Bar:
    first, *rest = (Bar.of(minute * M, price=price, qty=qty) for price in prices)
    for later in rest:
        first = first.then(later)
    return first


def test_wider_candles_begin_at_multiples_of_their_width_and_empty_ones_are_not_made_up() -> None:
    minutes = [_bar(4, 10, 12), _bar(5, 7), _bar(9, 8, 9), _bar(21, 20)]
    candles = candles_of(minutes, interval_ns=5 * M, gaps=[], now_ns=25 * M, count_max=10)
    shown = [(c.bar.open_ns // M, c.bar.open, c.bar.high, c.bar.low, c.bar.close, c.bar.volume) for c in candles]
    assert shown == [(0, 10, 12, 10, 12, 2), (5, 7, 9, 7, 9, 3), (20, 20, 20, 20, 20, 1)]
    assert [c.bar.value for c in candles] == [22, 24, 20]
    assert [c.bar.trades for c in candles] == [2, 3, 1]
    newest = candles_of(minutes, interval_ns=5 * M, gaps=[], now_ns=25 * M, count_max=2)
    assert newest == candles[1:]


@pytest.mark.parametrize(
    ("gap", "complete"),
    [
        (Gap(0, 5 * M - 1), True),
        (Gap(0, 5 * M), False),
        (Gap(7 * M, 7 * M), False),
        (Gap(10 * M - 1, 20 * M), False),
        (Gap(10 * M, 20 * M), True),
    ],
)
def test_a_candle_is_complete_where_no_gap_touches_it(gap: Gap, complete: bool) -> None:
    (candle,) = candles_of([_bar(6, 1)], interval_ns=5 * M, gaps=[gap], now_ns=60 * M, count_max=1)
    assert candle.is_complete is complete


@pytest.mark.parametrize(("now_ns", "complete"), [(10 * M - 1, False), (10 * M, True)])
def test_a_candle_in_progress_is_not_complete(now_ns: int, complete: bool) -> None:
    (candle,) = candles_of([_bar(6, 1)], interval_ns=5 * M, gaps=[], now_ns=now_ns, count_max=1)
    assert candle.is_complete is complete


def test_a_day_begins_with_the_first_whole_minute_of_the_last_24_hours() -> None:
    now_ns = DAY_NS + 10 * M + 1
    day = day_of([_bar(10, 999), _bar(11, 200, 150), _bar(1_449, 210)], gaps=FROM_THE_START, now_ns=now_ns)
    assert day.begin_ns == 11 * M
    assert day.bar is not None
    assert (day.bar.open, day.bar.high, day.bar.low, day.bar.close, day.bar.trades) == (200, 210, 150, 210, 3)
    assert (day.change, day.change_percent, day.is_complete) == (10, Decimal("5.0000"), True)


def test_the_change_of_a_negative_price_has_the_sign_of_the_change() -> None:
    day = day_of([_bar(0, -50), _bar(1, -40)], gaps=[], now_ns=2 * M)
    assert (day.change, day.change_percent) == (10, Decimal("20.0000"))
    from_zero = day_of([_bar(0, 0), _bar(1, 5)], gaps=[], now_ns=2 * M)
    assert (from_zero.change, from_zero.change_percent) == (5, None)


def test_a_day_without_trades_has_no_prices_and_says_what_was_not_heard() -> None:
    day = day_of([], gaps=[Gap(0, 3 * M)], now_ns=4 * M)
    assert (day.bar, day.change, day.change_percent, day.is_complete) == (None, None, None, False)


@pytest.mark.parametrize(
    "case", [case for case in VECTORS["cases"] if case["kind"] == "book_metrics"], ids=lambda c: c["id"]
)
def test_the_measures_are_those_computed_elsewhere(case: dict[str, dict[str, list[list[float]]]]) -> None:
    sides = [
        [(Decimal(str(price)), Decimal(str(qty))) for price, qty in case["inputs"][side]] for side in ("bids", "asks")
    ]
    measured, expected = microstructure_of(*sides), case["expected"]
    ours = {
        "mid": measured.mid,
        "imbalance_unit": measured.imbalance,
        "imbalance_signed": measured.imbalance_signed,
        "weighted_mid": measured.weighted_mid,
        "spread": measured.spread,
        "spread_bps_of_mid": measured.spread_bps,
        "depth_bid": measured.bid_depth,
        "depth_ask": measured.ask_depth,
        "depth_imbalance": measured.imbalance_depth,
    }
    for name, value in ours.items():
        assert value is not None
        assert float(value) == pytest.approx(expected[name], abs=1e-9), name


def test_a_one_sided_book_has_no_middle() -> None:
    bid = (Decimal(10), Decimal(3))
    measured = microstructure_of([bid], [])
    assert (measured.mid, measured.spread, measured.weighted_mid, measured.imbalance) == (None, None, None, None)
    assert (measured.imbalance_depth, measured.bid_depth, measured.ask_depth) == (Decimal(1), Decimal(3), Decimal(0))
    assert microstructure_of([], []).imbalance_depth is None


def test_the_spread_of_prices_around_zero_has_no_basis_points() -> None:
    measured = microstructure_of([(Decimal(-5), Decimal(1))], [(Decimal(5), Decimal(1))])
    assert (measured.mid, measured.spread, measured.spread_bps) == (Decimal(0), Decimal(10), None)


class _Clock:
    """A clock that stands at one time."""

    def __init__(self, now_ns: int) -> None:
        self._now_ns = now_ns

    def now_ns(self) -> int:
        return self._now_ns


def _taped(*, now_ns: int = 0) -> tuple[FakeFeed, Tape]:
    feed, tape = FakeFeed(), Tape(clock=_Clock(now_ns))
    feed.listen(tape.hear)
    feed.open("ABC-USD")
    return feed, tape


def test_a_gap_lasts_from_the_last_message_to_the_snapshot() -> None:
    feed, tape = _taped()
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=100)
    feed.trade("ABC-USD", price=1, qty=1, ts_ns=110)
    feed.delta("ABC-USD", "Buy", 1, 1, ts_ns=120, skipped=1)
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=130, seq=9)
    assert list(tape.gaps(0)) == [Gap(0, 100), Gap(110, 130)]
    feed.trade("ABC-USD", price=2, qty=1, ts_ns=140)
    assert [trade.price for trade in tape.trades(0, count_max=10)] == [2, 1]


def test_a_snapshot_after_which_nothing_is_missing_is_no_gap() -> None:
    feed, tape = _taped()
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=100)
    feed.trade("ABC-USD", price=1, qty=1, ts_ns=110)
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=110)
    assert list(tape.gaps(0)) == [Gap(0, 100)]
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=150, epoch=2, seq=0)
    assert list(tape.gaps(0)) == [Gap(0, 100), Gap(110, 150)]


def test_a_snapshot_of_a_quiet_market_ends_the_gap_when_it_is_heard() -> None:
    feed, tape = _taped(now_ns=500)
    feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=0)
    assert list(tape.gaps(0)) == [Gap(0, 500)]


def test_what_is_kept_is_bounded_and_many_gaps_become_one_that_covers_them() -> None:
    feed, tape = _taped()
    for number in range(1, 1_502):
        feed.snapshot("ABC-USD", bids=[], asks=[], ts_ns=number * M, epoch=number, seq=0)
        feed.trade("ABC-USD", price=number, qty=1, ts_ns=number * M)
    assert len(tape.trades(0, count_max=5_000)) == 1_000
    minutes = tape.minutes(0, begin_ns=0, end_ns=10_000 * M)
    assert (len(minutes), minutes[0].open_ns, minutes[-1].open_ns) == (1_441, 61 * M, 1_501 * M)
    gaps = tape.gaps(0)
    assert len(gaps) == 64
    assert (gaps[0].begin_ns, gaps[-1].end_ns) == (0, 1_501 * M)
    assert all(before.end_ns >= after.begin_ns for before, after in pairwise(gaps))


def test_what_was_never_followed_is_one_gap() -> None:
    (gap,) = Tape(clock=_Clock(0)).gaps(3)
    assert gap.begin_ns == 0
    assert gap.end_ns == 2**63 - 1
