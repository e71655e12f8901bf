"""LOBSTER messages folded inside the visible window: what is determined must be equal, the rest is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import LOBSTER_BOOKS, LOBSTER_MESSAGES, changed, write_lobster

from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError


def test_determined_levels_are_equal_and_the_others_are_counted(tmp_path: Path) -> None:
    result = outcome(write_lobster(tmp_path))

    assert result.is_equal
    assert (result.commands, result.books_compared, result.books_equal) == (7, 7, 7)
    # Rows 4, 5 and 8 each lack the one level that appeared from nowhere; adopting it leaves only rows 4 and 8.
    assert result.details["levels_determined"] == 7 * 20 - 3
    assert result.details["levels_undetermined"] == 3
    assert result.details["rows_undetermined"] == 3
    assert result.details["rows_with_level_from_nowhere"] == 2
    assert result.details["levels_adopted"] == 2


def test_a_message_beyond_the_determined_levels_is_counted_and_not_judged(tmp_path: Path) -> None:
    messages = (*LOBSTER_MESSAGES, "34200.7,1,504,5,105000,-1")
    books = (*LOBSTER_BOOKS, LOBSTER_BOOKS[-1].replace("105000,44", "105000,49"))

    result = outcome(write_lobster(tmp_path, messages=messages, books=books))

    # The strict book does not know the level at 10.50; the adopting one took 44 there and must now have 49.
    assert result.is_equal
    assert result.books_equal == 8
    assert result.details["messages_outside"] == 1
    assert result.details["levels_adopted"] == 2


def test_an_adopted_level_is_judged_from_then_on(tmp_path: Path) -> None:
    messages = (*LOBSTER_MESSAGES, "34200.7,1,504,5,105000,-1")
    books = (*LOBSTER_BOOKS, LOBSTER_BOOKS[-1].replace("105000,44", "105000,48"))

    result = outcome(write_lobster(tmp_path, messages=messages, books=books))

    assert (result.books_compared, result.books_equal) == (8, 7)
    assert result.first_difference is not None
    assert result.first_difference.where == "row 9"


def test_a_wrong_quantity_on_a_determined_level_is_the_first_difference(tmp_path: Path) -> None:
    books = changed(LOBSTER_BOOKS, 3, LOBSTER_BOOKS[2].replace("99800,7", "99800,8"))

    result = outcome(write_lobster(tmp_path, books=books))

    assert not result.is_equal
    assert result.first_difference is not None
    assert result.first_difference.where == "row 3"


def test_a_level_that_appears_inside_the_determined_ones_is_a_difference(tmp_path: Path) -> None:
    messages = changed(LOBSTER_MESSAGES, 4, "34200.2,3,88,20,101000,-1")
    still_there = changed(LOBSTER_BOOKS, 4, LOBSTER_BOOKS[2].replace("101000,20", "101000,5"))

    result = outcome(write_lobster(tmp_path, messages=messages[:4], books=still_there[:4]))

    assert (result.books_compared, result.books_equal) == (3, 2)
    assert result.first_difference is not None
    assert result.first_difference.where == "row 4"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("100200,20", "100100,20", "ask levels are not best first"),
        ("99800,7", "99900,7", "bid levels are not best first"),
        ("99800,7", "99850,7", "not a multiple of the tick"),
        ("99800,7", "99800,0", "level size is zero"),
        ("99800,7,", "", "38 columns, expected 40"),
    ],
)
def test_a_wrong_orderbook_row_is_named_with_its_reason(tmp_path: Path, old: str, new: str, why: str) -> None:
    assert old in LOBSTER_BOOKS[2]
    write_lobster(tmp_path, books=changed(LOBSTER_BOOKS, 3, LOBSTER_BOOKS[2].replace(old, new)))

    with pytest.raises(RecordingError, match=f"orderbook_10.csv: row 3: .*{why}"):
        outcome(tmp_path)


def test_a_determined_level_that_is_not_visible_is_a_difference(tmp_path: Path) -> None:
    without_best_bid = LOBSTER_BOOKS[1].replace("100000,10", "-9999999999,0")

    result = outcome(write_lobster(tmp_path, books=changed(LOBSTER_BOOKS, 2, without_best_bid)))

    assert result.first_difference is not None
    assert result.first_difference.where == "row 2"


def test_a_perturbed_size_shows_at_its_own_message(tmp_path: Path) -> None:
    result = outcome(write_lobster(tmp_path), perturb_row=2)

    assert result.first_difference is not None
    assert result.first_difference.where == "row 2"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (1, "row 1 is in the book the replay starts from"),
        (3, "row 3 adds no order"),
        (5, "row 5 adds no order"),
        (9, "row 9 does not exist"),
    ],
)
def test_a_perturbation_that_shows_nowhere_is_refused(tmp_path: Path, row: int, why: str) -> None:
    with pytest.raises(PerturbRefusedError, match=why):
        outcome(write_lobster(tmp_path), perturb_row=row)


@pytest.mark.parametrize(
    ("row", "text", "why"),
    [
        (3, "34200.1,4,77,3,99800", "5 columns, expected 6"),
        (3, "34200.1,4,77,3,99800,", "direction is unknown: ''"),
        (3, "34200.1,4,77,3,99800,-", "direction is unknown: '-'"),
        (3, "34200.1,9,77,3,99800,1", "type is unknown: '9'"),
        (3, "34200.1,4,x,3,99800,1", "order id is not a whole number"),
        (3, "34200.1,4,77,0,99800,1", "size is zero"),
        (3, "34200.1,4,77,3,99850,1", "not a multiple of the tick"),
        (3, "soon,4,77,3,99800,1", "time is not a decimal number"),
        (3, "34199.1,4,77,3,99800,1", "time goes back"),
        (3, "34200.1,4,77,11,99800,1", "over-reduction"),
        (3, "34200.1,4,77,3,99750,1", "not a multiple of the tick"),
        (4, "34200.2,3,88,20,100100,1", "unknown order: order_id=88 is not at 1001 ticks"),
        (6, "34200.4,1,502,6,100100,-1", "duplicate order: order_id=502"),
    ],
)
def test_a_wrong_message_is_named_with_its_reason(tmp_path: Path, row: int, text: str, why: str) -> None:
    write_lobster(tmp_path, messages=changed(LOBSTER_MESSAGES, row, text))

    with pytest.raises(RecordingError, match=why) as caught:
        outcome(tmp_path)

    assert caught.value.row == row


def test_a_message_file_that_was_cut_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="row 7: cut: the orderbook file has more rows"):
        outcome(write_lobster(tmp_path, messages=LOBSTER_MESSAGES[:6]))


def test_an_orderbook_file_that_was_cut_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="row 7: cut: the orderbook file has no row for this message"):
        outcome(write_lobster(tmp_path, books=LOBSTER_BOOKS[:6]))
