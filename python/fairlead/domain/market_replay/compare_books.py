"""Compare folded books with answer rows: one comparer per way a feed gives its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead.domain.market_replay.records import CountedLevel, ExpectedRow, ExpectedWindow, Level, Side
from fairlead.domain.market_replay.result import Difference, JsonValue, Tally


def _levels_json(bids: Sequence[tuple[int, ...]], asks: Sequence[tuple[int, ...]]) -> JsonValue:
    return {"bids": [list(level) for level in bids], "asks": [list(level) for level in asks]}


class RowComparer:
    """Compares the book after a step with the answer row of the same key, counts included.

    Rows come in feed order. A row whose step never comes is a difference, and so is a step that changed the compared
    levels without having a row.
    """

    def __init__(self, expected: Iterator[ExpectedRow]) -> None:
        self._expected = expected
        self._next = next(expected, None)
        self._bids: tuple[CountedLevel, ...] = ()
        self._asks: tuple[CountedLevel, ...] = ()
        self.tally = Tally()
        self.rows_unchanged = 0
        self.changes_without_row = 0

    def observe(self, *, row: int, key: str | None, bids: Sequence[CountedLevel], asks: Sequence[CountedLevel]) -> None:
        """Compare the book after inbound row ``row``."""
        now = (tuple(bids), tuple(asks))
        has_changed = now != (self._bids, self._asks)
        self._bids, self._asks = now
        if key is not None and self._next is not None and self._next.key == key:
            self.rows_unchanged += not has_changed
            self._compare(self._next, row=row)
        elif has_changed:
            self.changes_without_row += 1
            self.tally.note(self._difference("change without row", row=row, where=f"row {row}", expected=None))

    def finish(self) -> None:
        """Count the answer rows whose step never came."""
        while self._next is not None:
            where = f"answer row {self._next.row} ({self._next.key})"
            missing = Difference(kind="row", position=(1 << 62, 0), where=where, expected=where, actual=None)
            self.tally.differ(missing)
            self._next = next(self._expected, None)

    def _compare(self, answer: ExpectedRow, *, row: int) -> None:
        if (answer.bids, answer.asks) == (self._bids, self._asks):
            self.tally.agree()
        else:
            expected = _levels_json(answer.bids, answer.asks)
            where = f"row {row}, answer row {answer.row}"
            self.tally.differ(self._difference("row", row=row, where=where, expected=expected))
        self._next = next(self._expected, None)

    def _difference(self, kind: str, *, row: int, where: str, expected: JsonValue) -> Difference:
        actual = _levels_json(self._bids, self._asks)
        return Difference(kind=kind, position=(row, 0), where=where, expected=expected, actual=actual)


class WindowComparer:
    """Compares determined levels with the visible ones.

    Determined are the levels at or better than a bound, where the bound is the worst price below which nothing is
    known (``WindowFold``). They must be the first visible levels, and no other visible level may lie inside the bound.
    """

    def __init__(self) -> None:
        self.levels_determined = 0
        self.levels_undetermined = 0
        self.rows_undetermined = 0

    def difference(
        self, answer: ExpectedWindow, *, row: int, bids: Sequence[Level], asks: Sequence[Level], bounds: tuple[int, int]
    ) -> Difference | None:
        """Return how the determined levels after ``row`` differ from the visible ones, ``None`` where they agree."""
        open_bids = self._open_levels("buy", visible=answer.bids, determined=bids, bound=bounds[0])
        open_asks = self._open_levels("sell", visible=answer.asks, determined=asks, bound=bounds[1])
        if open_bids is None or open_asks is None:
            return Difference(
                kind="window",
                position=(row, 0),
                where=f"row {row}",
                expected=_levels_json(answer.bids, answer.asks),
                actual=_levels_json(bids, asks),
            )
        self.levels_determined += len(bids) + len(asks)
        self.levels_undetermined += open_bids + open_asks
        self.rows_undetermined += open_bids + open_asks > 0
        return None

    @staticmethod
    def _open_levels(side: Side, *, visible: Sequence[Level], determined: Sequence[Level], bound: int) -> int | None:
        """Return how many visible levels are not determined, ``None`` where the determined ones are wrong."""
        known = len(determined)
        if tuple(visible[:known]) != tuple(determined):
            return None
        is_inside = [(price <= bound) if side == "sell" else (price >= bound) for price, _ in visible[known:]]
        return None if any(is_inside) else len(is_inside)
