"""Who rests where, from events alone: enough to say what was ahead of an order when it joined a queue."""

from dataclasses import dataclass
from decimal import Decimal

from fairlead.model import events as ev
from fairlead.model.event import Event


@dataclass(slots=True)
class _Place:
    symbol: str
    side: str
    price: Decimal
    number: int
    shown: Decimal
    is_hidden: bool


class Queue:
    """The places of all resting orders of an exchange."""

    def __init__(self) -> None:
        self._places: dict[int, _Place] = {}
        self._posts = 0

    def ahead(self, posted: ev.OrderPosted | ev.OrderRefreshed) -> list[tuple[int, Decimal]]:
        """Return the orders in front of one that is about to be posted, first in line first, with what they show."""
        hidden = posted.public_id == 0
        found = [
            (place.is_hidden, place.number, order_id, place.shown)
            for order_id, place in self._places.items()
            if order_id != posted.order_id
            and (place.symbol, place.side, place.price) == (posted.symbol, posted.side, posted.price)
            and (hidden or not place.is_hidden)
        ]
        return [(order_id, shown) for _, _, order_id, shown in sorted(found)]

    def absorb(self, event: Event) -> None:
        """Take in one event."""
        match event:
            case ev.OrderPosted() | ev.OrderRefreshed():
                self._posts += 1
                hidden = event.public_id == 0
                self._places[event.order_id] = _Place(
                    event.symbol, event.side, event.price, self._posts, event.displayed_qty, hidden
                )
            case ev.OrderReplaced():
                self._resize(event.order_id, event.displayed_qty, stays=event.priority_kept)
            case ev.OrderRestated():
                self._resize(event.order_id, event.displayed_qty, stays=True)
            case ev.OrderParked() | ev.OrderReleased() | ev.TriggerRejected():
                self._places.pop(event.order_id, None)
            case ev.OrderCanceled() | ev.OrderExpired():
                self._places.pop(event.order_id, None)
            case ev.Trade():
                self._fill(event.buy_order_id, event.qty, event.buy_leaves_qty)
                self._fill(event.sell_order_id, event.qty, event.sell_leaves_qty)
            case ev.TradePrevented():
                self._resize(event.maker_order_id, event.maker_displayed_qty, stays=True)
            case _:
                pass

    def _resize(self, order_id: int, shown: Decimal, *, stays: bool) -> None:
        place = self._places.get(order_id)
        if place is None:
            return
        if stays:
            place.shown = shown
        else:
            del self._places[order_id]

    def _fill(self, order_id: int, qty: Decimal, leaves: Decimal) -> None:
        place = self._places.get(order_id)
        if place is None:
            return
        if leaves == 0:
            del self._places[order_id]
        elif not place.is_hidden:
            place.shown = max(place.shown - qty, Decimal(0))
