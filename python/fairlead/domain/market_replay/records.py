"""The neutral vocabulary every recording is translated into.

Prices are whole ticks and quantities whole lots of the recording's own grid (``Grid``), so nothing behind the
parsers knows a file format. ``row`` is the 1-based data row of the inbound list, ``source_row`` that of the file where
the list was rebuilt from something else; ``ts_ns`` is nanoseconds since
the Unix epoch, or since midnight where the recording gives a time of day only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["buy", "sell"]  # FIX 54
Level = tuple[int, int]
"""One price level: ``(price_ticks, qty_lots)``."""
CountedLevel = tuple[int, int, int]
"""One price level with its number of orders: ``(price_ticks, qty_lots, orders)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What a tick and a lot of the recording are worth, as decimal text."""

    symbol: str
    quote: str
    tick_size: str
    lot_size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLimit:
    """A limit order enters; it stays until filled or cancelled."""

    row: int
    ts_ns: int
    order_id: int
    side: Side
    price_ticks: int
    order_qty: int  # FIX 38
    source_row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """An order leaves; ``leaves_qty`` is what the recording says it still had."""

    row: int
    ts_ns: int
    order_id: int
    side: Side
    leaves_qty: int  # FIX 151
    source_row: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMarket:
    """The opening call ends: one uncross, then continuous trading. It has no row of its own."""

    ts_ns: int


Inbound = NewLimit | CancelOrder | OpenMarket


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """One trade. ``aggressor`` is ``None`` in an auction."""

    buy_order_id: int
    sell_order_id: int
    price_ticks: int
    qty_lots: int
    aggressor: Side | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedSnapshot:
    """The ten-level book the market published when it had printed ``trades`` trades of ``volume_lots``."""

    row: int
    trades: int
    volume_lots: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class L3Add:
    """An order of ``qty_lots`` joins the back of its level."""

    order_id: int
    side: Side
    price_ticks: int
    qty_lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class L3Reduce:
    """An order loses ``by_lots`` and keeps its place; at zero it is gone."""

    order_id: int
    side: Side
    price_ticks: int
    by_lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class L3Restate:
    """What an order has left, and where, as the feed states it after a change."""

    order_id: int
    side: Side
    price_ticks: int
    leaves_lots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class L3Delete:
    """An order is gone; ``leaves_lots`` is what it still had, zero where it was filled."""

    order_id: int
    side: Side
    price_ticks: int
    leaves_lots: int


@dataclass(frozen=True, slots=True)
class L3Clear:
    """The book starts empty."""


L3Change = L3Add | L3Reduce | L3Restate | L3Delete | L3Clear


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldStep:
    """One row of an order-level feed.

    ``change`` is ``None`` where the row leaves the visible book alone (prints, hidden executions). ``key`` names the
    row in the answer file that shows the book after this step, ``None`` where no answer row can belong to it.
    ``printed`` is ``(price_ticks, qty_lots)`` of a trade the row reports.
    """

    row: int
    ts_ns: int
    change: L3Change | None
    key: str | None = None
    printed: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRow:
    """One row of an answer file: the levels after the step with the same ``key``."""

    row: int
    key: str
    bids: tuple[CountedLevel, ...]
    asks: tuple[CountedLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedWindow:
    """The visible levels after one message; a side holds fewer than ``depth`` levels where the market had fewer."""

    row: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRecording:
    """Inbound orders with the trades and snapshots a price-time engine must give. Callables open files when called."""

    dataset: str
    format: str
    path: str
    grid: Grid
    inbound: Callable[[], Iterator[Inbound]]
    expected_trades: Callable[[], Iterator[Fill]]
    expected_snapshots: Callable[[], Iterator[ExpectedSnapshot]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRecording:
    """An order-level feed with an answer row, counts included, for each change of the top ``depth`` levels."""

    dataset: str
    format: str
    path: str
    grid: Grid
    depth: int
    steps: Callable[[], Iterator[FoldStep]]
    expected_rows: Callable[[], Iterator[ExpectedRow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRecording:
    """A feed that shows only events inside the best ``depth`` levels, with those levels after each message.

    ``seed`` gives the book after message 1 as adds: that message's own order by its id, and the rest of each level
    as one anonymous order (``anonymous_id``). ``steps`` starts at message 2.
    """

    dataset: str
    format: str
    path: str
    grid: Grid
    depth: int
    seed: Callable[[], Iterator[L3Add]]
    steps: Callable[[], Iterator[FoldStep]]
    expected_windows: Callable[[], Iterator[ExpectedWindow]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemainderRecording:
    """An order-level feed without an answer file: it proves itself by the remainders it states."""

    dataset: str
    format: str
    path: str
    grid: Grid
    steps: Callable[[], Iterator[FoldStep]]


Recording = OrderRecording | LevelRecording | WindowRecording | RemainderRecording
FoldRecording = LevelRecording | WindowRecording | RemainderRecording

ANONYMOUS_BASE = 1 << 62
"""Ids from here on stand for the part of a level whose orders are not known by id."""


def anonymous_id(side: Side, *, price_ticks: int) -> int:
    """Return the id of the anonymous order at one price of one side; ``price_ticks`` in 0..2**60."""
    return ANONYMOUS_BASE + 2 * price_ticks + (1 if side == "sell" else 0)
