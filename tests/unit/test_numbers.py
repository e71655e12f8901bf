"""Numbers in: text, Decimal, int, and floats only where they lie on the grid."""

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import Exchange, Instrument, OffGridError, UsageError, WrongTypeError


def _price(ex: Exchange, price: Any) -> Decimal | None:
    return ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price=price).price


@pytest.mark.parametrize(
    "price", ["189.50", "189.5", "+189.5000", Decimal("189.5"), Decimal("1895E-1"), Decimal("0.1895E+3"), 189.5]
)
def test_a_price_is_the_same_in_every_spelling(price: Any) -> None:
    assert _price(open_market(), price) == Decimal("189.50")


def test_a_float_counts_by_its_shortest_text() -> None:
    ex = open_market()

    assert _price(ex, 0.1) == Decimal("0.10")
    assert _price(ex, 1e3) == Decimal(1000)
    assert _price(ex, 0.07) == Decimal("0.07")


@pytest.mark.parametrize(
    ("price", "neighbours"),
    [
        (189.505, "189.50 and 189.51"),
        (0.1 + 0.2, "0.30 and 0.31"),
        (1e-300, "0.00 and 0.01"),
        (-0.001, "-0.01 and 0.00"),
    ],
)
def test_a_float_off_the_grid_raises_and_names_its_neighbours(price: float, neighbours: str) -> None:
    ex = open_market()
    before = ex.state_hash()

    with pytest.raises(OffGridError, match=neighbours):
        _price(ex, price)

    assert ex.state_hash() == before


def test_the_grid_of_a_float_is_the_step_at_its_price() -> None:
    ex = open_market()
    ex.list(Instrument("T", quote="USD", tick_size=[("0", "0.01"), ("10", "0.05")], lot_size="0.1"))

    def order(price: Any, qty: Any = "1") -> Any:
        return ex.submit(account="alice", symbol="T", side="buy", order_qty=qty, price=price)

    assert order(9.99).status == "new"
    assert order(10.05).status == "new"
    with pytest.raises(OffGridError, match=r"10\.00 and 10\.05"):
        order(10.01)
    with pytest.raises(OffGridError, match=r"0\.2 and 0\.3"):
        order("9.99", 0.25)
    assert order("10.01").reason == "PRICE_TICK"
    assert "10.00 and 10.05" in order("10.01").text


@pytest.mark.parametrize("value", [True, None.__class__, b"10", [10], object()])
def test_what_is_no_number_raises(value: Any) -> None:
    ex = open_market()

    with pytest.raises(WrongTypeError, match="order_qty"):
        ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=value, price="10")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-sNaN"])
def test_a_decimal_that_is_no_number_is_refused(text: str) -> None:
    ex = open_market()

    assert (
        ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=Decimal(text), price=1).reason == "NOT_A_NUMBER"
    )


def test_decimals_beyond_all_bounds_are_refused_at_once() -> None:
    ex = open_market()

    def reason(qty: Decimal) -> str | None:
        return ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=qty, price=1).reason

    assert reason(Decimal("1E+999999")) == "NUMBER_TOO_LARGE"
    assert reason(Decimal("1E-999999")) == "QTY_LOT"
    assert reason(Decimal("0E-999999")) == "QTY_NOT_POSITIVE"


def test_contradictions_of_the_call_itself_raise() -> None:
    ex = open_market()
    order: dict[str, Any] = {"account": "alice", "symbol": "AAPL", "side": "buy", "order_qty": 1, "price": 1}

    with pytest.raises(UsageError, match="display_qty"):
        ex.submit(**order, hidden=True, display_qty=1)
    with pytest.raises(UsageError, match="display_qty"):
        ex.submit(**order, refill_threshold=1)
    with pytest.raises(UsageError, match="peg"):
        ex.submit(**order, peg_offset_ticks=1)
    with pytest.raises(UsageError, match="order_qty"):
        ex.submit(account="alice", symbol="AAPL", side="buy", price=1)
    with pytest.raises(UsageError, match="orig_cl_ord_id"):
        ex.cancel(account="alice")
    with pytest.raises(UsageError, match="one of them"):
        ex.cancel(account="alice", orig_cl_ord_id="a", order_id=1)
    with pytest.raises(WrongTypeError, match="post_only"):
        ex.submit(**{**order, "post_only": 1})
    with pytest.raises(WrongTypeError, match="expire_ns"):
        ex.submit(**{**order, "expire_ns": "tomorrow"})
    with pytest.raises(TypeError, match="colour"):
        ex.submit(**{**order, "colour": "red"})
    with pytest.raises(TypeError):
        ex.submit(**{**order, "side": 1})
    with pytest.raises(WrongTypeError, match="clock"):
        Exchange(clock=5)  # type: ignore[arg-type]


def test_a_definition_takes_text_and_no_float() -> None:
    with pytest.raises(WrongTypeError, match=r"tick_size=0\.01"):
        Instrument("X", quote="USD", tick_size=0.01)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="lot_size='one'"):
        Instrument("X", quote="USD", tick_size="0.01", lot_size="one")
    with pytest.raises(UsageError, match="pair"):
        Instrument("X", quote="USD", tick_size=["0.01"])  # type: ignore[list-item]
    with pytest.raises(UsageError, match="more decimals"):
        open_market().list(Instrument("X", quote="USD", tick_size="0.01", min_price="0.015"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"max_price": 10**20}, "max_price=1.*63 bits"),
        ({"max_notional": 10**40}, "max_notional"),
        ({"price_decimals": 19}, "decimals=19"),
        ({"qty_decimals": -1}, "decimals=-1"),
        ({"seed": -1}, "seed=-1"),
        ({"max_slippage_bps": 70_000}, "max_slippage_bps=70000"),
        ({"allocation": ("fifo_pro_rata", -5)}, "share_bps=-5"),
    ],
)
def test_a_definition_beyond_all_bounds_raises(change: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        open_market().list(Instrument("X", **{"quote": "USD", "tick_size": "0.01", **change}))


def test_default_maxima_are_what_a_balance_and_an_order_can_hold() -> None:
    ex = open_market(kind="credit")
    ex.add_asset("FINE", decimals=18)
    ex.list(Instrument("F", quote="FINE", tick_size="0.00000001", lot_size="0.00000001"))
    ex.list(Instrument("C", quote="USD", tick_size="0.25", lot_size="100"))

    def reason(symbol: str, qty: str, price: str) -> str | None:
        return ex.submit(account="alice", symbol=symbol, side="buy", order_qty=qty, price=price).reason

    # An order has at most 10^12 lots, whatever a balance could hold.
    assert reason("F", "10000", "1000000") is None
    assert reason("F", "10000.00000001", "1") == "QTY_MAX"
    assert reason("F", "1", "1000000.00000001") == "PRICE_BOUNDS"
    assert reason("C", "1000000000", "1000000000") is None
    assert reason("C", "1000000100", "1") == "QTY_MAX"
