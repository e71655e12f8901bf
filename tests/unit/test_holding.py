"""Positions at average cost: the recorded cases, and that nothing is earned or lost by rounding."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.portfolio.holding import NOTHING, Holding, holding_after
from fairlead.domain.portfolio.mark import Mark, MarkSource, mark_of

D = Decimal
_VECTORS = Path(__file__).parents[2] / "vectors" / "expected" / "risk_positions.json"
_CASES: list[dict[str, Any]] = [
    case
    for case in json.loads(_VECTORS.read_text(), parse_float=Decimal)["cases"]
    if "AVG" in case.get("expected", {}) and "fills" in case["inputs"]
]
_amounts = st.decimals(D("0.0001"), D("90000"), places=4)
_trades = st.lists(st.tuples(_amounts, st.booleans(), _amounts, st.decimals(D(-1), D(1), places=6)), max_size=30)


def _after(trades: list[tuple[Decimal, Decimal, Decimal]]) -> Holding:
    holding = NOTHING
    for quantity, price, fee in trades:
        holding = holding_after(holding, quantity=quantity, price=price, fee=fee)
    return holding


@given(_trades)
def test_cost_minus_profit_is_what_was_paid(trades: list[tuple[Decimal, bool, Decimal, Decimal]]) -> None:
    signed = [(qty if buys else -qty, price, fee) for qty, buys, price, fee in trades]

    holding = _after(signed)

    assert holding.cost - holding.realized == sum(qty * price for qty, price, _ in signed)
    assert holding.quantity == sum(qty for qty, _, _ in signed)
    assert holding.fees == sum(fee for _, _, fee in signed)
    assert holding.cost * holding.quantity >= 0
    if not holding.quantity:
        assert holding.cost == 0


def test_a_share_that_does_not_come_out_even_stays_exact() -> None:
    bought = _after([(D(3), D(10), D(0)), (D(-1), D(11), D(0))])
    # Two of three tens are left.
    assert (bought.quantity, bought.cost, bought.realized) == (D(2), D(20), D(1))

    odd = _after([(D(1), D(10), D(0)), (D(2), D(11), D(0)), (D(-1), D(12), D(0)), (D(-2), D(12), D(0))])
    assert (odd.quantity, odd.cost, odd.realized) == (D(0), D(0), D(4))


def test_profit_of_what_is_open_is_measured_by_a_price() -> None:
    long, short = _after([(D(2), D(10), D(0))]), _after([(D(-2), D(10), D(0))])

    assert (long.unrealized(D(12)), short.unrealized(D(12))) == (D(4), D(-4))
    assert (long.average_price, short.average_price, NOTHING.average_price) == (D(10), D(10), None)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["id"])
def test_recorded_cases_come_out(case: dict[str, Any]) -> None:
    holding, rows = NOTHING, []
    for side, quantity, price in case["inputs"]["fills"]:
        signed = D(quantity) if side == "BUY" else -D(quantity)
        holding = holding_after(holding, quantity=signed, price=D(price), fee=D(0))
        rows.append((holding.quantity, holding.average_price, holding.realized))
    expected = case["expected"]["AVG"]

    assert rows == [(D(row["position"]), D(row["avg_entry"]), D(row["realized"])) for row in expected["rows"]]
    assert holding.unrealized(D(case["inputs"]["mark"])) == D(expected["unrealized"])


def test_there_are_recorded_cases() -> None:
    assert len(_CASES) == 3


def test_yes_and_no_are_marked_by_the_middle_of_the_book() -> None:
    cases = json.loads((_VECTORS.parent / "prediction_assessment.json").read_text())["cases"]
    (case,) = [case for case in cases if case["id"] == "pm-mtm"]
    given, expected = case["inputs"], case["expected"]
    # Who buys NO at c sells YES at 1 - c: the position of the market is that of YES.
    yes = _after([(D(given["yes"]["q"]), D(given["yes"]["avg"]), D(0))])
    no = _after([(-D(given["no"]["q"]), 100 - D(given["no"]["avg"]), D(0))])

    mark = mark_of(D(1), touch=(D(given["yes_bid"]), D(given["yes_ask"])))

    assert mark is not None
    assert yes.unrealized(mark.price) == expected["yes_unrealized_cents"]
    assert no.unrealized(mark.price) == expected["no_unrealized_cents"]


def test_without_both_sides_of_a_book_the_last_price_counts() -> None:
    assert mark_of(D("0.4"), touch=None) == Mark(D("0.4"), MarkSource.LAST)
    assert mark_of(None, touch=(D("0.41"), D("0.44"))) == Mark(D("0.425"), MarkSource.MID)
    assert mark_of(None, touch=None) is None
