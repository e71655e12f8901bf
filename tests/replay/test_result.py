"""When a replay counts as equal, and what its JSON object holds."""

from __future__ import annotations

import pytest

from fairlead.domain.market_replay.result import Difference, ReplayResult, Tally, earliest


def _result(**changes: object) -> ReplayResult:
    values: dict[str, object] = {
        "dataset": "d",
        "commands": 1,
        "events": 1,
        "trades_expected": 2,
        "trades_equal": 2,
        "books_compared": 3,
        "books_equal": 3,
        "first_difference": None,
        "state_hash": "00",
        "commands_per_second": 1,
    }
    return ReplayResult(**{**values, **changes})  # type: ignore[arg-type]


def _difference(position: tuple[int, int]) -> Difference:
    return Difference(kind="trade", position=position, where=f"at {position}", expected=1, actual=2)


def test_all_equal_is_equal() -> None:
    assert _result().is_equal


@pytest.mark.parametrize(
    "changes",
    [
        {"trades_equal": 1},
        {"books_equal": 2},
        {"first_difference": _difference((1, 0))},
        {"trades_expected": 0, "trades_equal": 0, "books_compared": 0, "books_equal": 0},
    ],
)
def test_anything_less_is_not_equal(changes: dict[str, object]) -> None:
    assert not _result(**changes).is_equal


def test_the_json_object_has_exactly_the_agreed_names() -> None:
    assert set(_result().to_json()) == {
        "dataset",
        "commands",
        "events",
        "trades_expected",
        "trades_equal",
        "books_compared",
        "books_equal",
        "first_difference",
        "state_hash",
        "commands_per_second",
        "details",
    }


def test_a_trade_comes_before_the_snapshot_that_follows_it_and_after_the_one_before() -> None:
    trade, before, after = _difference((5, 0)), _difference((4, 1)), _difference((5, 1))

    assert earliest(trade, after) is trade
    assert earliest(trade, before, None) is before
    assert earliest(None, None) is None


def test_a_tally_keeps_the_earliest_difference_whatever_comes_first() -> None:
    tally = Tally()

    for position in ((7, 0), (3, 1), (5, 0)):
        tally.differ(_difference(position))
    tally.agree()

    assert (tally.compared, tally.equal) == (4, 1)
    assert tally.first == _difference((3, 1))
