"""What bad input gets: each its own reason, and nothing else changes."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import Exchange, ExecutionReport, Instrument
from fairlead.model.reasons import REASONS

BUY: Mapping[str, Any] = {
    "account": "alice",
    "cl_ord_id": "x",
    "symbol": "AAPL",
    "side": "buy",
    "order_qty": "10",
    "price": "100",
}

# What is changed in a good order, the reason it gets, and words its sentence must have.
REFUSED: list[tuple[dict[str, Any], str, tuple[str, ...]]] = [
    ({"side": "long"}, "UNKNOWN_SIDE", ("'long'", "buy, sell")),
    ({"ord_type": "stop"}, "UNKNOWN_ORD_TYPE", ("'stop'", "market")),
    ({"time_in_force": "never"}, "UNKNOWN_TIME_IN_FORCE", ("'never'", "gtc")),
    ({"stp": "both"}, "UNKNOWN_STP_MODE", ("'both'", "cancel_both")),
    ({"order_qty": "NaN"}, "NOT_A_NUMBER", ("order_qty='NaN'",)),
    ({"order_qty": float("nan")}, "NOT_A_NUMBER", ("order_qty=nan",)),
    ({"price": "1e2"}, "NOT_A_NUMBER", ("price='1e2'",)),
    ({"price": ""}, "NOT_A_NUMBER", ("price=''",)),
    ({"order_qty": "9" * 60}, "NUMBER_TOO_LARGE", ("order_qty",)),
    ({"order_qty": 2**63}, "NUMBER_TOO_LARGE", ("order_qty=9223372036854775808",)),
    ({"order_qty": 10**40}, "NUMBER_TOO_LARGE", ("order_qty",)),
    ({"expire_ns": 2**64}, "NUMBER_TOO_LARGE", ("expire_ns",)),
    ({"cl_ord_id": ""}, "BAD_CL_ORD_ID", ("1 to 36",)),
    ({"cl_ord_id": "x" * 37}, "BAD_CL_ORD_ID", ("1 to 36",)),
    ({"cl_ord_id": "a b"}, "BAD_CL_ORD_ID", ("'a b'",)),
    ({"time_in_force": "gtd"}, "EXPIRE_TIME_MISMATCH", ("None with gtd",)),
    ({"time_in_force": "day", "expire_ns": 10**18}, "EXPIRE_TIME_MISMATCH", ("with day",)),
    ({"post_only": "maybe"}, "UNKNOWN_INSTRUCTION", ("'maybe'", "slide")),
    ({"ord_type": "pegged", "peg": "middle", "price": None}, "UNKNOWN_INSTRUCTION", ("'middle'", "mid")),
    ({"account": "carol"}, "UNKNOWN_ACCOUNT", ("carol", "add_account")),
    ({"symbol": "MSFT"}, "UNKNOWN_INSTRUMENT", ("list it",)),
    ({"price": None}, "PRICE_MISSING", ("price",)),
    ({"ord_type": "market", "time_in_force": "ioc"}, "PRICE_NOT_ALLOWED", ("protection_price",)),
    ({"protection_price": "101"}, "FIELD_NOT_ALLOWED", ("protection_price",)),
    ({"ord_type": "pegged"}, "PEG_MISSING", ("peg",)),
    ({"ord_type": "market", "price": None, "time_in_force": "gtc"}, "TIF_NOT_ALLOWED", ("ioc",)),
    ({"post_only": True, "time_in_force": "ioc"}, "EXEC_INST_NOT_ALLOWED", ("post-only",)),
    ({"order_qty": "0"}, "QTY_NOT_POSITIVE", ("qty=0",)),
    ({"order_qty": "-5"}, "QTY_NOT_POSITIVE", ("qty=-5",)),
    ({"order_qty": "1.5"}, "QTY_LOT", ("'1.5'", "lot=1", "1 and 2")),
    ({"order_qty": "5001"}, "QTY_MAX", ("qty=5001", "max_qty=5000")),
    ({"min_qty": "11", "time_in_force": "ioc"}, "MIN_QTY", ("min_qty=11", "order_qty=10")),
    ({"display_qty": "11"}, "DISPLAY_QTY", ("display_qty=11", "order_qty=10")),
    ({"display_qty": "0"}, "DISPLAY_QTY", ("display_qty=0",)),
    ({"display_qty": "5", "display_variance_bps": 99_999}, "DISPLAY_QTY", ("variance",)),
    ({"price": "100.005"}, "PRICE_TICK", ("'100.005'", "tick=0.01", "100.00 and 100.01")),
    ({"price": "-100.005"}, "PRICE_TICK", ("-100.01 and -100.00",)),
    ({"price": "10000.01"}, "PRICE_BOUNDS", ("price=10000.01", "bound=10000.00")),
    ({"price": "0"}, "PRICE_BOUNDS", ("price=0.00", "bound=0.01")),
    ({"price": "-1"}, "PRICE_BOUNDS", ("price=-1.00",)),
    ({"ord_type": "market", "price": None, "time_in_force": "ioc", "order_qty": None, "quote_qty": "0"},
     "AMOUNT_NOT_POSITIVE", ("amount=0",)),
    ({"ord_type": "market", "price": None, "time_in_force": "ioc", "order_qty": None, "quote_qty": "9" * 26},
     "OVERFLOW", ("max=1000000000000000000",)),
    ({"expire_ns": 10}, "EXPIRE_IN_PAST", ("expire_ns=10", "now_ns=")),
    ({"ord_type": "pegged", "peg": "mid", "price": None}, "PEG_LIMIT_REQUIRED", ("price",)),
    ({"time_in_force": "ato"}, "AUCTION_ONLY", ("auction",)),
    ({"reduce_only": True}, "REDUCE_ONLY", ("reducible=0",)),
    ({"order_qty": "4000"}, "INSUFFICIENT_FUNDS", ("needed=400000", "available=100000")),
    ({"side": "sell", "order_qty": "1001"}, "INSUFFICIENT_FUNDS", ("needed=1001", "available=1000")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason", "words"), REFUSED, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_bad_order_gets_its_reason_and_changes_nothing(
    change: dict[str, Any], reason: str, words: tuple[str, ...]
) -> None:
    ex = open_market()
    before = ex.state_hash(client_ids=False)

    report = ex.submit(**{**BUY, **change})

    assert (report.status, report.reason) == ("rejected", reason)
    assert ex.state_hash(client_ids=False) == before
    assert reason in report.text
    assert report.cl_ord_id[:20] in report.text
    for word in words:
        assert word in report.text


def test_what_cannot_be_read_takes_no_sequence_number_and_no_client_id() -> None:
    ex = open_market()
    before = ex.state_hash()
    last = ex.events()[-1].seq

    report = ex.submit(**{**BUY, "side": "long"})

    assert (report.seq, report.events) == (None, [])
    assert ex.state_hash() == before
    assert ex.submit(**BUY).seq == last + 1


def test_of_several_faults_the_one_with_the_smallest_number_is_named() -> None:
    ex = open_market()

    assert ex.submit(**{**BUY, "side": "long", "price": "NaN"}).reason == "UNKNOWN_SIDE"
    assert ex.submit(**{**BUY, "order_qty": "9" * 60, "price": "NaN"}).reason == "NOT_A_NUMBER"
    assert ex.submit(**{**BUY, "account": "carol", "price": "1.001"}).reason == "UNKNOWN_ACCOUNT"
    assert ex.submit(**{**BUY, "symbol": "MSFT", "price": "0.001"}).reason == "UNKNOWN_INSTRUMENT"


def test_a_client_id_used_for_another_request_is_a_conflict() -> None:
    ex = open_market()
    ex.submit(**BUY)
    before = ex.state_hash()

    report = ex.submit(**{**BUY, "price": "101"})

    assert report.reason == "DUPLICATE_CLORDID"
    assert ex.state_hash() == before


def test_post_only_that_would_take_is_refused_with_the_touch() -> None:
    ex = open_market()
    ex.submit(**{**BUY, "account": "bob", "side": "sell"})
    before = ex.state_hash(client_ids=False)

    report = ex.submit(**{**BUY, "price": "100.50", "post_only": True})

    assert report.reason == "POST_ONLY_WOULD_TRADE"
    assert "price=100.50 opposite best=100.00" in report.text
    assert ex.state_hash(client_ids=False) == before


CLOSED = [
    ("closed", "MARKET_CLOSED"), ("halted", "HALTED"), ("cancel_only", "CANCEL_ONLY"), ("delisted", "DELISTED"),
    ("post_only", "POST_ONLY_MARKET"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "reason"), CLOSED)
def test_a_closed_market_takes_no_order(state: str, reason: str) -> None:
    ex = open_market()
    ex.set_state("AAPL", state)
    before = ex.state_hash(client_ids=False)

    assert ex.submit(**BUY).reason == reason
    assert ex.state_hash(client_ids=False) == before


def test_an_instrument_that_is_not_open_yet_takes_no_order() -> None:
    ex = open_market()
    ex.list(Instrument("MSFT", quote="USD", tick_size="0.01"), state="pre_listed")

    assert ex.submit(**{**BUY, "symbol": "MSFT"}).reason == "NOT_LISTED"


def test_what_must_match_now_waits_outside_of_a_call() -> None:
    ex = open_market()
    ex.set_state("AAPL", "closing_auction")

    assert ex.submit(**{**BUY, "time_in_force": "ioc"}).reason == "NOT_IN_AUCTION"


def _amend(ex: Exchange, **change: Any) -> ExecutionReport:
    return ex.amend(**{"account": "alice", "orig_cl_ord_id": "a1", "cl_ord_id": "a2", **change})


def _cancel(ex: Exchange, **change: Any) -> ExecutionReport:
    return ex.cancel(**{"account": "alice", "orig_cl_ord_id": "a1", **change})


CHANGES: list[tuple[Callable[..., ExecutionReport], dict[str, Any], str]] = [
    (_amend, {"account": "bob", "order_qty": "5"}, "UNKNOWN_ORDER"),
    (_amend, {"account": "carol", "order_qty": "5"}, "UNKNOWN_ACCOUNT"),
    (_amend, {"orig_cl_ord_id": "zz", "order_qty": "5"}, "UNKNOWN_ORDER"),
    (_amend, {"orig_cl_ord_id": "", "order_qty": "5"}, "BAD_CL_ORD_ID"),
    (_amend, {"orig_cl_ord_id": "done", "order_qty": "5"}, "ORDER_FINISHED"),
    (_amend, {"order_qty": "0"}, "QTY_NOT_POSITIVE"),
    (_amend, {"order_qty": "0.5"}, "QTY_LOT"),
    (_amend, {"order_qty": "NaN"}, "NOT_A_NUMBER"),
    (_amend, {"price": "1.001"}, "PRICE_TICK"),
    (_amend, {"price": "20000"}, "PRICE_BOUNDS"),
    (_amend, {"order_qty": "4000"}, "INSUFFICIENT_FUNDS"),
    (_amend, {"time_in_force": "ioc"}, "TIF_NOT_ALLOWED"),
    (_amend, {"time_in_force": "soon"}, "UNKNOWN_TIME_IN_FORCE"),
    (_amend, {"cl_ord_id": "a1", "price": "101"}, "DUPLICATE_CLORDID"),
    (_cancel, {"account": "bob"}, "UNKNOWN_ORDER"),
    (_cancel, {"account": "carol"}, "UNKNOWN_ACCOUNT"),
    (_cancel, {"orig_cl_ord_id": "zz"}, "UNKNOWN_ORDER"),
    (_cancel, {"orig_cl_ord_id": "done"}, "ORDER_FINISHED"),
    (_cancel, {"orig_cl_ord_id": None, "order_id": 99}, "UNKNOWN_ORDER"),
]


@pytest.mark.parametrize(("call", "change", "reason"), CHANGES)
def test_a_bad_change_of_an_order_leaves_it_as_it_is(
    call: Callable[..., ExecutionReport], change: dict[str, Any], reason: str
) -> None:
    ex = open_market()
    ex.submit(**{**BUY, "cl_ord_id": "a1"})
    ex.submit(**{**BUY, "cl_ord_id": "done"})
    ex.cancel(account="alice", orig_cl_ord_id="done")
    before, order = ex.state_hash(client_ids=False), ex.order(account="alice", cl_ord_id="a1")

    report = call(ex, **change)

    assert (report.status, report.reason) == ("rejected", reason)
    assert ex.order(account="alice", cl_ord_id="a1") == order
    assert ex.state_hash(client_ids=False) == before


MONEY: list[tuple[str, tuple[str, str, Any], str, str]] = [
    ("deposit", ("carol", "USD", 1), "UNKNOWN_ACCOUNT", "carol"),
    ("deposit", ("alice", "EUR", 1), "UNKNOWN_ASSET", "EUR"),
    ("deposit", ("alice", "USD", 0), "AMOUNT_NOT_POSITIVE", "amount=0"),
    ("deposit", ("alice", "USD", "-1"), "AMOUNT_NOT_POSITIVE", "amount=-1"),
    ("deposit", ("alice", "USD", 10**18), "OVERFLOW", "max=1000000000000000000"),
    ("deposit", ("alice", "USD", 10**30), "NUMBER_TOO_LARGE", "amount"),
    ("deposit", ("alice", "USD", "ten"), "NOT_A_NUMBER", "'ten'"),
    ("deposit", ("alice", "USD", "0.0000000000001"), "QTY_LOT", "0.0000000000001"),
    ("withdraw", ("alice", "USD", "100000.01"), "INSUFFICIENT_FUNDS", "available=100000"),
]


@pytest.mark.parametrize(("verb", "arguments", "reason", "word"), MONEY)
def test_bad_movements_of_money_move_nothing(
    verb: str, arguments: tuple[str, str, Any], reason: str, word: str
) -> None:
    ex = open_market()
    before = ex.state_hash()

    report = getattr(ex, verb)(*arguments)

    assert (report.status, report.reason) == ("rejected", reason)
    assert word in report.text
    assert ex.state_hash() == before


def test_bad_definitions_define_nothing() -> None:
    ex = open_market()
    before = ex.state_hash()
    good: dict[str, Any] = {"quote": "USD", "tick_size": "0.01"}

    assert ex.list(Instrument("AAPL", **good)).reason == "DUPLICATE_NAME"
    assert ex.list(Instrument("B", **{**good, "quote": "B"})).reason == "INVALID_DEFINITION"
    assert ex.list(Instrument("B", **{**good, "tick_size": "0"})).reason == "INVALID_DEFINITION"
    assert ex.list(Instrument("B", **{**good, "quote": "EUR", "min_price": "5", "max_price": "4"})).reason == (
        "INVALID_DEFINITION"
    )
    assert ex.list(Instrument("B", **good, stp="all")).reason == "UNKNOWN_STP_MODE"
    assert ex.list(Instrument("B", **good), state="open").reason == "UNKNOWN_INSTRUCTION"
    assert ex.list(Instrument("b c", **good)).reason == "BAD_CL_ORD_ID"
    assert ex.list(Instrument("B", **{**good, "quote": "e r"})).reason == "BAD_CL_ORD_ID"
    assert ex.list(Instrument("B", **{**good, "quote": "EUR"}), add_assets=False).reason == "UNKNOWN_ASSET"
    assert ex.add_account("alice").reason == "DUPLICATE_NAME"
    assert ex.add_account("dave", kind="gold").reason == "UNKNOWN_INSTRUCTION"
    assert ex.add_account("dave", fees=7).reason == "UNKNOWN_SCHEDULE"
    assert ex.add_asset("USD").reason == "DUPLICATE_NAME"
    assert ex.add_asset("EUR", decimals=19).reason == "INVALID_DEFINITION"
    assert ex.set_fees(maker_ppm=-2, taker_ppm=1).reason == "INVALID_DEFINITION"
    assert ex.set_fees(maker_ppm=-2, taker_ppm=1, base="variance").reason == "INVALID_DEFINITION"
    assert ex.set_fees(maker_ppm=0, taker_ppm=1, base="carats").reason == "UNKNOWN_INSTRUCTION"
    assert ex.set_state("AAPL", "continuous").reason == "STATE_TRANSITION"
    assert ex.set_state("AAPL", "open").reason == "UNKNOWN_INSTRUCTION"
    assert ex.state_hash() == before


def test_a_cash_account_cannot_trade_negative_prices() -> None:
    ex = open_market()
    ex.list(Instrument("POWER", quote="USD", tick_size="0.01", allow_negative=True))

    assert ex.submit(**{**BUY, "symbol": "POWER", "price": "-1"}).reason == "CREDIT_ONLY"


def test_notional_bounds_are_named() -> None:
    ex = open_market()
    ex.list(Instrument("N", quote="USD", tick_size="0.01", min_notional="100", max_notional="1000"))

    low = ex.submit(**{**BUY, "symbol": "N", "cl_ord_id": "1", "order_qty": "1", "price": "99.99"})
    high = ex.submit(**{**BUY, "symbol": "N", "cl_ord_id": "2", "order_qty": "11", "price": "100"})

    assert (low.reason, high.reason) == ("NOTIONAL_MIN", "NOTIONAL_MAX")
    assert "notional=99.99 min_notional=100" in low.text
    assert "notional=1100 max_notional=1000" in high.text


def test_every_reason_has_a_sentence_with_a_way_out() -> None:
    source = (Path(__file__).parents[2] / "crates/model/src/reason.rs").read_text(encoding="utf-8")
    rejects = source[: source.index("Why an order ended, or lost quantity")]

    assert list(REASONS) == re.findall(r'= \d+, "([A-Z_]+)";', rejects)
    assert all(entry.what and entry.fix for entry in REASONS.values())
