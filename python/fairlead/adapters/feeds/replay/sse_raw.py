"""The raw log of a Shanghai session: orders (192), trades (191) and snapshots (111) as ``//Name=Value`` lines.

Records are put in order of ``BizIndex``. The feed publishes an aggressive order only after it traded: its trades come
first, then an add (``OrdType`` 65) of what is left, or nothing where it was filled. Each aggressor is rebuilt as the
sum of its consecutive trades plus the residual; without a residual its limit is the price of its last trade, which
gives the same trades. Prices and quantities have three decimals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.adapters.feeds.replay.sse_csv import (
    CONTINUOUS_PHASE,
    DEPTH,
    TICK_MILLI,
    levels_of,
    time_of_day_ns,
)
from fairlead.adapters.feeds.replay.text_rows import lines, positive, ticks, whole
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

LINE_START = "//SecurityIDSource="
RECORDS_MAX = 5_000_000
QTY_SCALE = 1_000
CALL_END_NS = (9 * 3600 + 25 * 60) * 1_000_000_000
"""The opening call ends at 09:25:00; nothing matches between it and 09:30:00, and nothing is recorded either."""

_ORDERS_AND_TRADES = frozenset({"191", "192"})
_SNAPSHOTS = frozenset({"111"})
_SIDES: dict[str, Side] = {"66": "buy", "83": "sell"}
_AGGRESSORS: dict[str, Side | None] = {"66": "buy", "83": "sell", "78": None}


@dataclass(frozen=True, slots=True)
class _Trade:
    row: int
    biz_index: int
    ts_ns: int
    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """An add or a delete; ``is_add`` tells which."""

    row: int
    biz_index: int = 0
    ts_ns: int
    order_id: int
    side: Side
    price_ticks: int
    qty_lots: int
    is_add: bool


class _Pending:
    """The aggressor whose trades are being read."""

    def __init__(self, trade: _Trade, *, side: Side) -> None:
        self.order_id = _aggressor_id(trade.fill)
        self.side = side
        self.row = trade.row
        self.ts_ns = trade.ts_ns
        self.price_ticks = 0
        self.qty_lots = 0

    def take(self, trade: _Trade) -> None:
        fill = trade.fill
        self.row = trade.row
        self.price_ticks = fill.price_ticks
        self.qty_lots += fill.qty_lots


def _aggressor_id(fill: Fill) -> int:
    return fill.buy_order_id if fill.aggressor == "buy" else fill.sell_order_id


def _fields(line: str) -> dict[str, str]:
    if not line.startswith(LINE_START):
        raise ValueError(f"the line does not start with {LINE_START}: {line[:40]!r}")
    pairs = [token.partition("=") for token in line[2:].split()]
    if any(separator != "=" for _, separator, _ in pairs):
        raise ValueError("a field has no value")
    fields = {name: value for name, _, value in pairs}
    if len(fields) != len(pairs):
        raise ValueError("a field comes twice")
    if list(fields)[-1] not in {"BizIndex", "resv"}:
        raise ValueError(f"cut: the line ends after {list(fields)[-1][:40]}")
    return fields


def _records(path: Path, *, kinds: frozenset[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield ``(row, fields)`` of the records whose ``MsgType`` is in ``kinds``; every line is checked."""
    security = None
    for row, line in enumerate(lines(path, first_row=1, ends_with_newline=True), start=1):
        try:
            fields = _fields(line)
            security = security or fields.get("SecurityID")
            if fields.get("SecurityID") != security:
                raise ValueError(f"mixed securities: {fields.get('SecurityID', '')[:40]} after {security}")
            if fields.get("MsgType") not in _ORDERS_AND_TRADES | _SNAPSHOTS:
                raise ValueError(f"MsgType is unknown: {fields.get('MsgType', '')[:40]!r}")
        except ValueError as error:
            raise RecordingError(str(path), row=row, why=str(error)) from None
        if fields["MsgType"] in kinds:
            yield row, fields


def _quantity(text: str, *, name: str) -> int:
    qty = positive(text, name=name)
    if qty % QTY_SCALE:
        raise ValueError(f"{name} is no whole number of shares: {text}")
    return qty // QTY_SCALE


def _parse(row: int, fields: dict[str, str]) -> _Trade | _Order:
    biz_index = whole(fields["BizIndex"], name="BizIndex")
    ts_ns = time_of_day_ns(fields["TransactTime"])
    if fields["MsgType"] == "191":
        if fields["ExecType"] not in _AGGRESSORS:
            raise ValueError(f"ExecType is unknown: {fields['ExecType'][:40]!r}")
        fill = Fill(
            buy_order_id=positive(fields["BidApplSeqNum"], name="BidApplSeqNum"),
            sell_order_id=positive(fields["OfferApplSeqNum"], name="OfferApplSeqNum"),
            price_ticks=ticks(whole(fields["LastPx"], name="LastPx"), step=TICK_MILLI, name="LastPx"),
            qty_lots=_quantity(fields["LastQty"], name="LastQty"),
            aggressor=_AGGRESSORS[fields["ExecType"]],
        )
        return _Trade(row, biz_index, ts_ns, fill)
    if fields["OrdType"] not in {"65", "68"}:
        raise ValueError(f"OrdType is unknown: {fields['OrdType'][:40]!r}")
    if fields["Side"] not in _SIDES:
        raise ValueError(f"Side is unknown: {fields['Side'][:40]!r}")
    return _Order(
        row=row,
        biz_index=biz_index,
        ts_ns=ts_ns,
        order_id=positive(fields["OrderNo"], name="OrderNo"),
        side=_SIDES[fields["Side"]],
        price_ticks=ticks(whole(fields["Price"], name="Price"), step=TICK_MILLI, name="Price"),
        qty_lots=_quantity(fields["OrderQty"], name="OrderQty"),
        is_add=fields["OrdType"] == "65",
    )


def _sorted_records(path: Path) -> list[_Trade | _Order]:
    """Return trades and orders by ``BizIndex``.

    Raises:
        RecordingError: names file, row and reason.
    """
    records: list[_Trade | _Order] = []
    rows: dict[int, int] = {}
    for row, fields in _records(path, kinds=_ORDERS_AND_TRADES):
        try:
            record = _parse(row, fields)
            if record.biz_index in rows:
                raise ValueError(f"BizIndex {record.biz_index} is also that of row {rows[record.biz_index]}")
            if len(records) == RECORDS_MAX:
                raise ValueError(f"more than {RECORDS_MAX} records")
        except KeyError as error:
            raise RecordingError(str(path), row=row, why=f"field {error} is missing") from None
        except ValueError as error:
            raise RecordingError(str(path), row=row, why=str(error)) from None
        rows[record.biz_index] = row
        records.append(record)
    records.sort(key=lambda record: record.biz_index)
    return records


def read_inbound(path: Path) -> Iterator[Inbound]:
    """Yield the commands that gave the log, aggressors rebuilt, rows numbered in exchange order.

    Raises:
        RecordingError: names file, row and reason.
    """
    is_open = False
    for row, command in enumerate(_rebuild(_sorted_records(path)), start=1):
        if command.ts_ns >= CALL_END_NS and not is_open:
            is_open = True
            yield OpenMarket(ts_ns=command.ts_ns)
        yield _numbered(command, row=row)


def _rebuild(records: list[_Trade | _Order]) -> Iterator[_Order]:
    pending: _Pending | None = None
    for record in records:
        if isinstance(record, _Trade):
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


def _filled_order(pending: _Pending) -> _Order:
    return _Order(
        row=pending.row,
        ts_ns=pending.ts_ns,
        order_id=pending.order_id,
        side=pending.side,
        price_ticks=pending.price_ticks,
        qty_lots=pending.qty_lots,
        is_add=True,
    )


def _partly_filled_order(pending: _Pending, *, residual: _Order) -> _Order:
    return replace(residual, ts_ns=pending.ts_ns, qty_lots=pending.qty_lots + residual.qty_lots)


def _numbered(order: _Order, *, row: int) -> NewLimit | CancelOrder:
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
    for record in _sorted_records(path):
        if isinstance(record, _Trade):
            yield record.fill


def read_snapshots(path: Path) -> Iterator[ExpectedSnapshot]:
    """Yield the snapshots of continuous trading in file order.

    Raises:
        RecordingError: names file, row and reason.
    """
    for row, fields in _records(path, kinds=_SNAPSHOTS):
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
