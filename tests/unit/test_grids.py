"""Another price grid for a listed instrument, from Python: what stays, what ends, what is refused."""

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import Exchange, Instrument, UsageError
from fairlead.model.events import OrderCanceled, TicksSet


@pytest.fixture
def ex() -> Exchange:
    """Return an exchange in which alice bids 5 at 99.99, 5 at 99.95, and bob sold 1 to her at 99.99."""
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="near", symbol="AAPL", side="buy", order_qty=6, price="99.99")
    ex.submit(account="alice", cl_ord_id="far", symbol="AAPL", side="buy", order_qty=5, price="99.95")
    ex.submit(account="bob", cl_ord_id="made", symbol="AAPL", side="sell", order_qty=1, price="99.99")
    return ex


def bids(ex: Exchange) -> list[tuple[Decimal, Decimal]]:
    """Return prices and quantities of what is bid."""
    return [(level.price, level.qty) for level in ex.book("AAPL").bids]


def test_what_is_off_a_coarser_grid_ends_and_the_rest_stays(ex: Exchange) -> None:
    report = ex.set_ticks("AAPL", "0.05")

    assert report.status == "accepted"
    assert [type(event) for event in report.events] == [TicksSet, OrderCanceled]
    assert ex.order(account="alice", cl_ord_id="near").status == "canceled"
    assert bids(ex) == [(Decimal("99.95"), Decimal(5))]
    assert [trade.price for trade in ex.trades("AAPL")] == [Decimal("99.99")]


def test_a_coarser_and_then_the_old_grid_leave_prices_what_they_are(ex: Exchange) -> None:
    ex.set_ticks("AAPL", [("0", "0.05"), ("50", "0.10")])
    off = ex.submit(account="alice", cl_ord_id="off", symbol="AAPL", side="buy", order_qty=1, price="99.95")
    assert off.reason == "PRICE_TICK"

    ex.set_ticks("AAPL", "0.01")
    ex.submit(account="alice", cl_ord_id="on", symbol="AAPL", side="buy", order_qty=2, price="99.97")
    assert bids(ex) == [(Decimal("99.97"), Decimal(2))]


def test_integers_of_a_handle_are_of_the_time_it_was_taken(ex: Exchange) -> None:
    handle = ex.handle("AAPL")
    before = handle.levels("buy", 2)

    ex.set_ticks("AAPL", "0.05")

    assert [level for level in handle.levels("buy", 2) if level in before] == [before[1]]


def test_a_handle_says_nothing_that_its_integers_cannot_say(ex: Exchange) -> None:
    handle = ex.handle("AAPL")
    ex.list(Instrument("DEF", quote="USD", tick_size="0.50", price_decimals=2))
    coarse, alice = ex.handle("DEF"), ex.account_id("alice")
    coarse.buy(alice, 199, 1)
    ex.set_ticks("DEF", "0.25")
    assert coarse.levels("buy", 1) == [(199, 1, 1)]

    ex.submit(account="alice", cl_ord_id="between", symbol="DEF", side="buy", order_qty=1, price="99.75")

    with pytest.raises(UsageError, match="take a new one"):
        coarse.levels("buy", 2)
    assert ex.handle("DEF").levels("buy", 2) == [(399, 1, 1), (398, 1, 1)]
    assert handle.levels("buy", 1) == [(9_999, 5, 1)]


def test_a_trade_off_the_grid_of_now_can_be_taken_back(ex: Exchange) -> None:
    ex.set_ticks("AAPL", "0.05")

    assert ex.bust(1).status == "accepted"
    assert ex.balances("bob")["USD"].total == Decimal(100_000)


@pytest.mark.parametrize(
    ("grid", "code"),
    [
        ("0", "INVALID_DEFINITION"),
        ([], "INVALID_DEFINITION"),
        ([("10", "0.05"), ("5", "0.10")], "INVALID_DEFINITION"),
        ([("0.03", "0.05")], "INVALID_DEFINITION"),
        ("0.001", "PRICE_TICK"),
    ],
)
def test_what_is_no_grid_is_refused_and_nothing_changes(ex: Exchange, grid: Any, code: str) -> None:
    before = bids(ex)

    report = ex.set_ticks("AAPL", grid)

    assert (report.status, report.reason) == ("rejected", code)
    assert bids(ex) == before
    assert ex.set_ticks("NONE", "0.05").status == "rejected"
    with pytest.raises(UsageError, match="no pair"):
        ex.set_ticks("AAPL", ["0.05"])  # type: ignore[list-item]
