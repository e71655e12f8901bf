"""The engine-neutral CSV of a Shanghai session: inbound orders, expected trades, ten-level snapshots.

``inbound.csv`` is one command per row in exchange order: ``NEW`` is a limit order that stays (no other kind exists;
rows with ``price_is_inferred`` are aggressors that were filled at once), ``CANCEL`` names an order and states what it
still had. Rows of phase ``OPEN_CALL`` come first; the uncross happens before the first ``CONT`` row.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fairlead.adapters.feeds.replay.text_rows import parsed_rows, positive, ticks, whole
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import (
    CancelOrder,
    ExpectedSnapshot,
    Fill,
    Grid,
    Inbound,
    Level,
    NewLimit,
    OpenMarket,
    Side,
)

INBOUND_HEADER = "seq,time_hhmmsscc,phase,action,order_id,side,price_milli,qty,price_is_inferred"
TRADES_HEADER = "trade_no,after_seq,time_hhmmsscc,phase,buy_order_id,sell_order_id,aggressor,price_milli,qty"
DEPTH = 10
SNAPSHOTS_HEADER = (
    "time_hhmmss,trading_phase,num_trades,volume,turnover_1e5,last,open,high,low,tot_bid_qty,tot_ask_qty,"
    + ",".join(f"{side}{n}_px,{side}{n}_qty" for side in "ba" for n in range(1, DEPTH + 1))
)
TICK_MILLI = 10
"""The exchange's tick is 0.01 yuan; the files count thousandths."""
CONTINUOUS_PHASE = 2

_SIDES: dict[str, Side] = {"B": "buy", "S": "sell"}
_AGGRESSORS: dict[str, Side | None] = {"B": "buy", "S": "sell", "N": None}


def grid(symbol: str) -> Grid:
    """Return the exchange's grid: 0.01 yuan, single shares (odd lots rest after fills)."""
    return Grid(symbol=symbol, quote="CNY", tick_size="0.01", lot_size="1")


def time_of_day_ns(text: str) -> int:
    """Return ``HMMSScc`` or ``HHMMSScc`` as nanoseconds since midnight.

    Raises:
        ValueError: it is no time of day.
    """
    number = whole(text, name="time_hhmmsscc")
    clock, hundredths = divmod(number, 100)
    hours, minutes, seconds = clock // 10_000, clock // 100 % 100, clock % 100
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"time_hhmmsscc is no time of day: {text}")
    return ((hours * 3600 + minutes * 60 + seconds) * 100 + hundredths) * 10_000_000


def read_inbound(path: Path) -> Iterator[Inbound]:
    """Yield the commands of ``inbound.csv``, the opening of the market included.

    Raises:
        RecordingError: names file, row and reason.
    """
    is_open = False
    rows = parsed_rows(path, header=INBOUND_HEADER, columns=9, parse=_parse_inbound)
    for command, phase in rows:
        if is_open and phase == "OPEN_CALL":
            raise RecordingError(str(path), row=command.row, why="an OPEN_CALL row follows a CONT row")
        if phase == "CONT" and not is_open:
            is_open = True
            yield OpenMarket(ts_ns=command.ts_ns)
        yield command


def _parse_inbound(row: int, fields: list[str]) -> tuple[NewLimit | CancelOrder, str]:
    seq, time, phase, action, order_id, side, price, qty, inferred = fields
    if whole(seq, name="seq") != row:
        raise ValueError(f"seq is {seq}, expected {row}: rows are missing or out of order")
    if phase not in {"OPEN_CALL", "CONT"}:
        raise ValueError(f"phase is unknown: {phase[:40]!r}")
    if side not in _SIDES:
        raise ValueError(f"side is unknown: {side[:40]!r}")
    if inferred not in {"0", "1"}:
        raise ValueError(f"price_is_inferred is unknown: {inferred[:40]!r}")
    ts_ns = time_of_day_ns(time)
    id_number = positive(order_id, name="order_id")
    price_ticks = ticks(whole(price, name="price_milli"), step=TICK_MILLI, name="price_milli")
    qty_lots = positive(qty, name="qty")
    if action == "CANCEL":
        cancel = CancelOrder(row=row, ts_ns=ts_ns, order_id=id_number, side=_SIDES[side], leaves_qty=qty_lots)
        return cancel, phase
    if action != "NEW":
        raise ValueError(f"action is unknown: {action[:40]!r}")
    order = NewLimit(
        row=row, ts_ns=ts_ns, order_id=id_number, side=_SIDES[side], price_ticks=price_ticks, order_qty=qty_lots
    )
    return order, phase


def read_trades(path: Path) -> Iterator[Fill]:
    """Yield the printed trades of ``expected_trades.csv``.

    Raises:
        RecordingError: names file, row and reason.
    """
    return parsed_rows(path, header=TRADES_HEADER, columns=9, parse=_parse_trade)


def _parse_trade(row: int, fields: list[str]) -> Fill:
    if whole(fields[0], name="trade_no") != row:
        raise ValueError(f"trade_no is {fields[0]}, expected {row}: rows are missing or out of order")
    if fields[6] not in _AGGRESSORS:
        raise ValueError(f"aggressor is unknown: {fields[6][:40]!r}")
    return Fill(
        buy_order_id=positive(fields[4], name="buy_order_id"),
        sell_order_id=positive(fields[5], name="sell_order_id"),
        price_ticks=ticks(whole(fields[7], name="price_milli"), step=TICK_MILLI, name="price_milli"),
        qty_lots=positive(fields[8], name="qty"),
        aggressor=_AGGRESSORS[fields[6]],
    )


def read_snapshots(path: Path) -> Iterator[ExpectedSnapshot]:
    """Yield the snapshots of continuous trading (``trading_phase`` 2) of ``snapshots.csv``.

    Raises:
        RecordingError: names file, row and reason.
    """
    columns = 11 + 4 * DEPTH
    for snapshot, phase in parsed_rows(path, header=SNAPSHOTS_HEADER, columns=columns, parse=_parse_snapshot):
        if phase == CONTINUOUS_PHASE:
            yield snapshot


def _parse_snapshot(row: int, fields: list[str]) -> tuple[ExpectedSnapshot, int]:
    numbers = [whole(text, name=f"column {at}") for at, text in enumerate(fields, start=1)]
    phase = numbers[1]
    is_compared = phase == CONTINUOUS_PHASE
    snapshot = ExpectedSnapshot(
        row=row,
        trades=numbers[2],
        volume_lots=numbers[3],
        bids=levels_of(numbers[11 : 11 + 2 * DEPTH]) if is_compared else (),
        asks=levels_of(numbers[11 + 2 * DEPTH :]) if is_compared else (),
    )
    return snapshot, phase


def levels_of(numbers: list[int]) -> tuple[Level, ...]:
    """Return ``price, qty, price, qty, ...`` in thousandths and shares as levels; zero pairs are absent levels.

    Raises:
        ValueError: a price is off the grid, or a level has only one of price and quantity.
    """
    pairs = [(price, qty) for price, qty in zip(numbers[::2], numbers[1::2], strict=True) if price or qty]
    if any(qty == 0 for _, qty in pairs):
        raise ValueError("a level has a price and no quantity")
    return tuple((ticks(price, step=TICK_MILLI, name="level price"), qty) for price, qty in pairs)
