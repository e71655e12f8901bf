"""Trades that are taken back or corrected, from Python: what happens, what is refused and in which words."""

from decimal import Decimal

import pytest
from tests.unit.markets import open_market

from fairlead import Exchange


@pytest.fixture
def ex() -> Exchange:
    """Return an exchange in which alice sold 4 of 6 to bob at 100.00."""
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="a", symbol="AAPL", side="sell", order_qty=6, price="100")
    ex.submit(account="bob", cl_ord_id="b", symbol="AAPL", side="buy", order_qty=4, price="100")
    return ex


def test_a_trade_that_is_taken_back_leaves_no_trace_in_money(ex: Exchange) -> None:
    assert ex.bust(1).status == "accepted"

    for account in ("alice", "bob"):
        assert ex.balances(account)["USD"].total == Decimal(100_000)
        assert ex.balances(account)["AAPL"].total == Decimal(1_000)


def test_what_the_orders_traded_is_less_and_they_stay_what_they_are(ex: Exchange) -> None:
    ex.correct(1, qty=3, price="99")

    filled, open_order = ex.order(account="bob", cl_ord_id="b"), ex.order(account="alice", cl_ord_id="a")
    assert filled.status == "filled"
    assert (filled.cum_qty, filled.leaves_qty, filled.avg_px) == (Decimal(3), Decimal(0), Decimal(99))
    assert open_order.status == "partially_filled"
    assert (open_order.cum_qty, open_order.leaves_qty) == (Decimal(3), Decimal(2))


def test_an_order_without_trades_has_no_average(ex: Exchange) -> None:
    ex.bust(1)

    assert ex.order(account="bob", cl_ord_id="b").avg_px is None


def test_the_tape_keeps_what_was_printed(ex: Exchange) -> None:
    ex.correct(1, qty=1)

    assert [(trade.price, trade.qty) for trade in ex.trades("AAPL")] == [(Decimal(100), Decimal(4))]


def test_a_trade_is_taken_back_once(ex: Exchange) -> None:
    ex.bust(1)

    report = ex.bust(1)

    assert (report.status, report.reason) == ("rejected", "TRADE_BUSTED")


@pytest.mark.parametrize("trade_id", [0, 2, 2**64 - 1])
def test_no_other_trade_is_known(ex: Exchange, trade_id: int) -> None:
    assert ex.bust(trade_id).reason == ex.correct(trade_id, qty=1).reason == "UNKNOWN_TRADE"


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        ({}, "TRADE_UNCHANGED"),
        ({"qty": 4, "price": 100}, "TRADE_UNCHANGED"),
        ({"qty": 5}, "QTY_MAX"),
        ({"qty": 0}, "QTY_NOT_POSITIVE"),
        ({"price": "100.005"}, "PRICE_TICK"),
        ({"price": 20_000}, "PRICE_BOUNDS"),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(ex: Exchange, to: dict[str, str | int], reason: str) -> None:
    report = ex.correct(1, **to)

    assert (report.status, report.reason) == ("rejected", reason)
    assert ex.balances("bob")["AAPL"].total == Decimal(1_004)


def test_what_was_withdrawn_is_not_there_to_be_given_back(ex: Exchange) -> None:
    ex.withdraw("alice", "USD", 100_300)

    report = ex.bust(1)

    assert report.reason == "INSUFFICIENT_FUNDS"
    assert "400" in report.text
    assert "100" in report.text
