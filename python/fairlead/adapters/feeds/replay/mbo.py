"""Order-level MBO rows in the Databento schema, and the ten-level MBP rows they must give.

Only ``A`` (add), ``C`` (cancel, also of what was filled) and ``R`` (clear) change the book; ``T`` and ``F`` do not.
An answer row names its event by action, sequence, order id, price and size. A ``T`` row without a side shows the
untouched book. A ``T`` row with a side stands in for the ``C`` of the fill that follows with the same sequence, which
has no row of its own, so that ``C`` carries the key of the ``T``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fairlead.adapters.feeds.replay.text_rows import parsed_rows, positive, scaled, ticks, whole
from fairlead.adapters.feeds.replay.timestamps import iso_ns
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import (
    CountedLevel,
    ExpectedRow,
    FoldStep,
    Grid,
    L3Add,
    L3Change,
    L3Clear,
    L3Reduce,
    Side,
)

DEPTH = 10
MBO_HEADER = (
    "ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,price,size,channel_id,order_id,flags,"
    "ts_in_delta,sequence,symbol"
)
_LEVEL_COLUMNS = ",".join(
    f"{side}_px_{at:02},{side}_sz_{at:02},{side}_ct_{at:02}" for at in range(DEPTH) for side in ("bid", "ask")
)
MBP_HEADER = (
    ",ts_recv,ts_event,rtype,publisher_id,instrument_id,action,side,depth,price,size,flags,ts_in_delta,sequence,"
    f"{_LEVEL_COLUMNS},symbol,order_id"
)
PRICE_PLACES = 9
TICK_NANOS = 5_000_000
"""Half a cent: trades and some quotes lie between cents."""

_SIDES: dict[str, Side] = {"B": "buy", "A": "sell"}
_FIRST_LEVEL = 14


def grid(symbol: str) -> Grid:
    """Return the grid of the recording: half cents, single shares."""
    return Grid(symbol=symbol, quote="USD", tick_size="0.005", lot_size="1")


def _nanos(text: str) -> int:
    return scaled(text, name="price", places=PRICE_PLACES)


def _price_ticks(text: str) -> int:
    return ticks(_nanos(text), step=TICK_NANOS, name="price (in 1e-9)")


def _key(action: str, sequence: str, order_id: str, price: str, size: str) -> str:
    price_text = price if price == "" else str(_nanos(price))
    return (
        f"{action} sequence={whole(sequence, name='sequence')} order_id={whole(order_id, name='order_id')} "
        f"price_nanos={price_text} size={whole(size, name='size')}"
    )


def read_steps(path: Path) -> Iterator[FoldStep]:
    """Yield one step per MBO row.

    Raises:
        RecordingError: names file, row and reason.
    """
    print_key: str | None = None
    print_sequence = ""
    symbol = ""
    for row, fields, step in parsed_rows(path, header=MBO_HEADER, columns=15, parse=_parse_step):
        symbol = symbol or fields[14]
        if fields[14] != symbol:
            raise RecordingError(str(path), row=row, why=f"mixed symbols: {fields[14][:40]} after {symbol}")
        if fields[5] == "T" and fields[6] != "N":
            print_key, print_sequence = step.key, fields[13]
            yield replace(step, key=None)
        elif fields[5] == "C" and print_key is not None and fields[13] == print_sequence:
            yield replace(step, key=print_key)
            print_key = None
        else:
            yield step


def _parse_step(row: int, fields: list[str]) -> tuple[int, list[str], FoldStep]:
    action, side, price, size, order_id, sequence = *fields[5:9], fields[10], fields[13]
    if side not in {"A", "B", "N"}:
        raise ValueError(f"side is unknown: {side[:40]!r}")
    key = None if action == "F" else _key(action, sequence, order_id, price, size)
    change = _parse_change(action, side=side, price=price, size=size, order_id=order_id)
    # A print may lie between ticks (midpoint executions); it is only drawn, never compared.
    printed = (_nanos(price) // TICK_NANOS, positive(size, name="size")) if action == "T" else None
    ts_ns = iso_ns(fields[1], name="ts_event")
    return row, fields, FoldStep(row=row, ts_ns=ts_ns, change=change, key=key, printed=printed)


def _parse_change(action: str, *, side: str, price: str, size: str, order_id: str) -> L3Change | None:
    if action == "R":
        return L3Clear()
    if action in {"T", "F"}:
        return None
    if action not in {"A", "C"}:
        raise ValueError(f"action is unknown: {action[:40]!r}")
    if side not in _SIDES:
        raise ValueError(f"action {action} needs a side, found {side!r}")
    id_number = positive(order_id, name="order_id")
    qty_lots = positive(size, name="size")
    price_ticks = _price_ticks(price)
    if action == "A":
        return L3Add(order_id=id_number, side=_SIDES[side], price_ticks=price_ticks, qty_lots=qty_lots)
    return L3Reduce(order_id=id_number, side=_SIDES[side], price_ticks=price_ticks, by_lots=qty_lots)


def read_rows(path: Path) -> Iterator[ExpectedRow]:
    """Yield the answer rows.

    Raises:
        RecordingError: names file, row and reason.
    """
    columns = MBP_HEADER.count(",") + 1
    return parsed_rows(path, header=MBP_HEADER, columns=columns, parse=_parse_row)


def _parse_row(row: int, fields: list[str]) -> ExpectedRow:
    if whole(fields[0], name="row number") != row - 1:
        raise ValueError(f"row number is {fields[0]}, expected {row - 1}: rows are missing or out of order")
    key = _key(fields[6], fields[13], fields[-1], fields[9], fields[10])
    levels = fields[_FIRST_LEVEL : _FIRST_LEVEL + 6 * DEPTH]
    return ExpectedRow(row=row, key=key, bids=_levels(levels, offset=0), asks=_levels(levels, offset=3))


def _levels(fields: list[str], *, offset: int) -> tuple[CountedLevel, ...]:
    found: list[CountedLevel] = []
    for at in range(offset, len(fields), 6):
        price, size, count = fields[at : at + 3]
        if price == "":
            if size != "0" or count != "0":
                raise ValueError(f"a level without price has size {size[:20]} and count {count[:20]}")
            continue
        found.append((_price_ticks(price), positive(size, name="level size"), positive(count, name="level count")))
    return tuple(found)
