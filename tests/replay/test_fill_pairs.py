"""Trades inferred from fills: what pairs, at which price, and what does not."""

from __future__ import annotations

from fairlead.domain.market_replay.fill_pairs import PAIR_NS, FillPairs, OrderFill
from fairlead.domain.market_replay.records import Side


def _fill(order_id: int, side: Side, *, price: int, lots: int = 5, ts_ns: int = 0) -> OrderFill:
    return OrderFill(ts_ns=ts_ns, order_id=order_id, side=side, price_ticks=price, qty_lots=lots)


def test_the_price_is_that_of_the_older_order() -> None:
    resting_sell, resting_buy = FillPairs(), FillPairs()

    assert resting_sell.observe(_fill(1, "sell", price=100)) is None
    assert resting_sell.observe(_fill(2, "buy", price=500)) == 100
    assert resting_buy.observe(_fill(4, "sell", price=1)) is None
    assert resting_buy.observe(_fill(3, "buy", price=99)) == 99
    assert (resting_buy.paired, resting_buy.unpaired) == (1, 0)


def test_fills_of_one_side_of_other_sizes_or_at_prices_that_cannot_trade_do_not_pair() -> None:
    pairs = FillPairs()
    fills = [
        _fill(1, "buy", price=100),
        _fill(2, "buy", price=100),
        _fill(3, "sell", price=100, lots=4),
        _fill(4, "sell", price=101),
    ]

    assert [pairs.observe(fill) for fill in fills] == [None] * 4
    pairs.finish()
    assert (pairs.paired, pairs.unpaired) == (0, 4)


def test_a_fill_waits_for_five_seconds() -> None:
    in_time, late = FillPairs(), FillPairs()
    for pairs in (in_time, late):
        pairs.observe(_fill(1, "sell", price=100))

    assert in_time.observe(_fill(2, "buy", price=100, ts_ns=PAIR_NS)) == 100
    assert late.observe(_fill(2, "buy", price=100, ts_ns=PAIR_NS + 1)) is None
    assert late.unpaired == 1


def test_each_fill_pairs_once() -> None:
    pairs = FillPairs()
    pairs.observe(_fill(1, "sell", price=100))

    assert pairs.observe(_fill(2, "buy", price=100)) == 100
    assert pairs.observe(_fill(3, "buy", price=100)) is None
