"""The per-instrument handle: integers, positional, for tight loops."""

import pytest
from tests.unit.markets import open_market

from fairlead import NotFoundError, UsageError


def test_a_handle_does_what_submit_and_cancel_do() -> None:
    by_handle, by_name = open_market(), open_market()
    handle = by_handle.handle("AAPL")
    alice, bob = by_handle.account_id("alice"), by_handle.account_id("bob")

    first = handle.sell(alice, 10_000, 5)
    second = handle.sell(alice, 10_010, 5)
    assert handle.buy_ioc(bob, 10_010, 6) == 3
    assert handle.fills() == [(first, 3, 10_000, 5, 1), (second, 3, 10_010, 1, 1)]
    assert handle.reduce(second, 2) == 2
    assert handle.replace(second, 10_020, 7) == 7
    assert handle.cancel(second) == 7

    def order(account: str, number: int, side: str, qty: int, price: str, tif: str = "gtc") -> None:
        by_name.submit(
            account=account, cl_ord_id=f"~{number}", symbol="AAPL", side=side, order_qty=qty, price=price,
            time_in_force=tif,
        )  # fmt: skip

    order("alice", 1, "sell", 5, "100.00")
    order("alice", 2, "sell", 5, "100.10")
    order("bob", 3, "buy", 6, "100.10", "ioc")
    by_name.amend(account="alice", order_id=2, cl_ord_id="~4", order_qty=3)
    by_name.amend(account="alice", order_id=2, cl_ord_id="~5", order_qty=8, price="100.20")
    by_name.cancel(account="alice", order_id=2)
    assert by_handle.state_hash() == by_name.state_hash()


def test_a_refusal_is_minus_the_number_of_its_reason() -> None:
    ex = open_market()
    handle = ex.handle("AAPL")
    alice = ex.account_id("alice")

    assert handle.buy(alice, 10_000, 0) == -301
    assert handle.buy(99, 10_000, 1) == -101
    assert handle.buy(alice, 10_000, 4_000) == -503
    assert handle.buy(alice, 2**62, 1) == -308
    assert handle.cancel(77) == -106
    assert handle.replace(77, 1, 1) == -106
    assert handle.fills() == []


def test_market_orders_levels_and_open_lots() -> None:
    ex = open_market()
    handle = ex.handle("AAPL")
    alice, bob = ex.account_id("alice"), ex.account_id("bob")
    bid = handle.buy(alice, 9_990, 5)
    handle.buy(alice, 9_990, 1)
    handle.buy(alice, 9_980, 1)

    assert handle.levels("buy", 5) == [(9_990, 6, 2), (9_980, 1, 1)]
    assert handle.sell_market(bob, 3) > 0
    assert handle.open(bid) == 2
    assert handle.sell_ioc(bob, 9_990, 2) > 0
    assert handle.open(bid) == 0
    assert handle.buy_market(bob, 1) > 0
    assert handle.fills() == []


def test_misuse_of_a_handle_raises() -> None:
    ex = open_market()
    handle = ex.handle("AAPL")

    with pytest.raises(NotFoundError, match="MSFT"):
        ex.handle("MSFT")
    with pytest.raises(UsageError, match="middle"):
        handle.levels("middle", 1)
    with pytest.raises(TypeError):
        handle.buy("alice", 1, 1)  # type: ignore[arg-type]
