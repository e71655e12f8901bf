"""Bodies of orders become requests of the exchange; what has no meaning on this venue is refused by name."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeVar

from msgspec import UNSET, Raw, UnsetType

from fairlead.domain.access.roles import Principal
from fairlead.domain.trading.group_request import ExitsRequest
from fairlead.domain.trading.order_request import OrderRequest
from fairlead.domain.trading.outcome_side import OUTCOMES
from fairlead.domain.trading.sent import Sent, Word
from fairlead.web.numbers import decimal_of
from fairlead.web.order_wire import (
    BracketBody,
    IcebergBody,
    OcoBody,
    OrderBody,
    StopLossBody,
    TrailingStopBody,
    decimal_text,
)
from fairlead.web.problems import ProblemError

__all__ = [
    "client_id",
    "demand_own_account",
    "exits_request",
    "given",
    "iceberg_request",
    "number",
    "order_request",
    "sent_with",
    "stop_loss_request",
    "stop_sent_with",
    "trailing_stop_request",
]

T = TypeVar("T")

_NS_PER_MS: Final = 1_000_000
# Other words for the same side.
_SIDES: Final[Mapping[str, str]] = {"LONG": "BUY", "SHORT": "SELL"}
# What every order does anyway.
_STRATEGY: Final = "PARTIAL_FILLS"
_TRAILING: Final = frozenset({"TRAILING_STOP", "TRAILING_STOP_LIMIT"})


def given(value: T | UnsetType) -> T | None:
    """Return a field that may be left out."""
    return None if isinstance(value, UnsetType) else value


def number(raw: Raw | UnsetType, field: str) -> Decimal | None:
    """Return a number that may be left out.

    Raises:
        ProblemError: it is none.
    """
    return None if isinstance(raw, UnsetType) else decimal_of(raw, field)


def client_id(in_header: str | None, in_body: str | UnsetType) -> str | None:
    """Return the client id of a request, which both the header and the body may give.

    Raises:
        ProblemError: they differ.
    """
    named = given(in_body)
    if in_header is not None and named is not None and in_header != named:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"Idempotency-Key and clientOrderId differ: {in_header!r:.60} {named!r:.60}",
            field="Idempotency-Key",
            value=f"{in_header:.60}",
            limit=f"{named:.60}",
            fix="give one of them, or both alike",
        )
    return in_header if named is None else named


def demand_own_account(caller: Principal, account_id: str | int | UnsetType) -> None:
    """Check that an account of a body is the caller's own.

    Raises:
        ProblemError: it is another's, whether there is such an account or not.
    """
    if account_id is not UNSET and str(account_id) != str(caller.account):
        raise ProblemError(
            403,
            "AUTHORIZATION_ERROR",
            "not allowed: accountId is not yours",
            field="accountId",
            value=f"{account_id!s:.20}",
            fix="leave it out: an order is of the account that asks",
        )


def order_request(body: OrderBody, *, client_order_id: str | None) -> OrderRequest:
    """Return the order of ``POST /orders``.

    Raises:
        ProblemError: a number is none, or a word has no meaning on this venue.
    """
    if body.execution_strategy is not UNSET and body.execution_strategy != _STRATEGY:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"executionStrategy is not possible yet: value={body.execution_strategy:.40}",
            field="executionStrategy",
            value=f"{body.execution_strategy:.40}",
            limit=_STRATEGY,
            fix="leave it out: strategies come with the execution engine",
        )
    if body.order_type in _TRAILING:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"an order of this path has no trailing distance: orderType={body.order_type}",
            field="orderType",
            value=body.order_type,
            limit="every other orderType",
            fix="send it to POST /advanced-orders/trailing-stop",
        )
    expire_ms = given(body.expire_time)
    return OrderRequest(
        symbol=body.symbol,
        side=body.side if body.side in OUTCOMES else _side(body.side),
        order_type=body.order_type,
        quantity=number(body.quantity, "quantity"),
        price=number(body.price, "price"),
        time_in_force=given(body.time_in_force),
        expire_time_ns=None if expire_ms is None else expire_ms * _NS_PER_MS,
        client_order_id=client_order_id,
        post_only=body.post_only,
        reduce_only=body.reduce_only,
        stp_mode=given(body.stp_mode),
        min_quantity=number(body.min_quantity, "minQuantity"),
        display_quantity=number(body.display_quantity, "displayQuantity"),
        quote_quantity=number(body.quote_quantity, "quoteQuantity"),
        protection_price=number(body.protection_price, "protectionPrice"),
        trigger_price=number(body.trigger_price, "triggerPrice"),
        trigger_type=given(body.trigger_type),
        peg_type=given(body.peg_type),
        peg_offset=None if isinstance(body.peg_offset, UnsetType) else int(body.peg_offset),
    )


def stop_loss_request(body: StopLossBody, *, client_order_id: str | None) -> OrderRequest:
    """Return the order of ``POST /advanced-orders/stop-loss``."""
    price = number(body.limit_price, "limitPrice")
    return OrderRequest(
        symbol=body.symbol,
        side=_side(body.side),
        order_type="STOP" if price is None else "STOP_LIMIT",
        quantity=decimal_of(body.quantity, "quantity"),
        price=price,
        trigger_price=decimal_of(body.trigger_price, "triggerPrice"),
        trigger_type=given(body.trigger_type),
        time_in_force=given(body.time_in_force),
        client_order_id=client_order_id,
    )


def trailing_stop_request(body: TrailingStopBody, *, client_order_id: str | None) -> OrderRequest:
    """Return the order of ``POST /advanced-orders/trailing-stop``."""
    offset = number(body.limit_offset, "limitOffset")
    return OrderRequest(
        symbol=body.symbol,
        side=_side(body.side),
        order_type="TRAILING_STOP" if offset is None else "TRAILING_STOP_LIMIT",
        quantity=decimal_of(body.quantity, "quantity"),
        trailing_percent=number(body.trailing_percent, "trailingPercent"),
        trailing_amount=number(body.trailing_amount, "trailingAmount"),
        activation_price=number(body.activation_price, "activationPrice"),
        limit_offset=offset,
        trigger_type=given(body.trigger_type),
        time_in_force=given(body.time_in_force),
        client_order_id=client_order_id,
    )


def iceberg_request(body: IcebergBody, *, client_order_id: str | None) -> OrderRequest:
    """Return the order of ``POST /advanced-orders/iceberg``."""
    return OrderRequest(
        symbol=body.symbol,
        side=_side(body.side),
        order_type="LIMIT",
        quantity=decimal_of(body.total_quantity, "totalQuantity"),
        display_quantity=decimal_of(body.visible_quantity, "visibleQuantity"),
        price=decimal_of(body.price, "price"),
        time_in_force=given(body.time_in_force),
        client_order_id=client_order_id,
    )


def exits_request(body: OcoBody, *, client_order_id: str | None) -> ExitsRequest:
    """Return the group of ``POST /advanced-orders/oco`` or ``/bracket``."""
    tif = body.time_in_force if isinstance(body, BracketBody) else UNSET
    return ExitsRequest(
        symbol=body.symbol,
        side=_side(body.side),
        quantity=decimal_of(body.quantity, "quantity"),
        take_profit_price=decimal_of(body.take_profit.price, "takeProfit.price"),
        stop_price=decimal_of(body.stop_loss.stop_price, "stopLoss.stopPrice"),
        stop_limit_price=number(body.stop_loss.limit_price, "stopLoss.limitPrice"),
        entry_price=number(body.entry_price, "entryPrice"),
        trigger_type=given(body.trigger_type) or "LAST_PRICE",
        time_in_force=given(tif) or "GTC",
        client_order_id=client_order_id,
    )


# Fields of an answer that are what was sent, and no report says them.
_ECHOED: Final = (
    "trigger_type",
    "trailing_percent",
    "trailing_amount",
    "activation_price",
    "limit_offset",
    "stp_mode",
    "min_quantity",
    "display_quantity",
    "quote_quantity",
    "protection_price",
    "trigger_price",
    "peg_type",
    "peg_offset",
)


def sent_with(request: OrderRequest) -> Sent:
    """Return what an answer says of an order beside its reports."""
    fields: dict[str, Word] = {"post_only": request.post_only, "reduce_only": request.reduce_only}
    for name in _ECHOED:
        value = getattr(request, name)
        if value is not None:
            fields[name] = decimal_text(value) if isinstance(value, Decimal) else value
    if request.expire_time_ns is not None:
        fields["expire_time"] = request.expire_time_ns // _NS_PER_MS
    return Sent(order_type=request.order_type, fields=fields)


def stop_sent_with(request: ExitsRequest) -> Sent:
    """Return what an answer says of the exit with a loss of a group beside its reports."""
    order_type = "STOP" if request.stop_limit_price is None else "STOP_LIMIT"
    said: dict[str, Word] = {
        "trigger_type": request.trigger_type,
        "trigger_price": decimal_text(request.stop_price),
    }
    return Sent(order_type=order_type, fields=said)


def _side(word: str) -> str:
    if word in OUTCOMES:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"side {word} is one of LIMIT and MARKET orders of POST /orders",
            field="side",
            value=word,
            limit="BUY, SELL, LONG, SHORT",
            fix="give BUY or SELL",
        )
    return _SIDES.get(word, word)
