"""The raw log of a Shanghai session: the inbound orders rebuilt from what the feed published.

The feed publishes an aggressive order only after it traded: its trades come first, then an add (``OrdType`` 65) of what
is left, or nothing where it was filled. Each aggressor is rebuilt as the sum of its consecutive trades plus the
residual; without a residual its limit is the price of its last trade, which gives the same trades.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fairlead.adapters.feeds.replay.sse_csv import CONTINUOUS_PHASE, DEPTH, levels_of
from fairlead.adapters.feeds.replay.sse_log import QTY_SCALE, SNAPSHOTS, RawOrder, RawTrade, orders_and_trades, records
from fairlead.adapters.feeds.replay.text_rows import whole
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import (
    CancelOrder,
    ExpectedSnapshot,
    Fill,
    Inbound,
    NewLimit,
    OpenMarket,
    Side,
)

CALL_END_NS = (9 * 3600 + 25 * 60) * 1_000_000_000
"""The opening call ends at 09:25:00; nothing matches between it and 09:30:00, and nothing is recorded either."""


class _Pending:
    """The aggressor whose trades are being read."""

    def __init__(self, trade: RawTrade, *, side: Side) -> None:
        self.order_id = _aggressor_id(trade.fill)
        self.side = side
        self.row = trade.row
        self.ts_ns = trade.ts_ns
        self.price_ticks = 0
        self.qty_lots = 0

    def take(self, trade: RawTrade) -> None:
        fill = trade.fill
        self.row = trade.row
        self.price_ticks = fill.price_ticks
        self.qty_lots += fill.qty_lots


def _aggressor_id(fill: Fill) -> int:
    return fill.buy_order_id if fill.aggressor == "buy" else fill.sell_order_id


def read_inbound(path: Path) -> Iterator[Inbound]:
    """Yield the commands that gave the log, aggressors rebuilt, rows numbered in exchange order.

    Raises:
        RecordingError: names file, row and reason.
    """
    is_open = False
    for row, command in enumerate(_rebuild(orders_and_trades(path)), start=1):
        if command.ts_ns >= CALL_END_NS and not is_open:
            is_open = True
            yield OpenMarket(ts_ns=command.ts_ns)
        yield _numbered(command, row=row)


def _rebuild(records: list[RawTrade | RawOrder]) -> Iterator[RawOrder]:
    pending: _Pending | None = None
    for record in records:
        if isinstance(record, RawTrade):
            side = record.fill.aggressor
            if side is None:
                continue
            if pending is not None and pending.order_id != _aggressor_id(record.fill):
                yield _filled_order(pending)
                pending = None
            if pending is None:
                pending = _Pending(record, side=side)
            pending.take(record)
        elif pending is not None and record.is_add and record.order_id == pending.order_id:
            yield _partly_filled_order(pending, residual=record)
            pending = None
        else:
            if pending is not None:
                yield _filled_order(pending)
                pending = None
            yield record
    if pending is not None:
        yield _filled_order(pending)


def _filled_order(pending: _Pending) -> RawOrder:
    return RawOrder(
        row=pending.row,
        ts_ns=pending.ts_ns,
        order_id=pending.order_id,
        side=pending.side,
        price_ticks=pending.price_ticks,
        qty_lots=pending.qty_lots,
        is_add=True,
    )


def _partly_filled_order(pending: _Pending, *, residual: RawOrder) -> RawOrder:
    return replace(residual, ts_ns=pending.ts_ns, qty_lots=pending.qty_lots + residual.qty_lots)


def _numbered(order: RawOrder, *, row: int) -> NewLimit | CancelOrder:
    if not order.is_add:
        return CancelOrder(
            row=row,
            ts_ns=order.ts_ns,
            order_id=order.order_id,
            side=order.side,
            leaves_qty=order.qty_lots,
            source_row=order.row,
        )
    return NewLimit(
        row=row,
        ts_ns=order.ts_ns,
        order_id=order.order_id,
        side=order.side,
        price_ticks=order.price_ticks,
        order_qty=order.qty_lots,
        source_row=order.row,
    )


def read_trades(path: Path) -> Iterator[Fill]:
    """Yield the printed trades by ``BizIndex``.

    Raises:
        RecordingError: names file, row and reason.
    """
    for record in orders_and_trades(path):
        if isinstance(record, RawTrade):
            yield record.fill


def read_snapshots(path: Path) -> Iterator[ExpectedSnapshot]:
    """Yield the snapshots of continuous trading in file order.

    Raises:
        RecordingError: names file, row and reason.
    """
    for row, fields in records(path, kinds=SNAPSHOTS):
        try:
            if whole(fields["TradingPhase"], name="TradingPhase") == CONTINUOUS_PHASE:
                yield _parse_snapshot(row, fields)
        except KeyError as error:
            raise RecordingError(str(path), row=row, why=f"field {error} is missing") from None
        except ValueError as error:
            raise RecordingError(str(path), row=row, why=str(error)) from None


def _parse_snapshot(row: int, fields: dict[str, str]) -> ExpectedSnapshot:
    return ExpectedSnapshot(
        row=row,
        trades=whole(fields["NumTrades"], name="NumTrades"),
        volume_lots=whole(fields["TotalVolumeTrade"], name="TotalVolumeTrade") // QTY_SCALE,
        bids=levels_of(_level_numbers(fields, name="BidLevel")),
        asks=levels_of(_level_numbers(fields, name="AskLevel")),
    )


def _level_numbers(fields: dict[str, str], *, name: str) -> list[int]:
    numbers: list[int] = []
    for at in range(DEPTH):
        numbers.append(whole(fields[f"{name}[{at}].Price"], name=f"{name}[{at}].Price"))
        numbers.append(whole(fields[f"{name}[{at}].Qty"], name=f"{name}[{at}].Qty") // QTY_SCALE)
    return numbers
