"""An order as people send it and as they are answered: the bodies of ``/orders`` and of ``/advanced-orders``."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, UnsetType

from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.domain.trading.sent import Sent
from fairlead.model.instants import iso
from fairlead.web.wire import Answer, Body, Text

__all__ = [
    "AllAfterBody",
    "AmendBody",
    "BatchBody",
    "BracketBody",
    "FillLine",
    "IcebergBody",
    "OcoBody",
    "OrderBody",
    "OrderLine",
    "StopLossBody",
    "StopLossPart",
    "TakeProfitPart",
    "TrailingStopBody",
    "decimal_text",
    "fill_line",
    "order_line",
]

# A price or a quantity as text or as a JSON number; ``decimal_of`` reads it, never through a float.
Number = Raw
# Milliseconds since 1970 UTC.
Instant = Annotated[int, Meta(ge=0, lt=2**43)]
# As a JSON number or as text; ``command_of`` has the limits.
Ticks = Annotated[int, Meta(ge=-(2**31), lt=2**31)] | Annotated[str, Meta(pattern=r"^-?[0-9]{1,10}\Z")]
AccountId = Annotated[str, Meta(max_length=20)] | int
# Named by the exchange: longer than any id is none.
ClientId = Annotated[str, Meta(max_length=4_096)]


class OrderBody(Body, frozen=True, kw_only=True):
    """``POST /orders``."""

    symbol: Text
    side: Text
    order_type: Text
    quantity: Number | UnsetType = UNSET
    price: Number | UnsetType = UNSET
    time_in_force: Text | UnsetType = UNSET
    expire_time: Instant | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET
    execution_strategy: Text | UnsetType = UNSET
    post_only: bool = False
    reduce_only: bool = False
    stp_mode: Text | UnsetType = UNSET
    min_quantity: Number | UnsetType = UNSET
    display_quantity: Number | UnsetType = UNSET
    quote_quantity: Number | UnsetType = UNSET
    protection_price: Number | UnsetType = UNSET
    trigger_price: Number | UnsetType = UNSET
    trigger_type: Text | UnsetType = UNSET
    peg_type: Text | UnsetType = UNSET
    peg_offset: Ticks | UnsetType = UNSET
    account_id: AccountId | UnsetType = UNSET


class BatchBody(Body, frozen=True, kw_only=True):
    """``POST /orders/batch``: each order has an outcome of its own."""

    orders: Annotated[list[OrderBody], Meta(min_length=1)]


class AmendBody(Body, frozen=True, kw_only=True):
    """``PATCH /orders/{id}``: ``quantity`` is the new total, what is filled included."""

    quantity: Number | UnsetType = UNSET
    price: Number | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET


class AllAfterBody(Body, frozen=True, kw_only=True):
    """``POST /cancel-all-after``: cancel everything unless this comes again in time; 0 takes the timer away."""

    timeout_ms: Annotated[int, Meta(ge=0, le=86_400_000)]


class StopLossBody(Body, frozen=True, kw_only=True):
    """``POST /advanced-orders/stop-loss``; without ``limitPrice`` it is a market order once it is triggered."""

    symbol: Text
    side: Text
    quantity: Number
    trigger_price: Number
    limit_price: Number | UnsetType = UNSET
    trigger_type: Text | UnsetType = UNSET
    time_in_force: Text | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET


class TrailingStopBody(Body, frozen=True, kw_only=True):
    """``POST /advanced-orders/trailing-stop``; with ``limitOffset`` it is a limit order once it is triggered."""

    symbol: Text
    side: Text
    quantity: Number
    trailing_percent: Number | UnsetType = UNSET
    trailing_amount: Number | UnsetType = UNSET
    trigger_type: Text | UnsetType = UNSET
    activation_price: Number | UnsetType = UNSET
    limit_offset: Number | UnsetType = UNSET
    time_in_force: Text | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET


class IcebergBody(Body, frozen=True, kw_only=True):
    """``POST /advanced-orders/iceberg``."""

    symbol: Text
    side: Text
    total_quantity: Number
    visible_quantity: Number
    price: Number
    time_in_force: Text | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET


class TakeProfitPart(Body, frozen=True, kw_only=True):
    """The exit with a profit: a limit order."""

    price: Number


class StopLossPart(Body, frozen=True, kw_only=True):
    """The exit with a loss; without ``limitPrice`` it is a market order once it is triggered."""

    stop_price: Number
    limit_price: Number | UnsetType = UNSET


class OcoBody(Body, frozen=True, kw_only=True):
    """``POST /advanced-orders/oco``: two exits, the first that trades takes from the other; with an entry a bracket."""

    symbol: Text
    side: Text
    quantity: Number
    take_profit: TakeProfitPart
    stop_loss: StopLossPart
    entry_price: Number | UnsetType = UNSET
    trigger_type: Text | UnsetType = UNSET
    client_order_id: ClientId | UnsetType = UNSET


class BracketBody(OcoBody, frozen=True, kw_only=True):
    """``POST /advanced-orders/bracket``: an entry, and the two exits that wait for it."""

    time_in_force: Text | UnsetType = UNSET


class FillLine(Answer, frozen=True, kw_only=True):
    """One trade of an order; a negative fee is a rebate. ``liquidity`` is ADDED, REMOVED or AUCTION."""

    trade_id: str
    price: str
    quantity: str
    fee: str
    fee_asset: str | None
    liquidity: str
    time: str


class OrderLine(Answer, frozen=True, kw_only=True):
    """An order.

    ``seq`` grows with each report of it. ``fills`` is left out where its trades are not known, and in lists:
    ``GET /orders/{orderId}/fills`` has them. What stands behind is what it was sent with, where it was set.
    """

    order_id: str
    client_order_id: str | None
    symbol: str
    side: str
    order_type: str
    status: str
    quantity: str
    filled_quantity: str
    remaining_quantity: str
    average_price: str | None
    price: str | None
    time_in_force: str
    reason: str | None
    created_at: str
    updated_at: str
    seq: int
    fills: list[FillLine] | UnsetType = UNSET
    trigger_price: str | UnsetType = UNSET
    trigger_type: str | UnsetType = UNSET
    trailing_percent: str | UnsetType = UNSET
    trailing_amount: str | UnsetType = UNSET
    activation_price: str | UnsetType = UNSET
    limit_offset: str | UnsetType = UNSET
    expire_time: int | UnsetType = UNSET
    post_only: bool | UnsetType = UNSET
    reduce_only: bool | UnsetType = UNSET
    stp_mode: str | UnsetType = UNSET
    min_quantity: str | UnsetType = UNSET
    display_quantity: str | UnsetType = UNSET
    quote_quantity: str | UnsetType = UNSET
    protection_price: str | UnsetType = UNSET
    peg_type: str | UnsetType = UNSET
    peg_offset: int | UnsetType = UNSET


def decimal_text(value: Decimal) -> str:
    """Return a number digit by digit, without an exponent."""
    text = str(value)
    # Quicker than a format by far, but small and round numbers come with an exponent.
    return f"{value:f}" if "E" in text else text


def fill_line(fill: Fill, *, fee_asset: str | None = None) -> FillLine:
    """Return one trade as an answer says it."""
    return FillLine(
        trade_id=str(fill.trade_id),
        price=decimal_text(fill.price),
        quantity=decimal_text(fill.quantity),
        fee=decimal_text(fill.fee),
        fee_asset=fee_asset,
        liquidity=fill.liquidity,
        time=iso(fill.time_ns),
    )


def order_line(
    view: OrderView, *, fills: Sequence[Fill] | None = None, fee_asset: str | None = None, sent: Sent | None = None
) -> OrderLine:
    """Return an order as every answer says it.

    Args:
        view: what its reports say.
        fills: its trades, oldest first; ``None``: not known, as is nothing of an order that traded.
        fee_asset: in what its fees are; ``None``: not known.
        sent: what it was sent with, where that is known.
    """
    extra: dict[str, Any] = {} if sent is None else dict(sent.fields)
    if fills or (fills is not None and not view.filled_quantity):
        extra["fills"] = [fill_line(fill, fee_asset=fee_asset) for fill in fills]
    if view.trigger_price is not None:
        extra["trigger_price"] = decimal_text(view.trigger_price)
    return OrderLine(
        order_id=str(view.order_id),
        client_order_id=view.client_order_id,
        symbol=view.symbol,
        side=view.side,
        order_type=view.order_type if sent is None else sent.order_type,
        status=view.status,
        quantity=decimal_text(view.quantity),
        filled_quantity=decimal_text(view.filled_quantity),
        remaining_quantity=decimal_text(view.remaining_quantity),
        average_price=None if view.average_price is None else decimal_text(view.average_price),
        price=None if view.price is None else decimal_text(view.price),
        time_in_force=view.time_in_force,
        reason=view.reason,
        created_at=iso(view.created_ns),
        updated_at=iso(view.updated_ns),
        seq=view.seq.event_seq,
        **extra,
    )
