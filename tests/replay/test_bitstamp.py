"""Bitstamp rows folded: each decrement is placed or listed, each stated remainder compared, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import BITSTAMP_ROWS, changed, write_bitstamp

from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError


def test_each_decrement_is_placed_or_listed_with_its_reason(tmp_path: Path) -> None:
    result = outcome(write_bitstamp(tmp_path))

    assert result.is_equal
    assert result.commands == 10
    assert (result.details["decrements"], result.details["decrements_placed"]) == (3, 1)
    assert result.details["listed"] == [
        {"order_id": 3, "reason": "amount unchanged, price moved", "row": 5},
        {"order_id": 9, "reason": "order not in the recording", "row": 6},
    ]
    assert result.details["conserved"] is True


def test_a_changed_price_moves_the_order_and_keeps_what_it_has(tmp_path: Path) -> None:
    moved_across = changed(BITSTAMP_ROWS, 5, "3,1004,1000,10.06,100,changed,bid")

    result = outcome(write_bitstamp(tmp_path, rows=moved_across))

    # The bid at 10.06 stands above the ask at 10.05 from row 5 to row 9; row 10 takes the ask away.
    assert result.details["prices_moved"] == 1
    assert result.details["crossed_rows"] == 5
    assert result.details["conserved"] is True


def test_an_order_created_after_its_deletion_stays_out_of_the_book(tmp_path: Path) -> None:
    result = outcome(write_bitstamp(tmp_path))

    assert result.details["created_after_deleted"] == 1
    assert result.details["deleted_not_in_book"] == 1


def test_a_remainder_that_differs_from_the_book_is_a_difference(tmp_path: Path) -> None:
    rows = changed(BITSTAMP_ROWS, 10, BITSTAMP_ROWS[9].replace(",300,", ",299,"))

    result = outcome(write_bitstamp(tmp_path, rows=rows))

    assert (result.books_compared, result.books_equal) == (1, 0)
    assert not result.is_equal
    assert result.first_difference is not None
    assert result.first_difference.where == "row 10, order 2"


@pytest.mark.parametrize(("amount", "reason"), [(500, "amount unchanged"), (501, "amount raised")])
def test_a_change_that_takes_nothing_is_listed(tmp_path: Path, amount: int, reason: str) -> None:
    rows = changed(BITSTAMP_ROWS, 3, f"1,1002,1000,10.00,{amount},changed,bid")

    result = outcome(write_bitstamp(tmp_path, rows=rows))

    assert result.details["decrements_placed"] == 0
    listed = result.details["listed"]
    assert isinstance(listed, list)
    assert listed[0] == {"order_id": 1, "reason": reason, "row": 3}


def test_a_change_of_a_deleted_order_is_listed(tmp_path: Path) -> None:
    rows = (*BITSTAMP_ROWS, "4,1010,1000,9.00,10,changed,ask")

    listed = outcome(write_bitstamp(tmp_path, rows=rows)).details["listed"]

    assert isinstance(listed, list)
    assert listed[-1] == {"order_id": 4, "reason": "order deleted before", "row": 11}


def test_rows_at_which_the_fold_is_crossed_are_counted(tmp_path: Path) -> None:
    rows = changed(BITSTAMP_ROWS, 2, "2,1001,1000,10.00,300,created,ask")

    result = outcome(write_bitstamp(tmp_path, rows=changed(rows, 10, "2,1009,1000,10.00,300,deleted,ask")))

    # From row 2, where the ask meets the bid at 10.00, to row 8; row 9 takes the bid away.
    assert result.details["crossed_rows"] == 7


def test_a_perturbed_amount_shows_at_the_deletion_that_states_it(tmp_path: Path) -> None:
    result = outcome(write_bitstamp(tmp_path), perturb_row=2)

    assert result.first_difference is not None
    assert result.first_difference.where == "row 10, order 2"


@pytest.mark.parametrize(("row", "why"), [(1, "shows in no trade and no book"), (3, "row 3 adds no order")])
def test_a_perturbation_that_shows_nowhere_is_refused(tmp_path: Path, row: int, why: str) -> None:
    with pytest.raises(PerturbRefusedError, match=why):
        outcome(write_bitstamp(tmp_path), perturb_row=row)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1,1002,1000,10.00,200,changed", "6 columns, expected 7"),
        ("1,1002,1000,10.001,200,changed,bid", "price has more than 2 decimal places"),
        ("1,1002,1000,0.00,200,changed,bid", "price is zero"),
        ("1,1002,1000,nan,200,changed,bid", "price is not a decimal number"),
        ("1,1002,1000,10.00,0,changed,bid", "volume is zero"),
        ("1,1002,1000,10.00,200,filled,bid", "action is unknown: 'filled'"),
        ("1,1002,1000,10.00,200,changed,buy", "direction is unknown: 'buy'"),
        ("1,now,1000,10.00,200,changed,bid", "timestamp is not a whole number"),
        ("1,1002,now,10.00,200,changed,bid", "exchange.timestamp is not a whole number"),
        ("1_0,1002,1000,10.00,200,changed,bid", "id is not a whole number"),
    ],
)
def test_a_wrong_row_is_named_with_its_reason(tmp_path: Path, text: str, why: str) -> None:
    write_bitstamp(tmp_path, rows=changed(BITSTAMP_ROWS, 3, text))

    with pytest.raises(RecordingError, match=f"orders.csv: row 3: {why}"):
        outcome(tmp_path)
