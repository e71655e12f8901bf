"""The recordings of real markets, through the real core. The counts are those of the recordings' description."""

from __future__ import annotations

from pathlib import Path

from fairlead.adapters.feeds.replay import sse_csv, sse_raw
from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.services.replay import replay
from fairlead.services.replay_core import real_core


def _replayed(path: Path) -> ReplayResult:
    return replay(open_recording(path), core=real_core())


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
