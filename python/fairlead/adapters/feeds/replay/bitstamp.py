"""Bitstamp order events: ``created``, ``changed`` and ``deleted`` rows, each stating what the order has left.

``volume`` counts 1e-8 bitcoin and is the remainder after the event; zero in a ``deleted`` row means filled. Rows come
in arrival order of two asynchronous channels: an order may be created after it was deleted, and a plain fold is crossed
for long stretches.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fairlead.adapters.feeds.replay.text_rows import parsed_rows, positive, scaled, whole
from fairlead.domain.market_replay.records import FoldStep, Grid, L3Add, L3Change, L3Delete, L3Restate, Side

HEADER = "id,timestamp,exchange.timestamp,price,volume,action,direction"
_SIDES: dict[str, Side] = {"bid": "buy", "ask": "sell"}
_MILLISECOND_NS = 1_000_000


def grid(symbol: str) -> Grid:
    """Return the grid of the recording: cents, 1e-8 bitcoin."""
    return Grid(symbol=symbol, quote="USD", tick_size="0.01", lot_size="0.00000001")


def read_steps(path: Path) -> Iterator[FoldStep]:
    """Yield one step per row.

    Raises:
        RecordingError: names file, row and reason.
    """
    return parsed_rows(path, header=HEADER, columns=7, parse=_parse_step)


def _parse_step(row: int, fields: list[str]) -> FoldStep:
    ts_ns = whole(fields[1], name="timestamp") * _MILLISECOND_NS
    whole(fields[2], name="exchange.timestamp")
    return FoldStep(row=row, ts_ns=ts_ns, change=_parse_change(fields))


def _parse_change(fields: list[str]) -> L3Change:
    order_id = positive(fields[0], name="id")
    price_ticks = scaled(fields[3], name="price", places=2)
    if price_ticks == 0:
        raise ValueError("price is zero")
    action, direction = fields[5], fields[6]
    if direction not in _SIDES:
        raise ValueError(f"direction is unknown: {direction[:40]!r}")
    side = _SIDES[direction]
    if action == "created":
        qty_lots = positive(fields[4], name="volume")
        return L3Add(order_id=order_id, side=side, price_ticks=price_ticks, qty_lots=qty_lots)
    if action == "changed":
        leaves_lots = positive(fields[4], name="volume")
        return L3Restate(order_id=order_id, side=side, price_ticks=price_ticks, leaves_lots=leaves_lots)
    if action != "deleted":
        raise ValueError(f"action is unknown: {action[:40]!r}")
    leaves_lots = whole(fields[4], name="volume")
    return L3Delete(order_id=order_id, side=side, price_ticks=price_ticks, leaves_lots=leaves_lots)
