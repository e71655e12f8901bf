"""A book kept up to date by the gateway's messages: a snapshot, then changes; a gap is noticed, never guessed over."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from fairlead.client.instruments import ClientInstrument
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["Book", "BookOrder", "Level"]


class Level(NamedTuple):
    """A price level: its price, displayed quantity and number of orders."""

    price: Decimal
    qty: Decimal
    orders: int


class BookOrder(NamedTuple):
    """A displayed order of an L3 book: its public id, ``Buy`` or ``Sell``, price and displayed quantity."""

    public_id: int
    side: str
    price: Decimal
    qty: Decimal


class Book:
    """The public book of one instrument at one depth.

    Attributes:
        symbol: of which instrument.
        depth: ``L1``, ``L2`` or ``L3``.
        epoch: which run of the publisher, 0 before the first snapshot.
        seq: the last message that was applied.
        state: the trading state.
        last_trade: price and quantity of the last public trade.
    """

    def __init__(self, instrument: ClientInstrument, depth: str) -> None:
        self.symbol = instrument.symbol
        self.depth = depth
        self.epoch = 0
        self.seq = 0
        self.state: str | None = None
        self.last_trade: tuple[Decimal, Decimal] | None = None
        self._instrument = instrument
        # By side and price mantissa: quantity and number of orders.
        self._levels: dict[str, dict[int, tuple[int, int]]] = {"Buy": {}, "Sell": {}}
        # Of an L3 book: side, price and quantity of each displayed order by its public id, in queue order.
        self._orders: dict[int, tuple[str, int, int]] = {}
        self._parts_left = 1

    @property
    def is_ready(self) -> bool:
        """Whether a whole snapshot was received, and every message after it."""
        return self._parts_left == 0

    def lose(self) -> None:
        """Count as out of date until the next snapshot: messages are missing."""
        self._parts_left = 1

    @property
    def bids(self) -> list[Level]:
        """Buy levels, best first."""
        return self._side("Buy", reverse=True)

    @property
    def asks(self) -> list[Level]:
        """Sell levels, best first."""
        return self._side("Sell", reverse=False)

    @property
    def orders(self) -> list[BookOrder]:
        """Displayed orders; those of one price in the order in which they joined its queue. Only of an L3 book."""
        found = []
        for public_id, (side, price, qty) in self._orders.items():
            level = self._level(price, qty, 1)
            found.append(BookOrder(public_id, side, level.price, level.qty))
        return found

    def _side(self, side: str, *, reverse: bool) -> list[Level]:
        levels = sorted(self._levels[side].items(), reverse=reverse)
        return [self._level(price, qty, orders) for price, (qty, orders) in levels]

    def _level(self, price: int, qty: int, orders: int) -> Level:
        shown_price, shown_qty = self._instrument.to_price(price), self._instrument.to_qty(qty)
        assert shown_price is not None
        assert shown_qty is not None
        return Level(shown_price, shown_qty, orders)

    def apply(self, message: Message) -> bool:
        """Apply a message of the channel; ``False`` where messages are missing before it: ask for a snapshot."""
        fields = message.fields
        if message.kind == "OrderBookSnapshot":
            self._apply_snapshot(message)
            return True
        if not self.is_ready or fields["channel.epoch"] != self.epoch or fields["channel.prev_seq"] != self.seq:
            return False
        self.seq = message.seq
        if message.kind == "TopOfBook":
            self._apply_top(fields)
        elif message.kind == "BookDelta":
            self._set(
                str(fields["side"]),
                _int(fields["level.price"]),
                _int(fields["level.qty"]),
                _int(fields["level.orders"]),
            )
        elif message.kind == "OrderDelta":
            self._apply_order(fields)
        elif message.kind == "InstrumentStatus":
            self.state = str(fields["state"])
        elif message.kind == "Trade":
            level = self._level(_int(fields["price"]), _int(fields["qty"]), 0)
            self.last_trade = (level.price, level.qty)
        return True

    def _apply_snapshot(self, message: Message) -> None:
        fields = message.fields
        if fields["part"] == 0:
            self._levels = {"Buy": {}, "Sell": {}}
            self._orders = {}
        self._parts_left = _int(fields["parts"]) - _int(fields["part"]) - 1
        self.epoch, self.seq, self.state = _int(fields["channel.epoch"]), message.seq, str(fields["state"])
        for entry in message.entries:
            side, price, qty = str(entry["side"]), _int(entry["price"]), _int(entry["qty"])
            if self.depth == "L3":
                self._add_order(_int(entry["public_id"]), side, price, qty)
            else:
                self._set(side, price, qty, _int(entry["orders"]))

    def _apply_top(self, fields: Mapping[str, Value]) -> None:
        for side, name in (("Buy", "bid"), ("Sell", "ask")):
            self._levels[side] = {}
            if isinstance(price := fields[f"{name}.price"], int):
                self._set(side, price, _int(fields[f"{name}.qty"]), _int(fields[f"{name}.orders"]))

    def _apply_order(self, fields: Mapping[str, Value]) -> None:
        public_id, qty = _int(fields["public_id"]), _int(fields["qty"])
        if fields["action"] == "Added":
            self._add_order(public_id, str(fields["side"]), _int(fields["price"]), qty)
            return
        side, price, before = self._orders[public_id]
        shown, orders = self._levels[side][price]
        self._set(side, price, shown - before + qty, orders - (qty == 0))
        if qty:
            self._orders[public_id] = (side, price, qty)
        else:
            del self._orders[public_id]

    def _add_order(self, public_id: int, side: str, price: int, qty: int) -> None:
        self._orders[public_id] = (side, price, qty)
        shown, orders = self._levels[side].get(price, (0, 0))
        self._set(side, price, shown + qty, orders + 1)

    def _set(self, side: str, price: int, qty: int, orders: int) -> None:
        if qty:
            self._levels[side][price] = (qty, orders)
        else:
            self._levels[side].pop(price, None)


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
