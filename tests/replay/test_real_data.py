"""The recordings of real markets, through the real core. The counts are those of the recordings' description."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.adapters.feeds.replay import sse_csv, sse_raw
from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.errors import PerturbRefusedError
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.services.replay import replay
from fairlead.services.replay_core import real_core


def _replayed(path: Path, *, perturb_row: int | None = None) -> ReplayResult:
    return replay(open_recording(path), core=real_core(), perturb_row=perturb_row)


def test_the_exchange_reproduces_the_shanghai_morning_trade_for_trade(market_data: Path) -> None:
    result = _replayed(market_data / "sse_600519")

    assert result.is_equal
    assert (result.commands, result.trades_expected, result.trades_equal) == (37411, 11537, 11537)
    assert (result.books_compared, result.books_equal) == (2421, 2421)
    assert result.details["auction_trades"] == 334
    assert result.details["cancels_equal"] == result.details["cancels_compared"]
    assert (result.details["conserved"], result.details["batch_state_equal"]) == (True, True)


def test_the_raw_log_ends_in_the_state_of_the_csv_and_so_does_a_second_run(market_data: Path) -> None:
    from_csv = _replayed(market_data / "sse_600519")
    again = _replayed(market_data / "sse_600519")
    from_log = _replayed(market_data / "sse_600519" / "raw_AM.log.xz")

    assert from_log.is_equal
    assert (from_log.trades_equal, from_log.books_equal) == (11537, 2421)
    assert from_csv.state_hash == again.state_hash == from_log.state_hash


@pytest.mark.parametrize(("row", "trade"), [(1487, 336), (1489, 338)])
def test_a_perturbed_order_shows_at_the_first_trade_its_quantity_decides(
    market_data: Path, row: int, trade: int
) -> None:
    """Row 1487 sells 200: 82 go to trade 335, which the buyer limits, and what is left decides trade 336.

    Row 1489 buys 400 from three orders; the last of them, trade 338, is not used up by it.
    """
    result = _replayed(market_data / "sse_600519", perturb_row=row)

    assert result.first_difference is not None
    assert result.first_difference.where == f"trade {trade}"
    assert result.trades_equal >= trade - 1


def test_a_cancel_row_cannot_be_perturbed(market_data: Path) -> None:
    with pytest.raises(PerturbRefusedError, match="row 398 is a cancel"):
        _replayed(market_data / "sse_600519", perturb_row=398)


def test_nasdaq_orders_give_every_ten_level_row(market_data: Path) -> None:
    result = _replayed(market_data / "arl_xnas")

    assert result.is_equal
    assert (result.commands, result.books_compared, result.books_equal) == (5886, 3928, 3928)
    assert result.details["changes_without_row"] == 0


def test_lobster_messages_give_every_determined_level(market_data: Path) -> None:
    result = _replayed(market_data / "lobster")

    assert result.is_equal
    assert (result.books_compared, result.books_equal) == (998, 998)
    assert result.details["rows_with_level_from_nowhere"] == 318


def test_bitstamp_rows_fold_and_each_decrement_is_placed_or_listed(market_data: Path) -> None:
    result = _replayed(market_data / "bitstamp")

    assert result.is_equal
    assert (result.commands, result.details["decrements"]) == (50414, 602)
    listed = result.details["listed"]
    assert isinstance(listed, list)
    placed = result.details["decrements_placed"]
    assert isinstance(placed, int)
    assert placed + len(listed) == 602
    assert result.details["conserved"] is True


def test_the_raw_log_rebuilds_the_inbound_orders_and_trades_of_the_csv(market_data: Path) -> None:
    folder = market_data / "sse_600519"
    log = folder / "raw_AM.log.xz"

    assert list(sse_raw.read_inbound(log)) == list(sse_csv.read_inbound(folder / "inbound.csv.xz"))
    assert list(sse_raw.read_trades(log)) == list(sse_csv.read_trades(folder / "expected_trades.csv.xz"))
