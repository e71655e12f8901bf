"""Fold a complete order-level feed: every id is known, every reduction fits, or the recording is wrong."""

from __future__ import annotations

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.domain.market_replay.errors import FoldError
from fairlead.domain.market_replay.records import L3Add, L3Change, L3Clear, L3Delete, L3Reduce, L3Restate, Side


def require(book: FoldingBook, *, order_id: int, side: Side, price_ticks: int) -> int:
    """Return what a resting order has left.

    Raises:
        FoldError: the book has no such order, or has it on another side or at another price.
    """
    resting = book.order(order_id)
    if resting is None:
        raise FoldError(f"unknown order: order_id={order_id} is not in the book")
    if resting[:2] != (side, price_ticks):
        raise FoldError(
            f"order moved: order_id={order_id} rests {resting[0]} at {resting[1]} ticks, "
            f"the row says {side} at {price_ticks}"
        )
    return resting[2]


def reduce_by(book: FoldingBook, *, order_id: int, leaves_lots: int, by_lots: int) -> None:
    """Take ``by_lots`` from an order that has ``leaves_lots``; at zero it is removed.

    Raises:
        FoldError: more is taken than the order has.
    """
    if by_lots > leaves_lots:
        raise FoldError(f"over-reduction: order_id={order_id} has {leaves_lots}, the row takes {by_lots}")
    if by_lots == leaves_lots:
        book.delete(order_id=order_id)
    else:
        book.reduce(order_id=order_id, by_lots=by_lots)


def add(book: FoldingBook, change: L3Add) -> None:
    """Add an order.

    Raises:
        FoldError: the id is in the book already.
    """
    if book.order(change.order_id) is not None:
        raise FoldError(f"duplicate order: order_id={change.order_id} is in the book already")
    book.add(order_id=change.order_id, side=change.side, price_ticks=change.price_ticks, qty_lots=change.qty_lots)


class StrictFold:
    """Applies each change of a complete feed to one book and counts the changes."""

    def __init__(self, book: FoldingBook) -> None:
        self._book = book
        self.events = 0

    def apply(self, change: L3Change) -> None:
        """Apply one change.

        Raises:
            FoldError: the change contradicts the book.
        """
        self.events += 1
        match change:
            case L3Add():
                add(self._book, change)
            case L3Reduce(order_id=order_id, by_lots=by_lots):
                leaves = require(self._book, order_id=order_id, side=change.side, price_ticks=change.price_ticks)
                reduce_by(self._book, order_id=order_id, leaves_lots=leaves, by_lots=by_lots)
            case L3Delete(order_id=order_id):
                require(self._book, order_id=order_id, side=change.side, price_ticks=change.price_ticks)
                self._book.delete(order_id=order_id)
            case L3Clear():
                self._book.clear()
            case L3Restate():
                raise FoldError("a complete feed states reductions, not remainders")
