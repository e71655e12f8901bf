"""The causal trace of one order: what was ahead of it, who traded, what triggered it, what was blocked and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from fairlead.domain.explain.queue import Queue
from fairlead.model import events as ev

_ENDS: Mapping[str, str] = {
    "USER": "its owner asked for it",
    "MASS": "a mass cancel covered it",
    "STP": "it met an order of the same owner",
    "NO_LIQUIDITY": "nothing was left to trade with",
    "PROTECTION": "the next price was beyond its protection price",
    "BUDGET": "its budget bought nothing more",
    "TIF_IOC": "what cannot trade at once is canceled (IOC)",
    "TIF_FOK": "it could not trade in full at once (FOK)",
    "MIN_QTY": "its minimum quantity could not trade at once",
    "REDUCE_ONLY": "the position it may reduce is gone",
    "TRADES_MAX": "it made as many trades as one command may",
    "DELISTED": "the instrument was delisted",
    "TIF_DAY": "the session ended",
    "TIF_GTD": "its expiry time came",
    "AUCTION_END": "its auction is over",
    "GROUP": "another order of its group made it void",
    "KILL": "a kill switch covered it",
    "DISCONNECT": "its connection was lost",
    "DEAD_MAN": "the account's dead-man timer ran out",
    "PRICE_BAND": "the next price would have broken a band",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to the order.

    Attributes:
        event: the fact it comes from.
        text: it in one line.
        orders: ids of the other orders it names.
        trades: ids of the trades it names.
    """

    event: ev.Event
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


def explain(events: Iterable[ev.Event], order_id: int, *, names: Mapping[int, str] | None = None) -> Trace | None:
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

    def see(self, event: ev.Event) -> None:
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

    def _step(self, event: ev.Event, accepted: ev.OrderAccepted) -> Step | None:
        if isinstance(event, ev.Trade):
            return self._trade(event)
        if isinstance(event, ev.TradePrevented):
            return self._prevented(event)
        if getattr(event, "order_id", None) == self._id:
            return self._mine(event)
        if self._open and getattr(event, "symbol", None) == accepted.symbol:
            return self._market(event)
        return None

    def _mine(self, event: ev.Event) -> Step | None:
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
                why = _ENDS.get(event.reason, event.reason)
                return Step(event, f"{verb} with {event.canceled_qty} left: {why} [{event.reason}]")
            case ev.TriggerRejected():
                self._open = False
                return Step(event, f"refused when it was to start work: {self._numbers(event)} [{event.reason}]")
            case _:
                text = self._small(event)
                return None if text is None else Step(event, text)

    def _small(self, event: ev.Event) -> str | None:
        match event:
            case ev.OrderSuspended():
                if event.kind is None:
                    return "waits for the entry of its group"
                at = "its trigger is not known yet" if event.trigger_price is None else f"at {event.trigger_price}"
                return f"waits: {event.kind.replace('_', '-')} on {event.source}, {at}"
            case ev.OrderReleased():
                return f"released: total {event.order_qty}, {event.leaves_qty} to do"
            case ev.OrderReplaced():
                priority = "its priority kept" if event.priority_kept else "its priority lost"
                return f"amended as {event.cl_ord_id}: total {event.order_qty} at {event.price}, {priority}"
            case ev.OrderRestated():
                why = _ENDS.get(event.reason, event.reason)
                return f"made smaller: total {event.order_qty}, {event.leaves_qty} to do: {why} [{event.reason}]"
            case ev.OrderParked():
                return "left the book to wait for its reference"
            case ev.AmendRejected():
                return f"amend refused: {self._numbers(event)} [{event.reason}]"
            case ev.BandBroken():
                band = f"{event.low} to {event.high}"
                return f"blocked: a trade at {event.price} would break the {event.rule} band {band}"
            case _:
                return None

    @staticmethod
    def _numbers(event: ev.TriggerRejected | ev.AmendRejected) -> str:
        return f"value {event.value} against limit {event.limit}"

    def _accepted(self, event: ev.OrderAccepted) -> Step:
        price = "" if event.price is None else f" at {event.price}"
        text = f"accepted: {event.side} {event.order_qty} {event.symbol} {event.ord_type}{price} {event.time_in_force}"
        if self._group is None:
            return Step(event, text)
        others = tuple(order_id for order_id in self._group.order_ids if order_id != self._id)
        return Step(event, f"{text}; {self._group.kind} group {self._group.group_id} with {self._list(others)}", others)

    def _posted(self, event: ev.OrderPosted | ev.OrderRefreshed) -> Step:
        ahead = self._queue.ahead(event)
        qty = "hidden" if event.public_id == 0 else str(event.displayed_qty)
        verb = "posted" if isinstance(event, ev.OrderPosted) else "tip refilled"
        shown = sum((qty for _, qty in ahead), Decimal(0))
        behind = f"behind {self._list(order_id for order_id, _ in ahead)} ({shown} shown)" if ahead else "first in line"
        return Step(event, f"{verb}: {qty} at {event.price}, {behind}", tuple(order_id for order_id, _ in ahead))

    def _triggered(self, event: ev.OrderTriggered) -> Step:
        text = (
            f"triggered: {event.source} reached {event.observed.normalize():f}, its trigger was {event.trigger_price}"
        )
        found = [trade for trade in self._prints if trade.symbol == event.symbol and trade.price == event.observed]
        if event.source != "last" or not found:
            return Step(event, text)
        trade = found[-1]
        if trade.aggressor is None:
            return Step(event, f"{text}; by auction trade {trade.trade_id}", (), (trade.trade_id,))
        aggressor = trade.buy_order_id if trade.aggressor == "buy" else trade.sell_order_id
        return Step(
            event, f"{text}; by trade {trade.trade_id} of {self._name(aggressor)}", (aggressor,), (trade.trade_id,)
        )

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
        left = "filled" if leaves == 0 else f"{leaves} left"
        text = f"traded {event.qty} at {event.price} {role} with {self._name(other)}, trade {event.trade_id}; {left}"
        return Step(event, text, (other,), (event.trade_id,))

    def _prevented(self, event: ev.TradePrevented) -> Step | None:
        if self._id not in (event.taker_order_id, event.maker_order_id):
            return None
        other = event.maker_order_id if event.taker_order_id == self._id else event.taker_order_id
        text = f"met {self._name(other)} of the same owner at {event.price}: no trade of {event.qty} [{event.mode}]"
        return Step(event, text, (other,))

    def _market(self, event: ev.Event) -> Step | None:
        match event:
            case ev.StateChanged():
                return Step(event, f"{event.symbol} went from {event.from_state} to {event.to_state}")
            case ev.BreakerTripped():
                return Step(event, f"the {event.rule} rule stopped {event.symbol}")
            case ev.AuctionExtended():
                return Step(event, f"the call was extended: {event.price} is outside {event.low} to {event.high}")
            case ev.HaltOrdered():
                return Step(event, f"operator {event.operator} halted {event.symbol}: {event.note}")
            case ev.ResumeOrdered():
                return Step(event, f"operator {event.operator} resumed {event.symbol}: {event.note}")
            case _:
                return None
