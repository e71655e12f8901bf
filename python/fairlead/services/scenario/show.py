"""Events about orders that wait, groups, guards and breakers as lines."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fairlead.model import events as ev
from fairlead.model.event import Event
from fairlead.services.scenario.line import seconds
from fairlead.services.scenario.market import Market

Names = Mapping[int, str]
_KINDS = {
    "stop_loss": "stop", "take_profit": "take", "if_touched": "touch", "trailing_stop": "trail", None: "entry",
}  # fmt: skip
_GROUPS = {"oco": "oco", "oto": "oto", "otoco": "bracket"}


def _camel(word: str) -> str:
    return "".join(part.title() for part in word.split("_"))


def _name(orders: Names, order_id: int) -> str:
    return orders.get(order_id, f"#{order_id}")


def _price(price: Decimal | None) -> str:
    return "none" if price is None else str(price)


def _seen(observed: Decimal, trigger: Decimal) -> str:
    """A value between two prices keeps its one decimal more."""
    rounded = observed.quantize(trigger)
    return str(rounded if rounded == observed else observed)


def _suspended(event: Any, _: Market, orders: Names) -> str:
    name, kind = _name(orders, event.order_id), _KINDS[event.kind]
    return f"suspended {name} {kind} trigger={_price(event.trigger_price)} source={event.source}"


def _triggered(event: Any, _: Market, orders: Names) -> str:
    saw = _seen(event.observed, event.trigger_price)
    return f"triggered {_name(orders, event.order_id)} trigger={event.trigger_price} saw={saw} source={event.source}"


def _trigger_rejected(event: Any, _: Market, orders: Names) -> str:
    name = _name(orders, event.order_id)
    return f"trigger_rejected {name} {event.canceled_qty} {event.reason} value={event.value} limit={event.limit}"


def _released(event: Any, _: Market, orders: Names) -> str:
    return f"released {_name(orders, event.order_id)} qty={event.order_qty} leaves={event.leaves_qty}"


def _grouped(event: Any, _: Market, orders: Names) -> str:
    first = _name(orders, event.order_ids[0])
    return f"grouped {first} {_GROUPS[event.kind]} mode={event.mode} id=#{event.group_id}"


def _group_rejected(event: Any, _: Market, __: Names) -> str:
    numbers = f"leg={event.leg} value={event.value} limit={event.limit}"
    return f"group_rejected {event.cl_ord_id or 'none'} {event.reason} {numbers}"


def _limits_set(event: Any, _: Market, __: Names) -> str:
    return f"limits_set {event.account}" + (f" {event.symbol}" if event.symbol else "")


def _credit(event: Any, market: Market, _: Names) -> str:
    return f"credit {event.account} {event.asset} {event.amount:.{market.decimals[event.asset]}f}"


def _scope(event: Any) -> str:
    return event.scope if event.of is None else f"{event.scope} {event.of}"


def _killed(event: Any, _: Market, __: Names) -> str:
    return f"killed {_scope(event)} {event.count} by={event.operator} note={event.note}"


def _rearmed(event: Any, _: Market, __: Names) -> str:
    return f"rearmed {_scope(event)} by={event.operator} note={event.note}"


def _session(event: Any, _: Market, __: Names) -> str:
    return f"session {event.session} {'up' if event.up else 'down'} cancel={seconds(event.cancel_ns, 'never')}"


def _on_disconnect(event: Any, _: Market, __: Names) -> str:
    return f"on_disconnect {event.session} grace={seconds(event.grace_ns, 'never')}"


def _halt_ordered(event: Any, _: Market, __: Names) -> str:
    until = seconds(event.until_ns, "resumed")
    return f"halt_ordered {event.symbol} by={event.operator} note={event.note} until={until}"


def _band_broken(event: Any, _: Market, orders: Names) -> str:
    name = _name(orders, event.order_id)
    band = f"low={event.low} high={event.high} on={event.symbol}"
    return f"band_broken {name} @ {event.price} {event.rule} {band}"


def _extended(event: Any, _: Market, __: Names) -> str:
    until = seconds(event.until_ns, "resumed")
    return f"extended {event.symbol} @ {event.price} low={event.low} high={event.high} until={until}"


RENDERERS: dict[type[Event], Callable[..., str]] = {
    ev.OrderSuspended: _suspended,
    ev.OrderTriggered: _triggered,
    ev.TriggerRejected: _trigger_rejected,
    ev.OrderReleased: _released,
    ev.GroupAccepted: _grouped,
    ev.GroupRejected: _group_rejected,
    ev.LimitsSet: _limits_set,
    ev.CreditLineSet: _credit,
    ev.KillSwitchSet: _killed,
    ev.KillSwitchCleared: _rearmed,
    ev.DisconnectRuleSet: _on_disconnect,
    ev.SessionChanged: _session,
    ev.DeadManSet: lambda event, _, __: f"dead_man {event.account} at={seconds(event.at_ns, 'never')}",
    ev.ReferenceSet: lambda event, _, __: f"reference {event.symbol} {event.kind} {event.price}",
    ev.ReferenceStale: lambda event, _, __: f"stale {event.symbol} {event.kind}",
    ev.HaltOrdered: _halt_ordered,
    ev.ResumeOrdered: lambda event, _, __: f"resume_ordered {event.symbol} by={event.operator} note={event.note}",
    ev.SessionStateSet: lambda event, _, __: f"session_state {event.symbol} {_camel(event.state)}",
    ev.BreakerSet: lambda event, _, __: f"breaker {event.symbol}",
    ev.BandsSet: lambda event, _, __: f"bands {event.symbol} {event.low} {event.high}",
    ev.BandBroken: _band_broken,
    ev.BreakerTripped: lambda event, _, __: (
        f"tripped {event.symbol} {event.rule} until={seconds(event.until_ns, 'resumed')}"
    ),
    ev.AuctionExtended: _extended,
    ev.SpreadChanged: lambda event, _, __: f"spread {event.symbol} {_camel(event.state)}",
}
