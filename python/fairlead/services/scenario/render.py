"""Event objects as lines: what an expectation is compared with."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from fairlead.model import events as ev
from fairlead.model.event import Event
from fairlead.services.scenario import amendments, outcomes, show
from fairlead.services.scenario.market import Market


def camel(word: str) -> str:
    """Return ``OpeningAuction`` for ``opening_auction``."""
    return "".join(part.title() for part in word.split("_"))


def render(event: Event, market: Market, orders: Mapping[int, str]) -> str:
    """Return one event as one line: words, then ``key=value`` options."""
    return f"{_RENDERERS[type(event)](event, market, orders)} cause={event.cause}"


def amount(value: Decimal, decimals: int) -> str:
    """Return an amount with all decimals of its asset."""
    return f"{value:.{decimals}f}"


def _name(orders: Mapping[int, str], order_id: int) -> str:
    return orders.get(order_id, f"#{order_id}")


def _price(price: Decimal | None) -> str:
    return "none" if price is None else str(price)


def _moved(verb: str) -> Callable[..., str]:
    def line(event: Any, market: Market, _: Mapping[int, str]) -> str:
        return f"{verb} {event.account} {event.asset} {amount(event.amount, market.decimals[event.asset])}"

    return line


def _refused(verb: str) -> Callable[..., str]:
    def line(event: Any, _: Market, __: Mapping[int, str]) -> str:
        numbers = f"value={event.value} limit={event.limit} order=#{event.order_id or 0}"
        return f"{verb} {event.cl_ord_id} {event.reason} {numbers}"

    return line


def _shown(verb: str) -> Callable[..., str]:
    def line(event: Any, _: Market, orders: Mapping[int, str]) -> str:
        qty = "hidden" if event.public_id == 0 else event.displayed_qty
        return f"{verb} {_name(orders, event.order_id)} {qty} @ {event.price} public=#{event.public_id}"

    return line


def _ended(verb: str) -> Callable[..., str]:
    def line(event: Any, _: Market, orders: Mapping[int, str]) -> str:
        return f"{verb} {_name(orders, event.order_id)} {event.canceled_qty} {event.reason}"

    return line


def _cross(verb: str) -> Callable[..., str]:
    def line(event: Any, _: Market, __: Mapping[int, str]) -> str:
        if event.price is None:
            return f"{verb} {event.symbol} none"
        return f"{verb} {event.symbol} {event.volume} @ {event.price} imbalance={event.imbalance}"

    return line


def _repeated(event: Any, _: Market, __: Mapping[int, str]) -> str:
    reason = f" {event.reason}" if event.reason else ""
    return f"repeated {event.cl_ord_id}{reason} order=#{event.order_id or 0}"


def _accepted(event: Any, _: Market, __: Mapping[int, str]) -> str:
    return f"accepted {event.cl_ord_id} qty={event.order_qty} price={_price(event.price)} order=#{event.order_id}"


def _replaced(event: Any, _: Market, orders: Mapping[int, str]) -> str:
    priority = "kept" if event.priority_kept else "lost"
    return (
        f"replaced {_name(orders, event.order_id)} qty={event.order_qty} leaves={event.leaves_qty} "
        f"shown={event.displayed_qty} price={_price(event.price)} priority={priority} as={event.cl_ord_id}"
    )


def _restated(event: Any, _: Market, orders: Mapping[int, str]) -> str:
    name = _name(orders, event.order_id)
    return f"restated {name} {event.leaves_qty} {event.reason} qty={event.order_qty} shown={event.displayed_qty}"


def _trade(event: Any, market: Market, orders: Mapping[int, str]) -> str:
    decimals = market.decimals[market.quotes[event.symbol]]
    buy = (event.buy_order_id, event.buy_fee, event.buy_leaves_qty)
    sell = (event.sell_order_id, event.sell_fee, event.sell_leaves_qty)
    first, second = (sell, buy) if event.aggressor == "buy" else (buy, sell)
    marks = (" auction" if event.aggressor is None else "") + (" self_match" if event.self_match else "")
    fees = ",".join(str(int(fee.scaleb(decimals))) for _, fee, _ in (first, second))
    return (
        f"trade {_name(orders, first[0])} {_name(orders, second[0])} {event.qty} @ {event.price}{marks} "
        f"fees={fees} left={first[2]},{second[2]} id=#{event.trade_id}"
    )


def _prevented(event: Any, _: Market, orders: Mapping[int, str]) -> str:
    maker, taker = _name(orders, event.maker_order_id), _name(orders, event.taker_order_id)
    return (
        f"prevented {maker} {taker} {event.qty} @ {event.price} left={event.maker_leaves_qty} "
        f"shown={event.maker_displayed_qty} mode={camel(event.mode)}"
    )


_RENDERERS: dict[type[Event], Callable[..., str]] = {
    ev.AssetAdded: lambda event, _, __: f"asset {event.asset} decimals={event.decimals}",
    ev.InstrumentListed: lambda event, _, __: f"listed {event.symbol}",
    ev.AccountAdded: lambda event, _, __: f"account {event.account}",
    ev.FeesSet: lambda event, _, __: f"fees {event.schedule} version={event.version}",
    ev.TicksSet: lambda event, _, __: f"ticks {event.symbol}",
    ev.AccountFeesSet: lambda event, _, __: f"account_fees {event.account} {event.schedule}",
    ev.Deposited: _moved("deposited"),
    ev.Withdrawn: _moved("withdrawn"),
    ev.OrderAccepted: _accepted,
    ev.OrderRejected: _refused("rejected"),
    ev.AmendRejected: _refused("amend_rejected"),
    ev.CancelRejected: lambda event, _, __: f"cancel_rejected {event.reason}",
    ev.CommandRejected: lambda event, _, __: f"refused {event.reason} value={event.value} limit={event.limit}",
    ev.Repeated: _repeated,
    ev.OrderPosted: _shown("posted"),
    ev.OrderRefreshed: _shown("refreshed"),
    ev.OrderReplaced: _replaced,
    ev.OrderRestated: _restated,
    ev.OrderParked: lambda event, _, orders: f"parked {_name(orders, event.order_id)}",
    ev.Trade: _trade,
    ev.TradePrevented: _prevented,
    ev.OrderCanceled: _ended("canceled"),
    ev.OrderExpired: _ended("expired"),
    ev.MassCanceled: lambda event, _, __: f"mass {event.count}",
    ev.StateChanged: lambda event, _, __: f"state {event.symbol} {camel(event.from_state)} {camel(event.to_state)}",
    ev.IndicativePrice: _cross("indicative"),
    ev.Uncrossed: _cross("uncrossed"),
    ev.TimePassed: lambda _, __, ___: "time",
    **show.RENDERERS,
    **outcomes.RENDERERS,
    **amendments.RENDERERS,
}
