"""LOBSTER message and orderbook files: events inside the best ten levels, and the ten levels after each.

Prices are dollars times 10,000. Type 1 adds, 2 takes a part, 3 and 4 take what they say from a *resting* order of the
named direction; type 5 executes a hidden order (id 0), 6 is a cross and 7 a halt: none of these changes the visible
book. The book before the first message is in neither file, so the replay starts from orderbook row 1, which is the
book after message 1. The files have no header and the sample no final end of line; a cut shows as unequal row counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, pairwise
from pathlib import Path

from fairlead.adapters.feeds.replay.text_rows import parsed_rows, positive, ticks, whole
from fairlead.adapters.feeds.replay.timestamps import seconds_ns
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.records import (
    ExpectedWindow,
    FoldStep,
    Grid,
    L3Add,
    L3Change,
    L3Reduce,
    Level,
    Side,
    anonymous_id,
)

DEPTH = 10
TICK_UNITS = 100
"""One cent in ten-thousandths of a dollar."""
_NO_ASK = "9999999999"
_NO_BID = "-9999999999"
_SIDES: dict[str, Side] = {"1": "buy", "-1": "sell"}
_INVISIBLE = {"5", "6", "7"}
_EXECUTIONS = {"4", "5"}


def grid(symbol: str) -> Grid:
    """Return the grid of the recording: cents, single shares."""
    return Grid(symbol=symbol, quote="USD", tick_size="0.01", lot_size="1")


def read_steps(message_path: Path) -> Iterator[FoldStep]:
    """Yield one step per message, from message 2 on.

    Raises:
        RecordingError: names file, row and reason; times must not go back.
    """
    before_ns = 0
    for step in parsed_rows(message_path, header=None, columns=6, parse=_parse_step):
        if step.ts_ns < before_ns:
            raise RecordingError(str(message_path), row=step.row, why="time goes back: rows are mixed or out of order")
        before_ns = step.ts_ns
        if step.row > 1:
            yield step


def _parse_step(row: int, fields: list[str]) -> FoldStep:
    ts_ns = seconds_ns(fields[0], name="time")
    change = _parse_change(fields)
    return FoldStep(row=row, ts_ns=ts_ns, change=change, printed=_parse_print(fields))


def _parse_print(fields: list[str]) -> tuple[int, int] | None:
    """Return what an execution printed; a hidden one may lie between ticks, and is only drawn, never compared."""
    if fields[1] not in _EXECUTIONS:
        return None
    return whole(fields[4], name="price") // TICK_UNITS, positive(fields[3], name="size")


def _parse_change(fields: list[str]) -> L3Change | None:
    _, kind, order_id, size, price, direction = fields
    if kind in _INVISIBLE:
        return None
    if kind not in {"1", "2", "3", "4"}:
        raise ValueError(f"type is unknown: {kind[:40]!r}")
    if direction not in _SIDES:
        raise ValueError(f"direction is unknown: {direction[:40]!r}")
    id_number = positive(order_id, name="order id")
    qty_lots = positive(size, name="size")
    price_ticks = _price_ticks(price)
    if kind == "1":
        return L3Add(order_id=id_number, side=_SIDES[direction], price_ticks=price_ticks, qty_lots=qty_lots)
    return L3Reduce(order_id=id_number, side=_SIDES[direction], price_ticks=price_ticks, by_lots=qty_lots)


def _price_ticks(text: str) -> int:
    return ticks(whole(text, name="price"), step=TICK_UNITS, name="price (in 1e-4)")


def read_seed(message_path: Path, *, book_path: Path) -> Iterator[L3Add]:
    """Yield the book after message 1 as adds, best level first on each side.

    Raises:
        RecordingError: names file, row and reason.
    """
    first = next(parsed_rows(message_path, header=None, columns=6, parse=_parse_step)).change
    own = first if isinstance(first, L3Add) else None
    window = next(read_windows(book_path))
    sides: tuple[tuple[Side, tuple[Level, ...]], ...] = (("buy", window.bids), ("sell", window.asks))
    for side, levels in sides:
        if not levels:
            raise RecordingError(str(book_path), row=1, why=f"the first row has no {side} level to start from")
        for price_ticks, qty_lots in levels:
            own_qty = 0
            if own is not None and (own.side, own.price_ticks) == (side, price_ticks):
                own_qty = min(own.qty_lots, qty_lots)
                yield L3Add(order_id=own.order_id, side=side, price_ticks=price_ticks, qty_lots=own_qty)
            if qty_lots > own_qty:
                rest = anonymous_id(side, price_ticks=price_ticks)
                yield L3Add(order_id=rest, side=side, price_ticks=price_ticks, qty_lots=qty_lots - own_qty)


def read_windows(book_path: Path) -> Iterator[ExpectedWindow]:
    """Yield the visible levels after each message, the first message's included.

    Raises:
        RecordingError: names file, row and reason.
    """
    return parsed_rows(book_path, header=None, columns=4 * DEPTH, parse=_parse_window)


def read_answers(book_path: Path) -> Iterator[ExpectedWindow]:
    """Yield the visible levels from message 2 on; row 1 is the seed.

    Raises:
        RecordingError: names file, row and reason.
    """
    return islice(read_windows(book_path), 1, None)


def _parse_window(row: int, fields: list[str]) -> ExpectedWindow:
    asks = _levels(fields, offset=0, absent=_NO_ASK)
    bids = _levels(fields, offset=2, absent=_NO_BID)
    if any(better >= worse for (better, _), (worse, _) in pairwise(asks)):
        raise ValueError("ask levels are not best first")
    if any(better <= worse for (better, _), (worse, _) in pairwise(bids)):
        raise ValueError("bid levels are not best first")
    return ExpectedWindow(row=row, bids=bids, asks=asks)


def _levels(fields: list[str], *, offset: int, absent: str) -> tuple[Level, ...]:
    found: list[Level] = []
    for at in range(offset, len(fields), 4):
        if fields[at] == absent:
            continue
        found.append((_price_ticks(fields[at]), positive(fields[at + 1], name="level size")))
    return tuple(found)
