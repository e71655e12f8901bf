"""Benchmarks and queue places: exactly the figures that were computed elsewhere, and the ends of each rule."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from fairlead.domain.tca.benchmarks import Print, slippage_bps, twap, twap_of_fills, vwap
from fairlead.domain.tca.queue_place import QueuePlace, Shown, Unknown, queue_place

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/expected/tca.json").read_text())
MEASURED = [case for case in VECTORS["cases"] if case["kind"] == "benchmark_slippage"]


def _prints(rows: list[list[Any]], order: tuple[int, int, int]) -> list[Print]:
    at, price, qty = order
    return [Print(row[at], Decimal(str(row[price])), Decimal(str(row[qty]))) for row in rows]


def test_there_are_vectors() -> None:
    assert len(MEASURED) == 2


@pytest.mark.parametrize("case", MEASURED, ids=lambda case: case["id"])
def test_slippage_is_that_of_the_vectors(case: dict[str, Any]) -> None:
    given, expected, off = case["inputs"], case["expected"], case["tolerance"]
    fills, tape = _prints(given["fills"], (0, 2, 1)), _prints(given["tape"], (0, 1, 2))
    begin, end = given["t0"], given["t1"]

    average = vwap(fills)
    market = vwap([it for it in tape if begin <= it.ts <= end])
    timed = twap(tape, begin=begin, end=end)
    assert average is not None
    assert market is not None
    assert timed is not None

    def bps(benchmark: Fraction) -> float:
        found = slippage_bps(given["side"], average=average, benchmark=benchmark)
        assert found is not None
        return float(found)

    assert float(average) == pytest.approx(expected["avg_px"], abs=off)
    assert float(market) == pytest.approx(expected["vwap"], abs=off)
    assert float(timed) == pytest.approx(expected["twap"], abs=off)
    assert bps(Fraction(given["arrival_mid"])) == pytest.approx(expected["arrival_bps"], abs=off)
    assert bps(market) == pytest.approx(expected["vwap_bps"], abs=off)
    assert bps(timed) == pytest.approx(expected["twap_bps"], abs=off)


def test_the_time_weighted_price_of_fills_is_that_of_f_010() -> None:
    def of(*rows: tuple[int, int]) -> Fraction | None:
        return twap_of_fills([Print(ts, Decimal(price), Decimal(1)) for ts, price in rows])

    assert of() is None
    assert of((5, 100)) == 100
    assert of((5, 100), (5, 103)) == Fraction(203, 2)
    # 100 stood for 1, 110 for 3: the price of the last fill stood for nothing.
    assert of((0, 100), (1, 110), (4, 999)) == Fraction(430, 4)


def test_a_time_weighted_price_needs_one_that_stood_at_the_beginning() -> None:
    tape = [Print(10, Decimal(100), Decimal(1)), Print(20, Decimal(110), Decimal(1))]

    assert twap(tape, begin=9, end=30) is None
    assert twap(tape, begin=10, end=30) == 105
    assert twap(tape, begin=20, end=20) == 110
    assert (vwap([]), slippage_bps("BUY", average=Fraction(1), benchmark=Fraction(0))) == (None, None)


@pytest.mark.parametrize(
    ("remaining", "shown", "level", "place"),
    [
        ("5", Shown.WHOLE, ("5", 1), QueuePlace(position=1, orders_ahead=0, quantity_ahead=Decimal(0))),
        (
            "5",
            Shown.WHOLE,
            ("12", 3),
            QueuePlace(orders_ahead=2, quantity_ahead=Decimal(7), reason=Unknown.ORDERS_NOT_TOLD_APART),
        ),
        # One order that shows more than this one has is another.
        ("5", Shown.WHOLE, ("6", 1), QueuePlace(reason=Unknown.NOT_IN_BOOK)),
        ("5", Shown.WHOLE, ("4", 1), QueuePlace(reason=Unknown.NOT_IN_BOOK)),
        ("5", Shown.WHOLE, None, QueuePlace(reason=Unknown.NOT_IN_BOOK)),
        ("5", Shown.NOTHING, ("5", 1), QueuePlace(reason=Unknown.HIDDEN)),
        (
            "100",
            Shown.PART,
            ("9", 2),
            QueuePlace(orders_ahead=1, quantity_ahead=Decimal(9), reason=Unknown.ORDERS_NOT_TOLD_APART),
        ),
        (
            "5",
            Shown.UNKNOWN,
            ("5", 1),
            QueuePlace(orders_ahead=1, quantity_ahead=Decimal(5), reason=Unknown.ORDERS_NOT_TOLD_APART),
        ),
    ],
)
def test_a_place_is_known_where_the_level_leaves_no_doubt(
    remaining: str, shown: Shown, level: tuple[str, int] | None, place: QueuePlace
) -> None:
    given = None if level is None else (Decimal(level[0]), level[1])

    assert queue_place(remaining=Decimal(remaining), shown=shown, level=given) == place
