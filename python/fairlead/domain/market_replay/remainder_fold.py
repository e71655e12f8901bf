"""Fold a feed of two asynchronous channels, which states remainders and may contradict itself.

Every ``L3Restate`` is a decrement: it is *placed* where the book has the order with more left than stated, else
*listed* with its reason. An ``L3Delete`` that states a remainder is compared with what the book has. Nothing is dropped
without a count.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.domain.market_replay.records import L3Add, L3Delete, L3Restate, Side
from fairlead.domain.market_replay.result import Difference, Tally

LISTED_MAX = 10_000
LEVELS_MAX = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDecrement:
    """A decrement that has no place in the book, and why."""

    row: int
    order_id: int
    reason: str


class RemainderFold:
    """Applies rows of one feed to one book.

    Invariant: ``lots_added == lots_filled + lots_canceled + lots in the book`` after every row; a restated price moves
    an order without changing the sums.
    """

    def __init__(self, book: FoldingBook) -> None:
        self._book = book
        self._gone_unseen: set[int] = set()
        self.tally = Tally()
        self.listed: list[ListedDecrement] = []
        self.counts: dict[str, int] = {}
        self.events = 0
        self.decrements = 0
        self.decrements_placed = 0
        self.lots_added = 0
        self.lots_filled = 0
        self.lots_canceled = 0

    def create(self, change: L3Add) -> None:
        """Add an order, unless its deletion came first or its id rests already."""
        if change.order_id in self._gone_unseen:
            self._count("created_after_deleted")
        elif self._book.order(change.order_id) is not None:
            self._count("created_twice")
        else:
            self._add(change.order_id, side=change.side, price_ticks=change.price_ticks, qty_lots=change.qty_lots)
            self.lots_added += change.qty_lots

    def restate(self, change: L3Restate, *, row: int) -> None:
        """Place one decrement, or list it with its reason."""
        self.decrements += 1
        resting = self._book.order(change.order_id)
        if resting is None:
            is_gone = change.order_id in self._gone_unseen
            self._list(change, row=row, reason="order deleted before" if is_gone else "order not in the recording")
            return
        side, price_ticks, leaves_lots = resting
        if change.leaves_lots >= leaves_lots:
            kind = "amount unchanged, price moved" if change.price_ticks != price_ticks else "amount unchanged"
            self._list(change, row=row, reason=kind if change.leaves_lots == leaves_lots else "amount raised")
        else:
            self._fill(change.order_id, leaves_lots=leaves_lots, by_lots=leaves_lots - change.leaves_lots)
            self.decrements_placed += 1
        if (side, price_ticks) != (change.side, change.price_ticks):
            self._move(change.order_id, side=change.side, price_ticks=change.price_ticks)

    def delete(self, change: L3Delete, *, row: int) -> None:
        """Remove an order and compare the remainder the row states, zero meaning filled."""
        resting = self._book.order(change.order_id)
        if resting is None:
            self._gone_unseen.add(change.order_id)
            self._count("deleted_not_in_book")
            return
        leaves_lots = resting[2]
        self._book.delete(order_id=change.order_id)
        self.events += 1
        if change.leaves_lots == 0:
            self._count("deleted_as_filled")
            self.lots_filled += leaves_lots
            return
        self.lots_canceled += leaves_lots
        if change.leaves_lots == leaves_lots:
            self.tally.agree()
        else:
            self.tally.differ(self._wrong_remainder(change, row=row, leaves_lots=leaves_lots))

    def is_conserved(self) -> bool:
        """Whether what came in equals what was filled, cancelled and still rests."""
        levels = [*self._book.levels("buy", depth=LEVELS_MAX), *self._book.levels("sell", depth=LEVELS_MAX)]
        resting = sum(qty for _, qty, _ in levels)
        return self.lots_added == self.lots_filled + self.lots_canceled + resting

    def is_crossed(self) -> bool:
        """Whether the best bid is at or above the best ask."""
        bids = self._book.levels("buy", depth=1)
        asks = self._book.levels("sell", depth=1)
        return bool(bids) and bool(asks) and bids[0][0] >= asks[0][0]

    def _add(self, order_id: int, *, side: Side, price_ticks: int, qty_lots: int) -> None:
        self._book.add(order_id=order_id, side=side, price_ticks=price_ticks, qty_lots=qty_lots)
        self.events += 1

    def _fill(self, order_id: int, *, leaves_lots: int, by_lots: int) -> None:
        if by_lots == leaves_lots:
            self._book.delete(order_id=order_id)
        else:
            self._book.reduce(order_id=order_id, by_lots=by_lots)
        self.lots_filled += by_lots
        self.events += 1

    def _move(self, order_id: int, *, side: Side, price_ticks: int) -> None:
        resting = self._book.order(order_id)
        if resting is not None:
            self._book.delete(order_id=order_id)
            self._add(order_id, side=side, price_ticks=price_ticks, qty_lots=resting[2])
            self._count("prices_moved")

    def _list(self, change: L3Restate, *, row: int, reason: str) -> None:
        self._count("decrements_listed")
        if len(self.listed) < LISTED_MAX:
            self.listed.append(ListedDecrement(row=row, order_id=change.order_id, reason=reason))

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    @staticmethod
    def _wrong_remainder(change: L3Delete, *, row: int, leaves_lots: int) -> Difference:
        return Difference(
            kind="remainder",
            position=(row, 0),
            where=f"row {row}, order {change.order_id}",
            expected=change.leaves_lots,
            actual=leaves_lots,
        )
