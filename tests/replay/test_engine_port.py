"""One suite for every engine the replay runs on: the plain one of the tests and the exchange of the core."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from tests.replay.plain_market import PlainEngine

from fairlead.domain.market_replay.book_port import MatchingEngine
from fairlead.domain.market_replay.errors import FoldError
from fairlead.domain.market_replay.records import CancelOrder, Fill, Grid, Inbound, NewLimit, OpenMarket, Side
from fairlead.services.replay_exchange import CoreEngine

GRID = Grid(symbol="ABC", quote="USD", tick_size="0.01", lot_size="1")
OPENING = OpenMarket(ts_ns=1_000)


def _plain(_grid: Grid) -> PlainEngine:
    return PlainEngine()


@pytest.fixture(params=[_plain, CoreEngine], ids=["plain", "core"])
def make(request: pytest.FixtureRequest) -> Callable[[], MatchingEngine]:
    build: Callable[[Grid], MatchingEngine] = request.param
    return lambda: build(GRID)


@pytest.fixture
def engine(make: Callable[[], MatchingEngine]) -> MatchingEngine:
    return make()


def _order(order_id: int, side: Side, *, price: int, qty: int) -> NewLimit:
    return NewLimit(row=order_id, ts_ns=100 + order_id, order_id=order_id, side=side, price_ticks=price, order_qty=qty)


def _cancel(order_id: int, side: Side) -> CancelOrder:
    return CancelOrder(row=order_id, ts_ns=2_000, order_id=order_id, side=side, leaves_qty=1)


def _enter(engine: MatchingEngine, orders: Sequence[NewLimit]) -> None:
    for order in orders:
        assert list(engine.apply(order)) == []


def test_the_call_only_collects_and_the_opening_crosses_by_price_and_time(engine: MatchingEngine) -> None:
    _enter(
        engine,
        [
            _order(1, "sell", price=1000, qty=100),
            _order(2, "buy", price=1002, qty=150),
            _order(3, "buy", price=1003, qty=50),
            _order(4, "sell", price=1001, qty=60),
        ],
    )

    fills = engine.apply(OPENING)

    # 160 cross from 10.01 on; 40 too much to buy at 10.01 and 10.02, so the higher; the buyer of 10.03 comes first.
    assert [(one.buy_order_id, one.sell_order_id, one.qty_lots) for one in fills] == [
        (3, 1, 50),
        (2, 1, 50),
        (2, 4, 60),
    ]
    assert {(one.price_ticks, one.aggressor) for one in fills} == {(1002, None)}
    assert list(engine.levels("buy", depth=5)) == [(1002, 40)]
    assert list(engine.levels("sell", depth=5)) == []


def test_a_taker_sweeps_by_price_and_time_at_the_makers_prices_and_rests_with_the_rest(engine: MatchingEngine) -> None:
    engine.apply(OPENING)
    _enter(
        engine,
        [
            _order(11, "sell", price=1001, qty=5),
            _order(12, "sell", price=1000, qty=5),
            _order(13, "sell", price=1001, qty=5),
            _order(14, "sell", price=1003, qty=5),
        ],
    )

    fills = engine.apply(_order(15, "buy", price=1002, qty=18))

    assert list(fills) == [
        Fill(buy_order_id=15, sell_order_id=12, price_ticks=1000, qty_lots=5, aggressor="buy"),
        Fill(buy_order_id=15, sell_order_id=11, price_ticks=1001, qty_lots=5, aggressor="buy"),
        Fill(buy_order_id=15, sell_order_id=13, price_ticks=1001, qty_lots=5, aggressor="buy"),
    ]
    assert list(engine.levels("buy", depth=5)) == [(1002, 3)]
    assert list(engine.levels("sell", depth=5)) == [(1003, 5)]


def test_one_owner_trades_with_himself(engine: MatchingEngine) -> None:
    engine.apply(OPENING)
    _enter(engine, [_order(1, "buy", price=1000, qty=5)])

    fills = engine.apply(_order(2, "sell", price=1000, qty=5))

    assert list(fills) == [Fill(buy_order_id=1, sell_order_id=2, price_ticks=1000, qty_lots=5, aggressor="sell")]


def test_a_cancel_takes_what_is_left_and_a_second_one_is_refused(engine: MatchingEngine) -> None:
    engine.apply(OPENING)
    _enter(engine, [_order(1, "buy", price=1000, qty=5)])
    engine.apply(_order(2, "sell", price=1000, qty=2))

    engine.apply(_cancel(1, "buy"))

    assert engine.canceled_lots() == 3
    with pytest.raises(FoldError, match="order_id=1"):
        engine.apply(_cancel(1, "buy"))
    assert engine.canceled_lots() == 0


def test_an_order_id_that_comes_twice_is_refused(engine: MatchingEngine) -> None:
    engine.apply(OPENING)
    _enter(engine, [_order(1, "buy", price=1000, qty=5)])

    with pytest.raises(FoldError, match="order_id=1"):
        engine.apply(_order(1, "buy", price=1001, qty=5))


def test_batches_end_in_the_state_of_single_commands(make: Callable[[], MatchingEngine]) -> None:
    call = [_order(1, "sell", price=1000, qty=100), _order(2, "buy", price=1002, qty=150)]
    continuous: list[NewLimit | CancelOrder] = [
        _order(3, "sell", price=1002, qty=20),
        _cancel(2, "buy"),
        _order(4, "buy", price=999, qty=7),
    ]
    single, batched = make(), make()
    everything: list[Inbound] = [*call, OPENING, *continuous]
    for command in everything:
        single.apply(command)

    batched.run(batched.encode(call))
    batched.open_market(OPENING)
    batched.run(batched.encode(continuous))

    assert batched.state_hash() == single.state_hash()
    assert list(batched.levels("buy", depth=5)) == [(999, 7)]


def test_another_quantity_is_another_state(make: Callable[[], MatchingEngine]) -> None:
    five, six = make(), make()
    five.apply(_order(1, "buy", price=1000, qty=5))
    six.apply(_order(1, "buy", price=1000, qty=6))

    assert five.state_hash() != six.state_hash()
