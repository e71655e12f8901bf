"""The engine-neutral CSV: good, wrong, cut and perturbed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import SSE_INBOUND, SSE_SNAPSHOTS, SSE_TRADES, changed, snapshot_row, write_sse

from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError


def test_a_session_is_reproduced_trade_for_trade_and_book_for_book(tmp_path: Path) -> None:
    result = outcome(write_sse(tmp_path))

    assert result.is_equal
    assert (result.commands, result.trades_expected, result.trades_equal) == (9, 4, 4)
    assert (result.books_compared, result.books_equal) == (5, 5)
    assert result.details["auction_trades"] == 2
    assert (result.details["cancels_compared"], result.details["cancels_equal"]) == (2, 2)


def test_the_same_recording_gives_the_same_state_hash_twice(tmp_path: Path) -> None:
    folder = write_sse(tmp_path)

    assert outcome(folder).state_hash == outcome(folder).state_hash


@pytest.mark.parametrize(
    ("trade", "row"),
    [
        (1, "1,5,9250000,OPEN_MATCH,13,11,N,10020,100"),
        (2, "2,5,9250000,OPEN_MATCH,12,11,N,10020,100"),
        (3, "3,6,9300000,CONT,12,15,S,10010,50"),
        (3, "3,6,9300000,CONT,12,15,B,10020,50"),
        (4, "4,8,9300200,CONT,17,16,B,10040,71"),
    ],
)
def test_one_wrong_trade_is_the_first_difference(tmp_path: Path, trade: int, row: str) -> None:
    result = outcome(write_sse(tmp_path, trades=changed(SSE_TRADES, trade, row)))

    assert not result.is_equal
    assert result.trades_equal == 3
    assert result.first_difference is not None
    assert result.first_difference.where == f"trade {trade}"


def test_a_trade_the_market_did_not_print_is_a_difference(tmp_path: Path) -> None:
    result = outcome(write_sse(tmp_path, trades=SSE_TRADES[:3]))

    assert (result.trades_expected, result.trades_equal) == (3, 3)
    assert not result.is_equal
    assert result.first_difference is not None
    assert result.first_difference.where == "trade 4"
    assert result.first_difference.expected is None


def test_a_printed_trade_the_engine_did_not_make_is_a_difference(tmp_path: Path) -> None:
    trades = (*SSE_TRADES, "5,9,9300300,CONT,12,99,S,10020,1")

    result = outcome(write_sse(tmp_path, trades=trades))

    assert (result.trades_expected, result.trades_equal) == (5, 4)
    assert result.first_difference is not None
    assert result.first_difference.actual is None


def test_a_snapshot_is_not_matched_with_an_older_book(tmp_path: Path) -> None:
    older_last = (*SSE_SNAPSHOTS[:2], SSE_SNAPSHOTS[3], SSE_SNAPSHOTS[2], *SSE_SNAPSHOTS[4:])

    result = outcome(write_sse(tmp_path, snapshots=older_last))

    assert (result.books_compared, result.books_equal) == (5, 4)
    assert result.first_difference is not None
    assert result.first_difference.where.startswith("snapshot row 4 ")


def test_a_snapshot_of_another_volume_is_missed(tmp_path: Path) -> None:
    wrong = snapshot_row(phase=2, trades=3, volume=251, bids=[(10020, 50)], asks=[])

    result = outcome(write_sse(tmp_path, snapshots=changed(SSE_SNAPSHOTS, 3, wrong)))

    assert (result.books_compared, result.books_equal) == (5, 4)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (1, "trade 1"),
        (2, "snapshot row 2 (trades 2, volume 200)"),
        (6, "trade 3"),
        (7, "snapshot row 4 (trades 3, volume 250)"),
        (8, "snapshot row 5 (trades 4, volume 320)"),
    ],
)
def test_a_perturbed_quantity_shows_first_where_it_decides(tmp_path: Path, row: int, where: str) -> None:
    result = outcome(write_sse(tmp_path), perturb_row=row)

    assert result.first_difference is not None
    assert result.first_difference.where == where


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (4, "shows in no trade and no book"),
        (5, "row 5 is a cancel"),
        (10, "row 10 does not exist: the recording has 9 rows"),
    ],
)
def test_a_perturbation_that_shows_nowhere_is_refused(tmp_path: Path, row: int, why: str) -> None:
    with pytest.raises(PerturbRefusedError, match=why):
        outcome(write_sse(tmp_path), perturb_row=row)


def test_a_cancel_that_comes_too_late_after_a_difference_is_no_damage(tmp_path: Path) -> None:
    inbound = (
        "1,9150000,OPEN_CALL,NEW,11,B,10000,100,0",
        "2,9300000,CONT,NEW,12,S,10000,99,1",
        "3,9300100,CONT,CANCEL,11,B,10000,1,0",
    )
    write_sse(tmp_path, inbound=inbound, trades=["1,2,9300000,CONT,11,12,S,10000,99"], snapshots=SSE_SNAPSHOTS[:1])

    assert outcome(tmp_path).is_equal
    perturbed = outcome(tmp_path, perturb_row=2)

    assert perturbed.first_difference is not None
    assert perturbed.first_difference.where == "trade 1"
    assert (perturbed.details["cancels_compared"], perturbed.details["cancels_equal"]) == (1, 0)
    assert perturbed.details["conserved"] is True


@pytest.mark.parametrize(
    ("row", "text", "why"),
    [
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,100", "8 columns, expected 9"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,100,0,0", "10 columns, expected 9"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,ten,100,0", "price_milli is not a whole number: 'ten'"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,NaN,0", "qty is not a whole number: 'NaN'"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,-1,0", "qty is not a whole number: '-1'"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,0,0", "qty is zero"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10011,100,0", "price_milli is not a multiple of the tick"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,9999999999999999999,0", "qty is too large"),
        (3, "3,9150002,OPEN_CALL,NEW,13,X,10010,100,0", "side is unknown: 'X'"),
        (3, "3,9150002,OPEN_CALL,AMEND,13,S,10010,100,0", "action is unknown: 'AMEND'"),
        (3, "3,9150002,CLOSE,NEW,13,S,10010,100,0", "phase is unknown: 'CLOSE'"),
        (3, "3,9990002,OPEN_CALL,NEW,13,S,10010,100,0", "no time of day: 9990002"),
        (3, "3,9150002,OPEN_CALL,NEW,13,S,10010,100,2", "price_is_inferred is unknown: '2'"),
        (3, "4,9150002,OPEN_CALL,NEW,13,S,10010,100,0", "seq is 4, expected 3"),
        (7, "7,9300100,OPEN_CALL,NEW,16,S,10040,70,0", "an OPEN_CALL row follows a CONT row"),
        (9, "9,9300300,CONT,CANCEL,99,B,10040,30,0", "unknown order: order_id=99"),
    ],
)
def test_a_wrong_inbound_row_is_named_with_its_reason(tmp_path: Path, row: int, text: str, why: str) -> None:
    write_sse(tmp_path, inbound=changed(SSE_INBOUND, row, text))

    with pytest.raises(RecordingError, match=why) as caught:
        outcome(tmp_path)

    assert caught.value.row == row
    assert caught.value.path.endswith("inbound.csv")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2,5,9250000,OPEN_MATCH,12,13,N,10020", "8 columns"),
        ("3,5,9250000,OPEN_MATCH,12,13,N,10020,100", "trade_no is 3, expected 2"),
        ("2,5,9250000,OPEN_MATCH,12,13,Q,10020,100", "aggressor is unknown"),
        ("2,5,9250000,OPEN_MATCH,0,13,N,10020,100", "buy_order_id is zero"),
    ],
)
def test_a_wrong_trade_row_is_named_with_its_reason(tmp_path: Path, text: str, why: str) -> None:
    write_sse(tmp_path, trades=changed(SSE_TRADES, 2, text))

    with pytest.raises(RecordingError, match=f"expected_trades.csv: row 2: {why}"):
        outcome(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("10020,100", "10020,x", "column 13 is not a whole number"),
        ("10020,100", "10021,100", "level price is not a multiple"),
        ("10020,100", "10020,0", "a level has a price and no quantity"),
        (",10020,100", "", "49 columns, expected 51"),
    ],
)
def test_a_wrong_snapshot_row_is_named_with_its_reason(tmp_path: Path, old: str, new: str, why: str) -> None:
    snapshots = changed(SSE_SNAPSHOTS, 2, SSE_SNAPSHOTS[1].replace(old, new))
    write_sse(tmp_path, snapshots=snapshots)

    with pytest.raises(RecordingError, match=f"snapshots.csv: row 2: {why}"):
        outcome(tmp_path)
