"""The raw log: the same session as from the CSV, and what a wrong line gets."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import SSE_RAW, changed, raw_order, raw_trade, write_rows, write_sse

from fairlead.adapters.feeds.replay import sse_csv, sse_raw
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import NewLimit


def _write(folder: Path, rows: tuple[str, ...] = SSE_RAW) -> Path:
    return write_rows(folder / "raw_AM.log", None, rows)


def test_the_raw_log_gives_the_same_inbound_orders_as_the_csv(tmp_path: Path) -> None:
    log = _write(tmp_path)
    write_sse(tmp_path)

    from_csv = list(sse_csv.read_inbound(tmp_path / "inbound.csv"))

    assert list(sse_raw.read_inbound(log)) == from_csv


def test_the_raw_log_gives_the_same_answers_as_the_csv(tmp_path: Path) -> None:
    log = _write(tmp_path)
    write_sse(tmp_path)

    from_csv = list(sse_csv.read_snapshots(tmp_path / "snapshots.csv"))

    assert list(sse_raw.read_trades(log)) == list(sse_csv.read_trades(tmp_path / "expected_trades.csv"))
    assert [(one.trades, one.volume_lots, one.bids, one.asks) for one in sse_raw.read_snapshots(log)] == [
        (one.trades, one.volume_lots, one.bids, one.asks) for one in from_csv
    ]


def test_the_raw_log_is_reproduced_with_the_state_hash_of_the_csv(tmp_path: Path) -> None:
    log = _write(tmp_path)
    write_sse(tmp_path)

    result = outcome(log)

    assert result.is_equal
    assert (result.trades_equal, result.books_equal) == (4, 5)
    assert result.state_hash == outcome(tmp_path, market_format="sse_csv").state_hash


def test_an_aggressor_that_sweeps_two_orders_is_one_order(tmp_path: Path) -> None:
    rows = (
        raw_order(biz=1, time=9300000, order_id=5, side="S", price=10000, qty=10, is_add=True),
        raw_order(biz=2, time=9300000, order_id=6, side="S", price=10010, qty=10, is_add=True),
        raw_trade(biz=3, time=9300001, buy=7, sell=5, price=10000, qty=10, kind=66),
        raw_trade(biz=4, time=9300001, buy=7, sell=6, price=10010, qty=4, kind=66),
        raw_trade(biz=5, time=9300002, buy=8, sell=6, price=10010, qty=6, kind=66),
    )

    commands = [command for command in sse_raw.read_inbound(_write(tmp_path, rows)) if isinstance(command, NewLimit)]

    assert [(one.order_id, one.price_ticks, one.order_qty) for one in commands[2:]] == [(7, 1001, 14), (8, 1001, 6)]


def test_a_market_without_an_auction_trade_opens_before_its_first_continuous_order(tmp_path: Path) -> None:
    rows = (
        raw_order(biz=1, time=9200000, order_id=5, side="S", price=10000, qty=10, is_add=True),
        raw_order(biz=2, time=9300000, order_id=6, side="S", price=10010, qty=10, is_add=True),
    )

    kinds = [type(command).__name__ for command in sse_raw.read_inbound(_write(tmp_path, rows))]

    assert kinds == ["NewLimit", "OpenMarket", "NewLimit"]


@pytest.mark.parametrize(
    ("row", "old", "new", "why"),
    [
        (3, "//Security", "Security", "does not start with"),
        (3, "MsgType=192", "MsgType=193", "MsgType is unknown: '193'"),
        (3, "MsgType=192 ", "", "MsgType is unknown: ''"),
        (3, "SecurityID=1 ", "SecurityID=2 ", "mixed securities: 2 after 1"),
        (12, "OrderNo=17", "OrderNo=99", "unknown order: order_id=99"),
        (3, "Price=10010 ", "", "field 'Price' is missing"),
        (3, "Price=10010", "Price=1O010", "Price is not a whole number"),
        (3, "Price=10010", "Price=10010 Price=10010", "a field comes twice"),
        (3, "Price=10010", "Price10010", "a field has no value"),
        (3, "OrdType=65", "OrdType=66", "OrdType is unknown"),
        (3, "Side=83", "Side=84", "Side is unknown"),
        (3, "OrderQty=100000", "OrderQty=100001", "no whole number of shares"),
        (3, "BizIndex=103", "BizIndex=101", "BizIndex 101 is also that of row 2"),
        (3, " resv=      BizIndex=103", "", "cut: the line ends after TransactTime"),
        (6, "ExecType=78", "ExecType=79", "ExecType is unknown"),
        (14, "NumTrades=2 ", "", "field 'NumTrades' is missing"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(tmp_path: Path, row: int, old: str, new: str, why: str) -> None:
    assert old in SSE_RAW[row - 1]
    log = _write(tmp_path, changed(SSE_RAW, row, SSE_RAW[row - 1].replace(old, new)))

    with pytest.raises(RecordingError, match=why) as caught:
        outcome(log)

    assert caught.value.row == row
