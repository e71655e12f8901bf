"""Markets of events from Python: what is asked, what is refused and in which numbers."""

from decimal import Decimal

import pytest

from fairlead import Exchange, Instrument


@pytest.fixture
def ex() -> Exchange:
    """Return an exchange with one market of an event and two customers of 100.00 each."""
    ex = Exchange()
    ex.add_asset("USD", decimals=2)
    ex.add_asset("NO", decimals=0)
    ex.add_asset("RAIN", decimals=0)
    ex.list(Instrument("RAIN", quote="USD", tick_size="0.01", lot_size=1, max_price="0.99"), state="pre_listed")
    assert ex.set_outcome("RAIN", no="NO").status == "accepted"
    ex.set_state("RAIN", "continuous")
    for name in ("yes", "no"):
        ex.add_account(name, kind="cash")
        ex.deposit(name, "USD", 100)
    return ex


def _bid(ex: Exchange, account: str, *, side: str, price: str, qty: int = 100) -> str:
    report = ex.submit(
        account=account, cl_ord_id=f"{account}{price}", symbol="RAIN", side=side, order_qty=qty, price=price
    )
    return report.text


def test_two_bids_that_add_to_one_make_pairs(ex: Exchange) -> None:
    _bid(ex, "yes", side="buy", price="0.42")
    _bid(ex, "no", side="sell", price="0.42")
    ex.resolve("RAIN", 0)

    assert ex.balances("yes")["USD"].total == Decimal(58)
    assert ex.balances("no")["USD"].total == Decimal(142)


def test_what_a_bid_for_no_lacks_is_told_in_money(ex: Exchange) -> None:
    text = _bid(ex, "no", side="sell", price="0.42", qty=200)

    assert "needed=116 available=100;" in text


def test_what_a_merge_lacks_is_told_in_tokens(ex: Exchange) -> None:
    ex.mint("yes", "RAIN", 3)
    report = ex.merge("yes", "RAIN", 5)

    assert report.reason == "INSUFFICIENT_FUNDS"
    assert "needed=5 available=3;" in report.text


def test_void_gives_everything_back(ex: Exchange) -> None:
    _bid(ex, "yes", side="buy", price="0.42")
    _bid(ex, "no", side="sell", price="0.42")
    report = ex.resolve("RAIN", None)

    assert report.status == "accepted"
    assert [ex.balances(name)["USD"].total for name in ("yes", "no")] == [Decimal(100), Decimal(100)]


def test_fees_are_parts_of_the_variance(ex: Exchange) -> None:
    ex.set_fees(maker_ppm=0, taker_ppm=70_000, base="variance")
    ex.set_fees(maker_ppm=0, taker_ppm=500_000)
    _bid(ex, "yes", side="buy", price="0.17", qty=37)
    _bid(ex, "no", side="sell", price="0.17", qty=37)
    ex.resolve("RAIN", 0)

    assert ex.balances("yes")["USD"].total == Decimal("93.71")
    assert ex.balances("no")["USD"].total == Decimal("106.29") - Decimal("0.37"), "ceil(0.07 * 37 * 0.17 * 0.83 * 100)"


@pytest.mark.parametrize("weight", ["1.01", "-0.01"])
def test_a_weight_lies_between_nothing_and_all(ex: Exchange, weight: str) -> None:
    assert ex.resolve("RAIN", weight).reason == "PRICE_BOUNDS"


def test_another_instrument_has_no_pairs(ex: Exchange) -> None:
    ex.list(Instrument("AAPL", quote="USD", tick_size="0.01", lot_size=1))

    assert ex.mint("yes", "AAPL", 1).reason == "NOT_OUTCOME"
