"""The causal trace of one order: what was ahead of it, who traded, what triggered it, what was blocked and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from fairlead.domain.explain import words
from fairlead.domain.explain.queue import Queue
from fairlead.model import events as ev
from fairlead.model.event import Event


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the order.

    Attributes:
        event: the fact it comes from.
        text: it in one line.
        orders: ids of the other orders it names.
        trades: ids of the trades it names.
    """

    event: Event
    text: str
    orders: tuple[int, ...] = ()
    trades: tuple[int, ...] = ()


@dataclass(slots=True)
class Trace:
    """Everything that happened to one order, oldest first."""

    order_id: int
    accepted: ev.OrderAccepted
    steps: list[Step] = field(default_factory=list)

    @property
    def orders(self) -> frozenset[int]:
        """Ids of all other orders that had a part."""
        return frozenset(order_id for step in self.steps for order_id in step.orders)

    @property
    def trades(self) -> frozenset[int]:
        """Ids of all trades that had a part."""
        return frozenset(trade_id for step in self.steps for trade_id in step.trades)


def explain(events: Iterable[Event], order_id: int, *, names: Mapping[int, str] | None = None) -> Trace | None:
    """Return the trace of an order from all events of its exchange, ``None`` where it was never accepted.

    Args:
        events: every event up to the moment of the question, oldest first.
        order_id: which order (FIX 37).
        names: what to call orders; ``#7`` where none is given.
    """
    teller = _Teller(order_id, names or {})
    for event in events:
        teller.see(event)
    return teller.trace


class _Teller:
    def __init__(self, order_id: int, names: Mapping[int, str]) -> None:
        self._id = order_id
        self._names = names
        self._queue = Queue()
        self._group: ev.GroupAccepted | None = None
        self._prints: list[ev.Trade] = []
        self._seq = 0
        self._open = False
        self.trace: Trace | None = None

    def see(self, event: Event) -> None:
        """Take in one event."""
        if event.seq != self._seq:
            self._seq, self._prints = event.seq, []
        if isinstance(event, ev.GroupAccepted) and self._id in event.order_ids:
            self._group = event
        if isinstance(event, ev.OrderAccepted) and event.order_id == self._id:
            self.trace = Trace(self._id, event)
            self._open = True
        if self.trace is not None:
            step = self._step(event, self.trace.accepted)
            if step is not None:
                self.trace.steps.append(step)
        if isinstance(event, ev.Trade):
            self._prints.append(event)
        self._queue.absorb(event)

    def _name(self, order_id: int) -> str:
        return self._names.get(order_id, f"#{order_id}")

    def _list(self, orders: Iterable[int]) -> str:
        return ", ".join(self._name(order_id) for order_id in orders)

    def _step(self, event: Event, accepted: ev.OrderAccepted) -> Step | None:
        if isinstance(event, ev.Trade):
            return self._trade(event)
        if isinstance(event, ev.TradePrevented):
            return self._prevented(event)
        if getattr(event, "order_id", None) == self._id:
            return self._mine(event)
        if self._open and getattr(event, "symbol", None) == accepted.symbol:
            return self._market(event)
        return None

    def _mine(self, event: Event) -> Step | None:
        match event:
            case ev.OrderAccepted():
                return self._accepted(event)
            case ev.OrderPosted() | ev.OrderRefreshed():
                return self._posted(event)
            case ev.OrderTriggered():
                return self._triggered(event)
            case ev.OrderCanceled() | ev.OrderExpired():
                self._open = False
                verb = "canceled" if isinstance(event, ev.OrderCanceled) else "expired"
                return Step(event, words.ended(verb, left=event.canceled_qty, reason=event.reason))
            case ev.TriggerRejected():
                self._open = False
                what = "refused when it was to start work"
                return Step(event, words.refused(what, numbers=self._numbers(event), reason=event.reason))
            case _:
                text = self._small(event)
                return None if text is None else Step(event, text)

    def _small(self, event: Event) -> str | None:
        match event:
            case ev.OrderSuspended():
                if event.kind is None:
                    return words.waits_for_entry()
                return words.waits(event.kind, source=event.source, trigger=event.trigger_price)
            case ev.OrderReleased():
                return words.released(qty=event.order_qty, leaves=event.leaves_qty)
            case ev.OrderReplaced():
                return words.amended(
                    cl_ord_id=event.cl_ord_id,
                    qty=event.order_qty,
                    price=event.price,
                    priority_kept=event.priority_kept,
                )
            case ev.OrderRestated():
                return words.restated(qty=event.order_qty, leaves=event.leaves_qty, reason=event.reason)
            case ev.OrderParked():
                return words.parked()
            case ev.AmendRejected():
                return words.refused("amend refused", numbers=self._numbers(event), reason=event.reason)
            case ev.BandBroken():
                return words.blocked(price=event.price, rule=event.rule, band=f"{event.low} to {event.high}")
            case _:
                return None

    @staticmethod
    def _numbers(event: ev.TriggerRejected | ev.AmendRejected) -> str:
        return f"value {event.value} against limit {event.limit}"

    def _accepted(self, event: ev.OrderAccepted) -> Step:
        others: tuple[int, ...] = ()
        group = None
        if self._group is not None:
            others = tuple(order_id for order_id in self._group.order_ids if order_id != self._id)
            group = f"{self._group.kind} group {self._group.group_id} with {self._list(others)}"
        text = words.accepted(
            side=event.side,
            qty=event.order_qty,
            symbol=event.symbol,
            ord_type=event.ord_type,
            price=event.price,
            tif=event.time_in_force,
            group=group,
        )
        return Step(event, text, others)

    def _posted(self, event: ev.OrderPosted | ev.OrderRefreshed) -> Step:
        ahead = self._queue.ahead(event)
        qty = "hidden" if event.public_id == 0 else str(event.displayed_qty)
        verb = "posted" if isinstance(event, ev.OrderPosted) else "tip refilled"
        shown = sum((qty for _, qty in ahead), Decimal(0))
        behind = f"behind {self._list(order_id for order_id, _ in ahead)} ({shown} shown)" if ahead else "first in line"
        return Step(event, f"{verb}: {qty} at {event.price}, {behind}", tuple(order_id for order_id, _ in ahead))

    def _triggered(self, event: ev.OrderTriggered) -> Step:
        def text(by: str = "") -> str:
            return words.triggered(source=event.source, observed=event.observed, trigger=event.trigger_price, by=by)

        found = [trade for trade in self._prints if trade.symbol == event.symbol and trade.price == event.observed]
        if event.source != "last" or not found:
            return Step(event, text())
        trade = found[-1]
        if trade.aggressor is None:
            return Step(event, text(f"; by auction trade {trade.trade_id}"), (), (trade.trade_id,))
        aggressor = trade.buy_order_id if trade.aggressor == "buy" else trade.sell_order_id
        by = f"; by trade {trade.trade_id} of {self._name(aggressor)}"
        return Step(event, text(by), (aggressor,), (trade.trade_id,))

    def _trade(self, event: ev.Trade) -> Step | None:
        if self._id not in (event.buy_order_id, event.sell_order_id):
            return None
        bought = event.buy_order_id == self._id
        other = event.sell_order_id if bought else event.buy_order_id
        leaves = event.buy_leaves_qty if bought else event.sell_leaves_qty
        if event.aggressor is None:
            role = "in the auction"
        else:
            role = "as taker" if (event.aggressor == "buy") == bought else "as maker"
        if leaves == 0 and self.trace is not None and self.trace.accepted.order_qty > 0:
            self._open = False
        text = words.traded(
            qty=event.qty,
            price=event.price,
            role=role,
            other=self._name(other),
            trade_id=event.trade_id,
            leaves=leaves,
        )
        return Step(event, text, (other,), (event.trade_id,))

    def _prevented(self, event: ev.TradePrevented) -> Step | None:
        if self._id not in (event.taker_order_id, event.maker_order_id):
            return None
        other = event.maker_order_id if event.taker_order_id == self._id else event.taker_order_id
        text = words.prevented(other=self._name(other), price=event.price, qty=event.qty, mode=event.mode)
        return Step(event, text, (other,))

    def _market(self, event: Event) -> Step | None:
        match event:
            case ev.StateChanged():
                text = words.state_changed(event.symbol, before=event.from_state, after=event.to_state)
            case ev.BreakerTripped():
                text = words.tripped(event.symbol, rule=event.rule)
            case ev.AuctionExtended():
                text = words.extended(price=str(event.price), bounds=f"{event.low} to {event.high}")
            case ev.HaltOrdered():
                text = words.halted(event.symbol, who=f"operator {event.operator}", note=f": {event.note}")
            case ev.ResumeOrdered():
                text = words.resumed(event.symbol, who=f"operator {event.operator}", note=f": {event.note}")
            case _:
                return None
        return Step(event, text)
