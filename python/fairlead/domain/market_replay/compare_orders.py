"""Compare an engine's trades and books with the printed ones, in market order.

Invariants:
1. Trade number n is compared with the n-th printed trade: ids, price, quantity and aggressor.
2. A snapshot is compared only with books of the same ``(trades, volume)``, after whole commands, and never with a book
   older than the one the snapshot before it agreed with; so equal counts mean an equal history, not a lucky pick.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from fairlead.domain.market_replay.records import ExpectedSnapshot, Fill, Level
from fairlead.domain.market_replay.result import Difference, JsonValue, Tally

Levels = Callable[[], tuple[Sequence[Level], Sequence[Level]]]
"""Gives the best bids and asks, best first; asked for only when a snapshot can be compared."""


def _fill_json(fill: Fill | None) -> JsonValue:
    if fill is None:
        return None
    return {
        "buy_order_id": fill.buy_order_id,
        "sell_order_id": fill.sell_order_id,
        "price_ticks": fill.price_ticks,
        "qty": fill.qty_lots,
        "aggressor": fill.aggressor,
    }


class TradeComparer:
    """Compares the trades of the replay, one by one, with the printed ones."""

    def __init__(self, expected: Iterator[Fill]) -> None:
        self._expected = expected
        self.tally = Tally()
        self.made = 0
        self.volume_lots = 0

    def observe(self, fill: Fill) -> None:
        """Compare the next trade the engine made."""
        self.made += 1
        self.volume_lots += fill.qty_lots
        printed = next(self._expected, None)
        if printed == fill:
            self.tally.agree()
        elif printed is None:
            self.tally.note(self._difference(self.made, printed=None, made=fill))
        else:
            self.tally.differ(self._difference(self.made, printed=printed, made=fill))

    def finish(self) -> None:
        """Count the printed trades the engine never made."""
        for number, printed in enumerate(self._expected, start=self.made + 1):
            self.tally.differ(self._difference(number, printed=printed, made=None))

    @staticmethod
    def _difference(number: int, *, printed: Fill | None, made: Fill | None) -> Difference:
        return Difference(
            kind="trade",
            position=(number, 0),
            where=f"trade {number}",
            expected=_fill_json(printed),
            actual=_fill_json(made),
        )


class SnapshotComparer:
    """Compares books with the published snapshots, by number of trades and volume."""

    def __init__(self, expected: Iterator[ExpectedSnapshot]) -> None:
        self._expected = expected
        self._next = next(expected, None)
        self._nearest: JsonValue = None
        self.tally = Tally()

    def observe(self, *, trades: int, volume_lots: int, levels: Levels) -> None:
        """Compare the book after one command, if a snapshot of this moment is still open."""
        while self._next is not None and self._is_over(self._next, trades=trades, volume_lots=volume_lots):
            self._miss(self._next)
        if self._next is None or self._next.trades != trades:
            return
        bids, asks = (tuple(side) for side in levels())
        for snapshot in self._open(trades=trades, volume_lots=volume_lots):
            if snapshot.bids != bids or snapshot.asks != asks:
                self._nearest = _book_json(bids, asks)
                return
            self.tally.agree()
            self._advance()

    def _open(self, *, trades: int, volume_lots: int) -> Iterator[ExpectedSnapshot]:
        """Yield the next snapshot as long as it belongs to this moment; the caller advances."""
        while self._next is not None and (self._next.trades, self._next.volume_lots) == (trades, volume_lots):
            yield self._next

    def finish(self) -> None:
        """Count the snapshots no book was equal to."""
        while self._next is not None:
            self._miss(self._next)

    @staticmethod
    def _is_over(snapshot: ExpectedSnapshot, *, trades: int, volume_lots: int) -> bool:
        return snapshot.trades < trades or (snapshot.trades == trades and snapshot.volume_lots != volume_lots)

    def _miss(self, snapshot: ExpectedSnapshot) -> None:
        self.tally.differ(
            Difference(
                kind="snapshot",
                position=(snapshot.trades, 1),
                where=f"snapshot row {snapshot.row} (trades {snapshot.trades}, volume {snapshot.volume_lots})",
                expected=_book_json(snapshot.bids, snapshot.asks),
                actual=self._nearest,
            )
        )
        self._advance()

    def _advance(self) -> None:
        self._next = next(self._expected, None)
        self._nearest = None


def _book_json(bids: Sequence[Level], asks: Sequence[Level]) -> JsonValue:
    return {"bids": [list(level) for level in bids], "asks": [list(level) for level in asks]}
