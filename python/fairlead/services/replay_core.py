"""Bind the replay's ports to the real engine and the real book."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.domain.market_replay.records import CountedLevel, Grid, Side
from fairlead.engine import L3Book
from fairlead.services.replay import Core
from fairlead.services.replay_exchange import make_engine


class CoreBook:
    """The book of the Rust core, folding: it is told what happened and never matches."""

    def __init__(self) -> None:
        self._book = L3Book()

    def add(self, *, order_id: int, side: Side, price_ticks: int, qty_lots: int) -> None:
        """Append an order to its level."""
        self._book.add(order_id, side, price_ticks, qty_lots)

    def reduce(self, *, order_id: int, by_lots: int) -> None:
        """Take a part of an order; its place in the queue stays."""
        self._book.reduce(order_id, by_lots)

    def delete(self, *, order_id: int) -> None:
        """Remove an order."""
        self._book.delete(order_id)

    def clear(self) -> None:
        """Remove every order."""
        self._book.clear()

    def order(self, order_id: int) -> tuple[Side, int, int] | None:
        """Return ``(side, price_ticks, leaves_lots)``, ``None`` where no such order rests."""
        return self._book.order(order_id)

    def levels(self, side: Side, *, depth: int) -> Sequence[CountedLevel]:
        """Return up to ``depth`` levels, best first."""
        return self._book.levels(side, depth)

    def state_hash(self) -> str:
        """Return the hash of the book, queue order included."""
        return self._book.state_hash()


def make_book(_grid: Grid) -> CoreBook:
    """Return an empty book; ticks and lots need no scale."""
    return CoreBook()


def real_core() -> Core:
    """Return the core that recordings are replayed on."""
    return Core(engine=make_engine, book=make_book)
