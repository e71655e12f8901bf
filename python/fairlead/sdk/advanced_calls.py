"""The calls that enter orders that wait, hide a part, or depend on each other."""

from typing import Any

from fairlead.sdk.answers import Group, Order
from fairlead.sdk.call import Call, Number, number, path
from fairlead.sdk.order_calls import given, order_call

__all__ = [
    "cancel_group",
    "create_bracket",
    "create_iceberg",
    "create_oco",
    "create_stop_loss",
    "create_trailing_stop",
]


def create_stop_loss(
    symbol: str,
    side: str,
    quantity: Number,
    trigger_price: Number,
    *,
    limit_price: Number | None = None,
    trigger_type: str | None = None,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Call[Order]:
    """Enter an order that waits for a price; a market order then, a limit order with ``limit_price``."""
    body = given(
        symbol=symbol,
        side=side,
        quantity=number("quantity", quantity),
        triggerPrice=number("trigger_price", trigger_price),
        limitPrice=number("limit_price", limit_price),
        triggerType=trigger_type,
        timeInForce=time_in_force,
        clientOrderId=client_order_id,
    )
    return order_call("/advanced-orders/stop-loss", body)


def create_trailing_stop(
    symbol: str,
    side: str,
    quantity: Number,
    *,
    trailing_percent: Number | None = None,
    trailing_amount: Number | None = None,
    activation_price: Number | None = None,
    limit_offset: Number | None = None,
    trigger_type: str | None = None,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Call[Order]:
    """Enter a stop that follows the price, by an amount or by a percentage."""
    body = given(
        symbol=symbol,
        side=side,
        quantity=number("quantity", quantity),
        trailingPercent=number("trailing_percent", trailing_percent),
        trailingAmount=number("trailing_amount", trailing_amount),
        activationPrice=number("activation_price", activation_price),
        limitOffset=number("limit_offset", limit_offset),
        triggerType=trigger_type,
        timeInForce=time_in_force,
        clientOrderId=client_order_id,
    )
    return order_call("/advanced-orders/trailing-stop", body)


def create_iceberg(
    symbol: str,
    side: str,
    total_quantity: Number,
    visible_quantity: Number,
    price: Number,
    *,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Call[Order]:
    """Enter a limit order of which the book shows ``visible_quantity`` at a time."""
    body = given(
        symbol=symbol,
        side=side,
        totalQuantity=number("total_quantity", total_quantity),
        visibleQuantity=number("visible_quantity", visible_quantity),
        price=number("price", price),
        timeInForce=time_in_force,
        clientOrderId=client_order_id,
    )
    return order_call("/advanced-orders/iceberg", body)


def create_oco(
    symbol: str,
    side: str,
    quantity: Number,
    *,
    take_profit_price: Number,
    stop_price: Number,
    stop_limit_price: Number | None = None,
    trigger_type: str | None = None,
    client_order_id: str | None = None,
) -> Call[Group]:
    """Enter two exits; the first that trades takes from the other."""
    exits = _exits(take_profit_price, stop_price, stop_limit_price)
    body = given(
        symbol=symbol,
        side=side,
        quantity=number("quantity", quantity),
        triggerType=trigger_type,
        clientOrderId=client_order_id,
    )
    return _group("/advanced-orders/oco", body | exits)


def create_bracket(
    symbol: str,
    side: str,
    quantity: Number,
    *,
    entry_price: Number,
    take_profit_price: Number,
    stop_price: Number,
    stop_limit_price: Number | None = None,
    trigger_type: str | None = None,
    time_in_force: str | None = None,
    client_order_id: str | None = None,
) -> Call[Group]:
    """Enter an order and two exits that wait for it; ``side`` is the entry's."""
    exits = _exits(take_profit_price, stop_price, stop_limit_price)
    body = given(
        symbol=symbol,
        side=side,
        quantity=number("quantity", quantity),
        entryPrice=number("entry_price", entry_price),
        triggerType=trigger_type,
        timeInForce=time_in_force,
        clientOrderId=client_order_id,
    )
    return _group("/advanced-orders/bracket", body | exits)


def cancel_group(group_id: str) -> Call[None]:
    """Cancel the orders of a group, ``group_id`` as the answer to its entry said."""
    return Call(method="DELETE", target=path("advanced-orders", group_id), answer=None, take=lambda _: None)


def _group(target: str, body: dict[str, Any]) -> Call[Group]:
    return Call(method="POST", target=target, answer=Group, take=lambda found: found, body=body, is_named=True)


def _exits(take_profit: Number, stop: Number, stop_limit: Number | None) -> dict[str, Any]:
    return {
        "takeProfit": {"price": number("take_profit_price", take_profit)},
        "stopLoss": given(stopPrice=number("stop_price", stop), limitPrice=number("stop_limit_price", stop_limit)),
    }
