"""Whatever the arguments: an answer or an exception of ours, never a fault, and every order is accounted for."""

import struct
from contextlib import suppress
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.markets import open_market

from fairlead import DataError, Exchange, ExecutionReport, UsageError
from fairlead.model import events as ev
from fairlead.model.batch import COMMAND_STRUCT
from fairlead.model.reasons import REASONS
from fairlead.model.words import ORD_TYPES, STP_MODES, TIMES_IN_FORCE

WORDS = st.text("ab~ \n\0é€\U0001f600", max_size=40)
NUMBERS = st.one_of(
    st.integers(-3, 30),
    st.integers(),
    st.decimals(),
    st.floats(),
    st.sampled_from(["100", "99.99", "100.005", "NaN", "-1", "1e5", "", "9" * 70, "0", "10", None]),
    WORDS,
)
ORDERS = st.fixed_dictionaries(
    {
        "account": st.sampled_from(["alice", "bob", "carol", ""]),
        "symbol": st.sampled_from(["AAPL", "AAPL", "AAPL", "MSFT"]),
        "side": st.sampled_from(["buy", "sell", "long"]),
        "order_qty": NUMBERS,
        "price": NUMBERS,
    },
    optional={
        "cl_ord_id": st.one_of(st.sampled_from(["a", "b", "c"]), WORDS),
        "ord_type": st.one_of(st.sampled_from(ORD_TYPES), WORDS),
        "time_in_force": st.one_of(st.sampled_from(TIMES_IN_FORCE), WORDS),
        "expire_ns": st.integers(-(2**65), 2**65),
        "post_only": st.one_of(st.booleans(), st.sampled_from(["slide", "reject", "maybe"])),
        "reduce_only": st.booleans(),
        "display_qty": NUMBERS,
        "hidden": st.booleans(),
        "refill_threshold": NUMBERS,
        "display_variance_bps": st.integers(-(2**70), 2**70),
        "min_qty": NUMBERS,
        "protection_price": NUMBERS,
        "quote_qty": NUMBERS,
        "peg": st.sampled_from(["near", "mid", "far", "nowhere"]),
        "peg_offset_ticks": st.integers(-(2**40), 2**40),
        "stp": st.one_of(st.sampled_from(STP_MODES), WORDS),
    },
)
_SIGNED = st.one_of(st.integers(-2, 12_000), st.integers(-(2**63), 2**63 - 1))
_UNSIGNED = st.one_of(st.integers(0, 4), st.integers(0, 2**64 - 1))
# Operation 6 has no meaning; all other codes have one.
RECORDS = st.tuples(
    *(st.integers(0, end) for end in (6, 1, 7, 2, 1, 5)),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from([0, 0, 0, 1, 2**32 - 1]),
    _UNSIGNED,
    _UNSIGNED,
    _SIGNED,
    _SIGNED,
    _SIGNED,
    st.sampled_from([0, 5_000, 2**62, 2**63 - 1, -(2**63)]),
).map(lambda fields: struct.pack(COMMAND_STRUCT, *fields))


def _checked(report: ExecutionReport) -> ExecutionReport:
    if report.status == "rejected":
        assert report.reason in REASONS
        assert str(report.reason) in report.text
    else:
        assert report.order_id is not None
        assert report.text == ""
    assert report.events is not None
    return report


def _reports(ex: Exchange, orders: list[dict[str, Any]]) -> list[ExecutionReport]:
    reports = []
    for order in orders:
        # Misuse raises, and only misuse: any other exception fails the test.
        with suppress(UsageError):
            reports.append(_checked(ex.submit(**order)))
    return reports


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(ORDERS, max_size=6))
def test_every_submit_is_answered_and_accounted_for(orders: list[dict[str, Any]]) -> None:
    ex = open_market()

    reports = _reports(ex, orders)

    answered = [report for report in reports if report.seq is not None and not report.repeated]
    accepted = [event for event in ex.events() if isinstance(event, ev.OrderAccepted)]
    rejected = [event for event in ex.events() if isinstance(event, ev.OrderRejected)]
    assert len(answered) == len(accepted) + len(rejected)
    assert sum(report.status == "rejected" for report in answered) == len(rejected)
    ex.check_invariants()
    ex.mass_cancel()
    assert all(balance.reserved == 0 for name in ("alice", "bob") for balance in ex.balances(name).values())


@settings(max_examples=150, deadline=None, derandomize=True)
@given(ORDERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["a", "zz", "", "a b"]))
def test_every_amend_is_answered(order: dict[str, Any], qty: Any, price: Any, seen: Any, name: str) -> None:
    ex = open_market()
    ex.submit(account="alice", cl_ord_id="a", symbol="AAPL", side="buy", order_qty=10, price=100)
    _reports(ex, [order])
    before = ex.order(order_id=1)

    try:
        report = ex.amend(
            account="alice", cl_ord_id="n", orig_cl_ord_id=name, order_qty=qty, price=price, seen_cum_qty=seen
        )
    except UsageError:
        report = None

    if report is None or report.status == "rejected":
        assert ex.order(order_id=1) == before
    else:
        assert report.order_id == 1
    ex.check_invariants()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(st.binary(max_size=64 * 3), st.lists(RECORDS, max_size=8).map(b"".join)))
def test_any_bytes_are_a_batch_or_an_error_that_changes_nothing(records: bytes) -> None:
    ex = open_market()
    before = ex.state_hash()

    try:
        answer = ex.run(records)
    except DataError:
        answer = b""

    assert len(answer) % 96 == 0
    assert answer or ex.state_hash() == before
    ex.check_invariants()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value="0.01", max_value="9999.99"))
def test_every_price_on_the_grid_is_taken_in_each_spelling_and_comes_back_equal(price: Decimal) -> None:
    ex = open_market(kind="credit")

    for spelling in (price, str(price), float(price)):
        report = ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price=spelling)
        assert report.price == price
