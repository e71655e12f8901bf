"""A plain price-time engine and a plain book, to test the replay without the real core."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Sequence
from contextlib import suppress

from fairlead.domain.market_replay.errors import FoldError
from fairlead.domain.market_replay.records import (
    CancelOrder,
    CountedLevel,
    Fill,
    Grid,
    Inbound,
    NewLimit,
    OpenMarket,
    Side,
)
from fairlead.services.replay import Core


class PlainBook:
    """Orders in lists, level by level; slow and obvious."""

    def __init__(self) -> None:
        self.sides: dict[Side, dict[int, dict[int, int]]] = {"buy": {}, "sell": {}}
        self._at: dict[int, tuple[Side, int]] = {}

    def add(self, *, order_id: int, side: Side, price_ticks: int, qty_lots: int) -> None:
        assert order_id not in self._at
        assert qty_lots > 0
        self.sides[side].setdefault(price_ticks, {})[order_id] = qty_lots
        self._at[order_id] = (side, price_ticks)

    def reduce(self, *, order_id: int, by_lots: int) -> None:
        side, price = self._at[order_id]
        self.sides[side][price][order_id] -= by_lots
        assert self.sides[side][price][order_id] > 0

    def delete(self, *, order_id: int) -> None:
        side, price = self._at.pop(order_id)
        del self.sides[side][price][order_id]
        if not self.sides[side][price]:
            del self.sides[side][price]

    def clear(self) -> None:
        self.sides = {"buy": {}, "sell": {}}
        self._at = {}

    def order(self, order_id: int) -> tuple[Side, int, int] | None:
        if order_id not in self._at:
            return None
        side, price = self._at[order_id]
        return side, price, self.sides[side][price][order_id]

    def prices(self, side: Side) -> list[int]:
        return sorted(self.sides[side], reverse=side == "buy")

    def levels(self, side: Side, *, depth: int) -> list[CountedLevel]:
        queues = [(price, self.sides[side][price]) for price in self.prices(side)[:depth]]
        return [(price, sum(queue.values()), len(queue)) for price, queue in queues]

    def state_hash(self) -> str:
        text = repr([(side, price, self.sides[side][price]) for side in self.sides for price in self.prices(side)])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class PlainEngine:
    """Matches limit orders by price and time after one uncross by volume, surplus and market pressure."""

    def __init__(self) -> None:
        self.events = 0
        self._book = PlainBook()
        self._is_open = False
        self._canceled_lots = 0
        self._seen: set[int] = set()

    def apply(self, inbound: Inbound) -> Sequence[Fill]:
        self.events += 1
        if isinstance(inbound, NewLimit):
            return self._enter(inbound)
        if isinstance(inbound, CancelOrder):
            resting = self._book.order(inbound.order_id)
            self._canceled_lots = 0
            if resting is None:
                raise FoldError(f"unknown order: order_id={inbound.order_id}")
            self._book.delete(order_id=inbound.order_id)
            self._canceled_lots = resting[2]
            return []
        self._is_open = True
        return self._uncross()

    def encode(self, inbound: Sequence[NewLimit | CancelOrder]) -> bytes:
        return pickle.dumps(list(inbound))

    def run(self, records: bytes) -> int:
        before = self.events
        commands: list[NewLimit | CancelOrder] = pickle.loads(records)
        for command in commands:
            with suppress(FoldError):
                self.apply(command)
        return self.events - before

    def open_market(self, inbound: OpenMarket) -> None:
        self.apply(inbound)

    def canceled_lots(self) -> int:
        return self._canceled_lots

    def levels(self, side: Side, *, depth: int) -> list[tuple[int, int]]:
        return [(price, qty) for price, qty, _ in self._book.levels(side, depth=depth)]

    def state_hash(self) -> str:
        return self._book.state_hash()

    def _enter(self, order: NewLimit) -> list[Fill]:
        if order.order_id in self._seen:
            raise FoldError(f"order came before: order_id={order.order_id}")
        self._seen.add(order.order_id)
        fills: list[Fill] = []
        other: Side = "sell" if order.side == "buy" else "buy"
        leaves = order.order_qty
        while self._is_open and leaves and self._book.sides[other]:
            price = self._book.prices(other)[0]
            if price > order.price_ticks if order.side == "buy" else price < order.price_ticks:
                break
            maker, maker_leaves = next(iter(self._book.sides[other][price].items()))
            qty = min(leaves, maker_leaves)
            self._take(maker, qty=qty)
            leaves -= qty
            buyer, seller = (order.order_id, maker) if order.side == "buy" else (maker, order.order_id)
            fills.append(
                Fill(buy_order_id=buyer, sell_order_id=seller, price_ticks=price, qty_lots=qty, aggressor=order.side)
            )
        if leaves:
            self._book.add(order_id=order.order_id, side=order.side, price_ticks=order.price_ticks, qty_lots=leaves)
        return fills

    def _take(self, order_id: int, *, qty: int) -> None:
        resting = self._book.order(order_id)
        assert resting is not None
        if resting[2] == qty:
            self._book.delete(order_id=order_id)
        else:
            self._book.reduce(order_id=order_id, by_lots=qty)

    def _uncross(self) -> list[Fill]:
        bids, asks = self._book.prices("buy"), self._book.prices("sell")
        if not bids or not asks or bids[0] < asks[0]:
            return []
        price = self._uncross_price(range(asks[0], bids[0] + 1))
        fills: list[Fill] = []
        while (bids := self._book.prices("buy")) and (asks := self._book.prices("sell")):
            if bids[0] < price or asks[0] > price:
                break
            buyer, buy_leaves = next(iter(self._book.sides["buy"][bids[0]].items()))
            seller, sell_leaves = next(iter(self._book.sides["sell"][asks[0]].items()))
            qty = min(buy_leaves, sell_leaves)
            self._take(buyer, qty=qty)
            self._take(seller, qty=qty)
            fills.append(
                Fill(buy_order_id=buyer, sell_order_id=seller, price_ticks=price, qty_lots=qty, aggressor=None)
            )
        return fills

    def _uncross_price(self, candidates: range) -> int:
        def surplus(price: int) -> tuple[int, int]:
            buys = sum(qty for at, qty, _ in self._book.levels("buy", depth=10**6) if at >= price)
            sells = sum(qty for at, qty, _ in self._book.levels("sell", depth=10**6) if at <= price)
            return min(buys, sells), buys - sells

        scored = [(price, *surplus(price)) for price in candidates]
        volume = max(score[1] for score in scored)
        scored = [score for score in scored if score[1] == volume]
        least = min(abs(score[2]) for score in scored)
        scored = [score for score in scored if abs(score[2]) == least]
        return scored[0][0] if all(score[2] < 0 for score in scored) else scored[-1][0]


def _make_engine(_grid: Grid) -> PlainEngine:
    return PlainEngine()


def _make_book(_grid: Grid) -> PlainBook:
    return PlainBook()


PLAIN_CORE = Core(engine=_make_engine, book=_make_book)
