"""The lines of a Shanghai raw log: orders (192), trades (191) and snapshots (111) as ``//Name=Value`` fields.

Prices and quantities have three decimals; records are put in order of ``BizIndex``, which file order is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fairlead.adapters.feeds.replay.sse_csv import TICK_MILLI, time_of_day_ns
from fairlead.adapters.feeds.replay.text_rows import lines, positive, ticks, whole
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import Fill, Side

LINE_START = "//SecurityIDSource="
RECORDS_MAX = 5_000_000
QTY_SCALE = 1_000

_ORDERS_AND_TRADES = frozenset({"191", "192"})
SNAPSHOTS = frozenset({"111"})
_SIDES: dict[str, Side] = {"66": "buy", "83": "sell"}
_AGGRESSORS: dict[str, Side | None] = {"66": "buy", "83": "sell", "78": None}


@dataclass(frozen=True, slots=True)
class RawTrade:
    """A trade; ``row`` is its line."""

    row: int
    biz_index: int
    ts_ns: int
    fill: Fill


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOrder:
    """An add or a delete; ``is_add`` tells which, ``row`` is its line."""

    row: int
    biz_index: int = 0
    ts_ns: int
    order_id: int
    side: Side
    price_ticks: int
    qty_lots: int
    is_add: bool


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


def records(path: Path, *, kinds: frozenset[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield ``(row, fields)`` of the records whose ``MsgType`` is in ``kinds``; every line is checked."""
    security = None
    for row, line in enumerate(lines(path, first_row=1, ends_with_newline=True), start=1):
        try:
            fields = _fields(line)
            security = security or fields.get("SecurityID")
            if fields.get("SecurityID") != security:
                raise ValueError(f"mixed securities: {fields.get('SecurityID', '')[:40]} after {security}")
            if fields.get("MsgType") not in _ORDERS_AND_TRADES | SNAPSHOTS:
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


def _parse(row: int, fields: dict[str, str]) -> RawTrade | RawOrder:
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
        return RawTrade(row, biz_index, ts_ns, fill)
    if fields["OrdType"] not in {"65", "68"}:
        raise ValueError(f"OrdType is unknown: {fields['OrdType'][:40]!r}")
    if fields["Side"] not in _SIDES:
        raise ValueError(f"Side is unknown: {fields['Side'][:40]!r}")
    return RawOrder(
        row=row,
        biz_index=biz_index,
        ts_ns=ts_ns,
        order_id=positive(fields["OrderNo"], name="OrderNo"),
        side=_SIDES[fields["Side"]],
        price_ticks=ticks(whole(fields["Price"], name="Price"), step=TICK_MILLI, name="Price"),
        qty_lots=_quantity(fields["OrderQty"], name="OrderQty"),
        is_add=fields["OrdType"] == "65",
    )


def orders_and_trades(path: Path) -> list[RawTrade | RawOrder]:
    """Return trades and orders by ``BizIndex``.

    Raises:
        RecordingError: names file, row and reason.
    """
    found: list[RawTrade | RawOrder] = []
    rows: dict[int, int] = {}
    for row, fields in records(path, kinds=_ORDERS_AND_TRADES):
        try:
            record = _parse(row, fields)
            if record.biz_index in rows:
                raise ValueError(f"BizIndex {record.biz_index} is also that of row {rows[record.biz_index]}")
            if len(found) == RECORDS_MAX:
                raise ValueError(f"more than {RECORDS_MAX} records")
        except KeyError as error:
            raise RecordingError(str(path), row=row, why=f"field {error} is missing") from None
        except ValueError as error:
            raise RecordingError(str(path), row=row, why=str(error)) from None
        rows[record.biz_index] = row
        found.append(record)
    found.sort(key=lambda record: record.biz_index)
    return found
