"""Small recordings of every format, made by hand; the numbers in them were worked out on paper.

The Shanghai session: the call crosses 200 at 10.02 (buy surplus 100, so the highest of 10.01 and 10.02), order 12 keeps
100 and is hit for 50; order 17 takes 70 at 10.04, rests with 30 and is cancelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairlead.adapters.feeds.replay import bitstamp, mbo, sse_csv

SSE_INBOUND = (
    "1,9150000,OPEN_CALL,NEW,11,S,10000,100,0",
    "2,9150001,OPEN_CALL,NEW,12,B,10020,300,0",
    "3,9150002,OPEN_CALL,NEW,13,S,10010,100,0",
    "4,9150003,OPEN_CALL,NEW,14,S,10050,200,0",
    "5,9160000,OPEN_CALL,CANCEL,14,S,10050,200,0",
    "6,9300000,CONT,NEW,15,S,10020,50,1",
    "7,9300100,CONT,NEW,16,S,10040,70,0",
    "8,9300200,CONT,NEW,17,B,10040,100,0",
    "9,9300300,CONT,CANCEL,17,B,10040,30,0",
)
SSE_TRADES = (
    "1,5,9250000,OPEN_MATCH,12,11,N,10020,100",
    "2,5,9250000,OPEN_MATCH,12,13,N,10020,100",
    "3,6,9300000,CONT,12,15,S,10020,50",
    "4,8,9300200,CONT,17,16,B,10040,70",
)


def snapshot_row(
    *, phase: int, trades: int, volume: int, bids: Sequence[tuple[int, int]], asks: Sequence[tuple[int, int]]
) -> str:
    """Return one row of ``snapshots.csv``; absent levels are zeros."""
    numbers = [93000, phase, trades, volume, 0, 0, 0, 0, 0, 0, 0]
    for levels in (bids, asks):
        padded = [*levels, *[(0, 0)] * (sse_csv.DEPTH - len(levels))]
        numbers += [number for level in padded for number in level]
    return ",".join(map(str, numbers))


SSE_SNAPSHOTS = (
    snapshot_row(phase=1, trades=0, volume=0, bids=[(10020, 200)], asks=[(10020, 200)]),
    snapshot_row(phase=2, trades=2, volume=200, bids=[(10020, 100)], asks=[]),
    snapshot_row(phase=2, trades=3, volume=250, bids=[(10020, 50)], asks=[]),
    snapshot_row(phase=2, trades=3, volume=250, bids=[(10020, 50)], asks=[(10040, 70)]),
    snapshot_row(phase=2, trades=4, volume=320, bids=[(10040, 30), (10020, 50)], asks=[]),
    snapshot_row(phase=2, trades=4, volume=320, bids=[(10020, 50)], asks=[]),
)


def write_rows(path: Path, header: str | None, rows: Sequence[str]) -> Path:
    """Write rows, each with its end of line."""
    lines = [*([] if header is None else [header]), *rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    return path


def write_sse(
    folder: Path,
    *,
    inbound: Sequence[str] = SSE_INBOUND,
    trades: Sequence[str] = SSE_TRADES,
    snapshots: Sequence[str] = SSE_SNAPSHOTS,
) -> Path:
    """Write the three files of the Shanghai session and return the folder."""
    write_rows(folder / "inbound.csv", sse_csv.INBOUND_HEADER, inbound)
    write_rows(folder / "expected_trades.csv", sse_csv.TRADES_HEADER, trades)
    write_rows(folder / "snapshots.csv", sse_csv.SNAPSHOTS_HEADER, snapshots)
    return folder


def raw_order(*, biz: int, time: int, order_id: int, side: str, price: int, qty: int, is_add: bool) -> str:
    """Return one order line of the raw log; ``side`` is B or S, ``qty`` in shares."""
    return (
        f"//SecurityIDSource=101 MsgType=192 MsgLen=64 SecurityID=1    OrderNo={order_id} Price={price} "
        f"OrderQty={qty * 1000} OrdType={65 if is_add else 68} Side={66 if side == 'B' else 83} "
        f"TransactTime={time} resv=      BizIndex={biz}     "
    )


def raw_trade(*, biz: int, time: int, buy: int, sell: int, price: int, qty: int, kind: int) -> str:
    """Return one trade line of the raw log; ``kind`` is 66, 83 or 78."""
    return (
        f"//SecurityIDSource=101 MsgType=191 MsgLen=72 SecurityID=1    BidApplSeqNum={buy} OfferApplSeqNum={sell} "
        f"LastPx={price} LastQty={qty * 1000} ExecType={kind} TransactTime={time} resv=   BizIndex={biz}   "
    )


def raw_snapshot(row: str) -> str:
    """Return the snapshot line that says what a row of ``snapshots.csv`` says."""
    numbers = [int(text) for text in row.split(",")]
    names = [
        (f"{side}Level[{at}].Price", f"{side}Level[{at}].Qty") for side in ("Bid", "Ask") for at in range(sse_csv.DEPTH)
    ]
    levels = zip(names, numbers[11::2], numbers[12::2], strict=True)
    fields = " ".join(f"{price}={px} {qty}={lots * 1000}   " for (price, qty), px, lots in levels)
    return (
        f"//SecurityIDSource=101 MsgType=111 MsgLen=336 SecurityID=1 TradingPhase={numbers[1]} NumTrades={numbers[2]} "
        f"TotalVolumeTrade={numbers[3] * 1000} {fields} TradingPhaseCodePack=69 resv=     "
    )


# The same session as SSE_INBOUND, out of order in the file; 15 is never published, 17 only with what is left of it.
SSE_RAW = (
    raw_order(biz=102, time=9150001, order_id=12, side="B", price=10020, qty=300, is_add=True),
    raw_order(biz=101, time=9150000, order_id=11, side="S", price=10000, qty=100, is_add=True),
    raw_order(biz=103, time=9150002, order_id=13, side="S", price=10010, qty=100, is_add=True),
    raw_order(biz=104, time=9150003, order_id=14, side="S", price=10050, qty=200, is_add=True),
    raw_order(biz=105, time=9160000, order_id=14, side="S", price=10050, qty=200, is_add=False),
    raw_trade(biz=106, time=9250000, buy=12, sell=11, price=10020, qty=100, kind=78),
    raw_trade(biz=107, time=9250000, buy=12, sell=13, price=10020, qty=100, kind=78),
    raw_order(biz=109, time=9300100, order_id=16, side="S", price=10040, qty=70, is_add=True),
    raw_trade(biz=108, time=9300000, buy=12, sell=15, price=10020, qty=50, kind=83),
    raw_order(biz=111, time=9300200, order_id=17, side="B", price=10040, qty=30, is_add=True),
    raw_trade(biz=110, time=9300200, buy=17, sell=16, price=10040, qty=70, kind=66),
    raw_order(biz=112, time=9300300, order_id=17, side="B", price=10040, qty=30, is_add=False),
    *(raw_snapshot(row) for row in SSE_SNAPSHOTS),
)


def mbo_row(*, action: str, side: str, price: str, size: int, order_id: int, sequence: int, symbol: str = "ABC") -> str:
    """Return one MBO row; times and flags play no part."""
    return (
        f"2025-01-02T10:00:00.000000001Z,2025-01-02T10:00:00.000000001Z,160,2,1,{action},{side},{price},{size},0,"
        f"{order_id},130,0,{sequence},{symbol}"
    )


def mbp_row(
    *,
    number: int,
    action: str,
    side: str,
    price: str,
    size: int,
    order_id: int,
    sequence: int,
    bids: Sequence[tuple[str, int, int]] = (),
    asks: Sequence[tuple[str, int, int]] = (),
) -> str:
    """Return one answer row; absent levels have no price and zero size and count."""
    levels: list[str] = []
    for at in range(mbo.DEPTH):
        for side_levels in (bids, asks):
            price_text, qty, count = side_levels[at] if at < len(side_levels) else ("", 0, 0)
            levels.append(f"{price_text},{qty},{count}")
    time = "2025-01-02T10:00:00.000000001Z"
    return (
        f"{number},{time},{time},10,2,1,{action},{side},0,{price},{size},130,0,{sequence},"
        f"{','.join(levels)},ABC,{order_id}"
    )


# Two orders at one price, one partly filled by a trade that stands in for its C, a print off the book, an F row.
MBO_ROWS = (
    mbo_row(action="R", side="N", price="", size=0, order_id=0, sequence=0),
    mbo_row(action="A", side="B", price="10.000000000", size=5, order_id=1, sequence=1),
    mbo_row(action="A", side="B", price="10.000000000", size=7, order_id=2, sequence=2),
    mbo_row(action="A", side="A", price="10.005000000", size=9, order_id=3, sequence=3),
    mbo_row(action="T", side="N", price="10.001000000", size=4, order_id=0, sequence=4),
    mbo_row(action="T", side="B", price="10.005000000", size=4, order_id=0, sequence=5),
    mbo_row(action="F", side="A", price="10.005000000", size=4, order_id=3, sequence=5),
    mbo_row(action="C", side="A", price="10.005000000", size=4, order_id=3, sequence=5),
    mbo_row(action="C", side="B", price="10.000000000", size=5, order_id=1, sequence=6),
)
MBP_ROWS = (
    mbp_row(number=0, action="R", side="N", price="", size=0, order_id=0, sequence=0),
    mbp_row(number=1, action="A", side="B", price="10.0", size=5, order_id=1, sequence=1, bids=[("10.0", 5, 1)]),
    mbp_row(number=2, action="A", side="B", price="10.0", size=7, order_id=2, sequence=2, bids=[("10.0", 12, 2)]),
    mbp_row(
        number=3,
        action="A",
        side="A",
        price="10.005",
        size=9,
        order_id=3,
        sequence=3,
        bids=[("10.0", 12, 2)],
        asks=[("10.005", 9, 1)],
    ),
    mbp_row(
        number=4,
        action="T",
        side="N",
        price="10.001",
        size=4,
        order_id=0,
        sequence=4,
        bids=[("10.0", 12, 2)],
        asks=[("10.005", 9, 1)],
    ),
    mbp_row(
        number=5,
        action="T",
        side="A",
        price="10.005",
        size=4,
        order_id=0,
        sequence=5,
        bids=[("10.0", 12, 2)],
        asks=[("10.005", 5, 1)],
    ),
    mbp_row(
        number=6,
        action="C",
        side="B",
        price="10.0",
        size=5,
        order_id=1,
        sequence=6,
        bids=[("10.0", 7, 1)],
        asks=[("10.005", 5, 1)],
    ),
)


def write_mbo(folder: Path, *, rows: Sequence[str] = MBO_ROWS, answers: Sequence[str] = MBP_ROWS) -> Path:
    """Write the MBO file and its answers and return the folder."""
    write_rows(folder / "mbo.csv", mbo.MBO_HEADER, rows)
    write_rows(folder / "mbp.csv", mbo.MBP_HEADER, answers)
    return folder


def lobster_levels(*, bids: Sequence[tuple[int, int]], asks: Sequence[tuple[int, int]]) -> str:
    """Return one orderbook row from levels in cents; absent levels carry LOBSTER's dummies."""
    fields: list[str] = []
    for at in range(10):
        ask = f"{asks[at][0] * 100},{asks[at][1]}" if at < len(asks) else "9999999999,0"
        bid = f"{bids[at][0] * 100},{bids[at][1]}" if at < len(bids) else "-9999999999,0"
        fields += [ask, bid]
    return ",".join(fields)


LOBSTER_BIDS = tuple((1000 - at, 10) for at in range(10))
LOBSTER_ASKS = tuple((1001 + at, 20) for at in range(10))
# Message 1 is in row 1 already. 2 adds to a level with unnamed orders. 3 takes unnamed shares. 4 empties the best ask,
# so a tenth comes from nowhere. 5 is hidden. 6 adds a best ask, which pushes that tenth out of sight. 8 takes the best
# ask away again, and the tenth comes back with another quantity.
LOBSTER_MESSAGES = (
    "34200.000000001,1,501,4,100000,1",
    "34200.000000002,1,502,5,99900,1",
    "34200.1,4,77,3,99800,1",
    "34200.2,3,88,20,100100,-1",
    "34200.3,5,0,9,100050,-1",
    "34200.4,1,503,6,100100,-1",
    "34200.5,2,502,1,99900,1",
    "34200.6,3,503,6,100100,-1",
)
_BIDS_2 = ((1000, 10), (999, 15), *LOBSTER_BIDS[2:])
_BIDS_3 = ((1000, 10), (999, 15), (998, 7), *LOBSTER_BIDS[3:])
_BIDS_7 = ((1000, 10), (999, 14), (998, 7), *LOBSTER_BIDS[3:])
_ASKS_4 = (*LOBSTER_ASKS[1:], (1050, 33))
_ASKS_6 = ((1001, 6), *LOBSTER_ASKS[1:])
_ASKS_8 = (*LOBSTER_ASKS[1:], (1050, 44))
LOBSTER_BOOKS = (
    lobster_levels(bids=LOBSTER_BIDS, asks=LOBSTER_ASKS),
    lobster_levels(bids=_BIDS_2, asks=LOBSTER_ASKS),
    lobster_levels(bids=_BIDS_3, asks=LOBSTER_ASKS),
    lobster_levels(bids=_BIDS_3, asks=_ASKS_4),
    lobster_levels(bids=_BIDS_3, asks=_ASKS_4),
    lobster_levels(bids=_BIDS_3, asks=_ASKS_6),
    lobster_levels(bids=_BIDS_7, asks=_ASKS_6),
    lobster_levels(bids=_BIDS_7, asks=_ASKS_8),
)


def write_lobster(
    folder: Path, *, messages: Sequence[str] = LOBSTER_MESSAGES, books: Sequence[str] = LOBSTER_BOOKS
) -> Path:
    """Write the message and the orderbook file and return the folder."""
    write_rows(folder / "ABC_2020-01-02_message_10.csv", None, messages)
    write_rows(folder / "ABC_2020-01-02_orderbook_10.csv", None, books)
    return folder


# 1 is filled in two parts, 2 cancelled with what it had, 3 only moves, 4 is deleted before it is created, 9 is unknown.
BITSTAMP_ROWS = (
    "1,1000,1000,10.00,500,created,bid",
    "2,1001,1000,10.05,300,created,ask",
    "1,1002,1000,10.00,200,changed,bid",
    "3,1003,1000,9.90,100,created,bid",
    "3,1004,1000,9.95,100,changed,bid",
    "9,1005,1000,9.00,40,changed,bid",
    "4,1006,1000,9.00,60,deleted,ask",
    "4,1007,1000,9.00,60,created,ask",
    "1,1008,1000,10.00,0,deleted,bid",
    "2,1009,1000,10.05,300,deleted,ask",
)


def write_bitstamp(folder: Path, *, rows: Sequence[str] = BITSTAMP_ROWS) -> Path:
    """Write the order events and return the folder."""
    write_rows(folder / "orders.csv", bitstamp.HEADER, rows)
    return folder


def changed(rows: Sequence[str], row: int, text: str) -> tuple[str, ...]:
    """Return the rows with row ``row`` (1-based) replaced."""
    return (*rows[: row - 1], text, *rows[row:])
