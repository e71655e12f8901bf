"""Fold a feed that shows only what happens inside its best levels.

Determined levels. Per side a bound is kept: the worst price such that everything at or better than it follows from
the seed and the messages. It starts at the worst seeded level. Messages at or better than the bound are applied,
the others counted and ignored. When more than ``depth`` determined levels exist, those beyond the ``depth``-th leave
the window, may change unseen, and the bound moves in to the ``depth``-th. When a level empties, fewer than ``depth``
remain determined, and the next visible one "appears from nowhere": it is not determined. ``adopt`` takes such a level
from the answer and moves the bound out to it; a strict fold never does.

Invariants:
1. Each determined level's quantity is the sum of its orders in the book, the anonymous one included.
2. Orders beyond the bound may linger in the book; they are never compared, and are removed when a level is adopted.
"""

from __future__ import annotations

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.domain.market_replay.errors import FoldError
from fairlead.domain.market_replay.records import L3Add, L3Change, L3Reduce, Level, Side, anonymous_id
from fairlead.domain.market_replay.strict_fold import add, reduce_by


class WindowFold:
    """Applies messages of one feed to one book and knows which levels they determine."""

    def __init__(self, book: FoldingBook, *, depth: int) -> None:
        self._book = book
        self._depth = depth
        self._bounds: dict[Side, int] = {}
        self._ids_at: dict[tuple[Side, int], set[int]] = {}
        self.events = 0
        self.messages_outside = 0
        self.levels_adopted = 0

    def seed(self, change: L3Add) -> None:
        """Add one order of the first visible book; levels must come best first per side."""
        self._add(change)
        self._bounds[change.side] = change.price_ticks

    def apply(self, change: L3Change) -> None:
        """Apply one message, or count it where it lies outside the determined levels.

        Raises:
            FoldError: the message takes more than the level has, or an id comes twice.
        """
        if not isinstance(change, L3Add | L3Reduce):
            raise FoldError("a window feed adds and reduces, nothing else")
        if not self._is_inside(change.side, price_ticks=change.price_ticks):
            self.messages_outside += 1
        elif isinstance(change, L3Add):
            self._add(change)
        else:
            self._reduce(change)
        self._narrow(change.side)

    def levels(self, side: Side) -> tuple[Level, ...]:
        """Return the determined levels of one side, best first."""
        levels = self._book.levels(side, depth=self._depth)
        return tuple((px, qty) for px, qty, _ in levels if self._is_inside(side, price_ticks=px))

    def bounds(self) -> tuple[int, int]:
        """Return the bounds of both sides, ``(bid, ask)``, in ticks."""
        return self._bounds["buy"], self._bounds["sell"]

    def adopt(self, side: Side, *, level: Level) -> None:
        """Take a level that appeared from nowhere as known, as one anonymous order, and move the bound out to it."""
        price_ticks, qty_lots = level
        bound = self._bounds[side]
        lingering = [px for at, px in self._ids_at if at == side and not self._is_inside(side, price_ticks=px)]
        reached = [px for px in lingering if (px <= price_ticks if side == "sell" else px >= price_ticks)]
        for px in sorted(reached):
            for order_id in sorted(self._ids_at.pop((side, px))):
                self._book.delete(order_id=order_id)
        assert bound != price_ticks, "a level at the bound is determined"
        order_id = anonymous_id(side, price_ticks=price_ticks)
        self._add(L3Add(order_id=order_id, side=side, price_ticks=price_ticks, qty_lots=qty_lots))
        self._bounds[side] = price_ticks
        self.levels_adopted += 1

    def _is_inside(self, side: Side, *, price_ticks: int) -> bool:
        bound = self._bounds[side]
        return price_ticks >= bound if side == "buy" else price_ticks <= bound

    def _add(self, change: L3Add) -> None:
        add(self._book, change)
        self._ids_at.setdefault((change.side, change.price_ticks), set()).add(change.order_id)
        self.events += 1

    def _reduce(self, change: L3Reduce) -> None:
        at = (change.side, change.price_ticks)
        order_id = change.order_id
        if order_id not in self._ids_at.get(at, ()):
            order_id = anonymous_id(change.side, price_ticks=change.price_ticks)
        resting = self._book.order(order_id)
        if resting is None:
            raise FoldError(
                f"unknown order: order_id={change.order_id} is not at {at[1]} ticks, nor is any unnamed one"
            )
        reduce_by(self._book, order_id=order_id, leaves_lots=resting[2], by_lots=change.by_lots)
        if change.by_lots == resting[2]:
            self._ids_at[at].discard(order_id)
            if not self._ids_at[at]:
                del self._ids_at[at]
        self.events += 1

    def _narrow(self, side: Side) -> None:
        levels = self.levels(side)
        if len(levels) == self._depth:
            self._bounds[side] = levels[-1][0]
