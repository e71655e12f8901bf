"""Order-level MBO rows folded into ten levels with counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import MBO_ROWS, MBP_ROWS, changed, mbo_row, write_mbo

from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError


def test_every_answer_row_is_equal_to_the_folded_book(tmp_path: Path) -> None:
    result = outcome(write_mbo(tmp_path))

    assert result.is_equal
    assert (result.commands, result.books_compared, result.books_equal) == (9, 7, 7)
    assert result.details["changes_without_row"] == 0


@pytest.mark.parametrize(
    ("old", "new"), [("10.0,12,2", "10.0,12,1"), ("10.0,12,2", "10.0,11,2"), ("10.0,12,2", "10.005,12,2")]
)
def test_a_wrong_count_size_or_price_is_the_first_difference(tmp_path: Path, old: str, new: str) -> None:
    answers = changed(MBP_ROWS, 3, MBP_ROWS[2].replace(old, new))

    result = outcome(write_mbo(tmp_path, answers=answers))

    assert result.books_equal == 6
    assert not result.is_equal
    assert result.first_difference is not None
    assert result.first_difference.where == "row 3, answer row 3"


def test_a_change_that_has_no_answer_row_is_a_difference(tmp_path: Path) -> None:
    result = outcome(write_mbo(tmp_path, answers=MBP_ROWS[:-1]))

    assert (result.books_compared, result.books_equal) == (6, 6)
    assert result.details["changes_without_row"] == 1
    assert not result.is_equal


def test_an_answer_row_whose_event_never_comes_is_a_difference(tmp_path: Path) -> None:
    result = outcome(write_mbo(tmp_path, rows=MBO_ROWS[:-1]))

    assert (result.books_compared, result.books_equal) == (7, 6)
    assert not result.is_equal


@pytest.mark.parametrize(("row", "where"), [(2, "row 2, answer row 2"), (3, "row 3, answer row 3")])
def test_a_perturbed_size_shows_first_where_it_decides(tmp_path: Path, row: int, where: str) -> None:
    result = outcome(write_mbo(tmp_path), perturb_row=row)

    assert result.first_difference is not None
    assert result.first_difference.where == where


@pytest.mark.parametrize("row", [1, 5, 8])
def test_a_row_that_adds_no_order_cannot_be_perturbed(tmp_path: Path, row: int) -> None:
    with pytest.raises(PerturbRefusedError, match=f"row {row} adds no order"):
        outcome(write_mbo(tmp_path), perturb_row=row)


@pytest.mark.parametrize(
    ("row", "text", "why"),
    [
        (3, MBO_ROWS[2] + ",1", "16 columns, expected 15"),
        (3, MBO_ROWS[2].replace("10.000000000", "10.001"), "not a multiple of the tick"),
        (3, MBO_ROWS[2].replace("10.000000000", "1e1"), "price is not a decimal number"),
        (3, MBO_ROWS[2].replace("10.000000000", "-10"), "price is not a decimal number"),
        (3, MBO_ROWS[2].replace("10.000000000", ""), "price is not a decimal number"),
        (3, MBO_ROWS[2].replace("10:00:00.0", "25:00:00.0"), "ts_event is no UTC time stamp"),
        (3, MBO_ROWS[2].replace(",A,B,", ",M,B,"), "action is unknown: 'M'"),
        (3, MBO_ROWS[2].replace(",A,B,", ",A,N,"), "action A needs a side, found 'N'"),
        (3, MBO_ROWS[2].replace(",A,B,", ",A,Z,"), "side is unknown: 'Z'"),
        (3, MBO_ROWS[2].replace("ABC", "XYZ"), "mixed symbols: XYZ after ABC"),
        (3, mbo_row(action="A", side="B", price="10", size=7, order_id=1, sequence=2), "duplicate order: order_id=1"),
        (9, mbo_row(action="C", side="B", price="10", size=5, order_id=77, sequence=6), "unknown order: order_id=77"),
        (9, mbo_row(action="C", side="B", price="10", size=6, order_id=1, sequence=6), "over-reduction: order_id=1"),
        (9, mbo_row(action="C", side="A", price="10", size=5, order_id=1, sequence=6), "order moved: order_id=1"),
        (9, mbo_row(action="C", side="B", price="11", size=5, order_id=1, sequence=6), "order moved: order_id=1"),
    ],
)
def test_a_wrong_row_is_named_with_its_reason(tmp_path: Path, row: int, text: str, why: str) -> None:
    write_mbo(tmp_path, rows=changed(MBO_ROWS, row, text))

    with pytest.raises(RecordingError, match=why) as caught:
        outcome(tmp_path)

    assert caught.value.row == row


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("2,2025", "3,2025", "row number is 3, expected 2"),
        ("10.0,12,2", ",12,2", "a level without price has size 12 and count 2"),
        ("10.0,12,2", "10.0,12,0", "level count is zero"),
        ("10.0,12,2", "10.0,12", "75 columns, expected 76"),
    ],
)
def test_a_wrong_answer_row_is_named_with_its_reason(tmp_path: Path, old: str, new: str, why: str) -> None:
    write_mbo(tmp_path, answers=changed(MBP_ROWS, 3, MBP_ROWS[2].replace(old, new, 1)))

    with pytest.raises(RecordingError, match=f"mbp.csv: row 3: {why}"):
        outcome(tmp_path)
