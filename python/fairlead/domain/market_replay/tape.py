"""Keep a bounded number of points of a replay for its picture: touch, last price, volume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

POINTS_MAX = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TapePoint:
    """The market after one command. Prices in ticks, quantities in lots, ``volume_lots`` since the start."""

    ts_ns: int
    bid_ticks: int
    bid_lots: int
    ask_ticks: int
    ask_lots: int
    last_ticks: int | None
    volume_lots: int

    @property
    def spread_ticks(self) -> int:
        """Best ask minus best bid; negative while a folded feed is crossed."""
        return self.ask_ticks - self.bid_ticks

    @property
    def imbalance(self) -> float:
        """``(bid - ask) / (bid + ask)`` of the quantities at the touch, in -1..1."""
        return (self.bid_lots - self.ask_lots) / (self.bid_lots + self.ask_lots)


class Tape:
    """Takes every point and keeps evenly many of them, at most ``POINTS_MAX``.

    When full, every other point is dropped and from then on only every second one is taken; volumes are cumulative, so
    nothing is lost by that.
    """

    def __init__(self) -> None:
        self.points: list[TapePoint] = []
        self._stride = 1
        self._seen = 0

    def observe(
        self,
        *,
        ts_ns: int,
        bids: Sequence[tuple[int, ...]],
        asks: Sequence[tuple[int, ...]],
        last_ticks: int | None,
        volume_lots: int,
    ) -> None:
        """Take the market after one command; a one-sided book has no spread and is skipped."""
        if not bids or not asks:
            return
        self._seen += 1
        if self._seen % self._stride:
            return
        point = TapePoint(
            ts_ns=ts_ns,
            bid_ticks=bids[0][0],
            bid_lots=bids[0][1],
            ask_ticks=asks[0][0],
            ask_lots=asks[0][1],
            last_ticks=last_ticks,
            volume_lots=volume_lots,
        )
        self.points.append(point)
        if len(self.points) == POINTS_MAX:
            self.points = self.points[1::2]
            self._stride *= 2
