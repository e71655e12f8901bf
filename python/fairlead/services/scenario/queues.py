"""Queues of a book, rebuilt from events alone, as any reader of the event stream could."""

from dataclasses import dataclass
from decimal import Decimal

from fairlead.model import events as ev
from fairlead.model.event import Event


@dataclass(slots=True)
class Place:
    """A stay on the book."""

    price: Decimal
    number: int
    shown: Decimal
    is_hidden: bool


@dataclass(slots=True)
class OpenOrder:
    """What events say of an open order."""

    symbol: str
    side: str
    order_qty: Decimal
    leaves: Decimal
    place: Place | None = None
    waits: bool = False
    is_held: bool = False


class Queues:
    """Open orders and their places in time."""

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self.orders: dict[int, OpenOrder] = {}
        self._posts = 0

    def absorb(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case ev.OrderAccepted():
                self.names[event.order_id] = event.cl_ord_id
                self.orders[event.order_id] = OpenOrder(event.symbol, event.side, event.order_qty, event.order_qty)
            case ev.OrderPosted() | ev.OrderRefreshed():
                self._post(event)
            case ev.OrderReplaced() | ev.OrderRestated():
                self._resize(event)
            case ev.OrderParked():
                self.orders[event.order_id].place = None
            case ev.OrderSuspended():
                order = self.orders[event.order_id]
                order.waits, order.is_held = True, event.kind is None
            case ev.OrderTriggered():
                self.orders[event.order_id].waits = False
            case ev.OrderReleased():
                self._release(event)
            case ev.Trade():
                self._fill(event.buy_order_id, event.qty, event.buy_leaves_qty)
                self._fill(event.sell_order_id, event.qty, event.sell_leaves_qty)
            case ev.TradePrevented():
                self._prevent(event)
            case ev.OrderCanceled() | ev.OrderExpired() | ev.TriggerRejected():
                self.orders.pop(event.order_id, None)
            case _:
                pass

    def queue(self, symbol: str, side: str) -> list[tuple[int, Place]]:
        """Return one side in priority order."""
        found = [
            (order_id, order.place)
            for order_id, order in self.orders.items()
            if order.place is not None and (order.symbol, order.side) == (symbol, side)
        ]
        sign = -1 if side == "buy" else 1
        return sorted(found, key=lambda item: (sign * item[1].price, item[1].is_hidden, item[1].number))

    def _post(self, event: ev.OrderPosted | ev.OrderRefreshed) -> None:
        order = self.orders[event.order_id]
        self._posts += 1
        order.place = Place(event.price, self._posts, event.displayed_qty, event.public_id == 0)

    def _release(self, event: ev.OrderReleased) -> None:
        order = self.orders[event.order_id]
        order.order_qty, order.leaves = event.order_qty, event.leaves_qty
        order.place = None
        if order.is_held:
            order.waits = order.is_held = False

    def _resize(self, event: ev.OrderReplaced | ev.OrderRestated) -> None:
        order = self.orders[event.order_id]
        order.order_qty, order.leaves = event.order_qty, event.leaves_qty
        if isinstance(event, ev.OrderReplaced) and not event.priority_kept:
            order.place = None
        if order.place is not None:
            order.place.shown = event.displayed_qty

    def _fill(self, order_id: int, qty: Decimal, leaves: Decimal) -> None:
        order = self.orders.get(order_id)
        if order is None:
            return
        order.leaves = leaves
        if order.place is not None and not order.place.is_hidden:
            order.place.shown = max(order.place.shown - qty, Decimal(0))
        if leaves == 0 and order.order_qty != 0:
            del self.orders[order_id]

    def _prevent(self, event: ev.TradePrevented) -> None:
        maker, taker = self.orders.get(event.maker_order_id), self.orders.get(event.taker_order_id)
        if maker is not None:
            maker.leaves = event.maker_leaves_qty
            if maker.place is not None:
                maker.place.shown = event.maker_displayed_qty
        if event.mode == "decrement_and_cancel" and taker is not None:
            taker.leaves = max(taker.leaves - event.qty, Decimal(0))
