"""Infer trades from a feed that states fills of single orders only: two fills of one size, one on each side.

A trade fills a buy and a sell order by the same quantity, at the price of the one that rested: the one with the lower
id. Fills pair when their sizes are equal, their prices allow a trade and at most ``PAIR_NS`` lies between them.

Source: the event matching of ob-analytics (P. Stubbings, 2016), which pairs by volume within five seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from fairlead.domain.market_replay.records import Side

PAIR_NS = 5_000_000_000
WAITING_MAX = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFill:
    """A part of one order that was filled. ``price_ticks`` is the order's own price."""

    ts_ns: int
    order_id: int
    side: Side
    price_ticks: int
    qty_lots: int


class FillPairs:
    """Pairs fills as they come; what finds no partner in time is counted, not guessed."""

    def __init__(self) -> None:
        self._waiting: deque[OrderFill] = deque()
        self.paired = 0
        self.unpaired = 0

    def observe(self, fill: OrderFill) -> int | None:
        """Take one fill and return the price in ticks of the trade it completes, ``None`` where it waits."""
        while self._waiting and (fill.ts_ns - self._waiting[0].ts_ns > PAIR_NS or len(self._waiting) == WAITING_MAX):
            self._waiting.popleft()
            self.unpaired += 1
        partner = next((other for other in self._waiting if _can_trade(fill, other)), None)
        if partner is None:
            self._waiting.append(fill)
            return None
        self._waiting.remove(partner)
        self.paired += 1
        return min(fill, partner, key=lambda one: one.order_id).price_ticks

    def finish(self) -> None:
        """Count what still waits as unpaired."""
        self.unpaired += len(self._waiting)
        self._waiting.clear()


def _can_trade(one: OrderFill, other: OrderFill) -> bool:
    if one.side == other.side or one.qty_lots != other.qty_lots:
        return False
    buy, sell = (one, other) if one.side == "buy" else (other, one)
    return buy.price_ticks >= sell.price_ticks
