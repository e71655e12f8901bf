"""One order as the API takes it, and as the exchange does."""

from decimal import Decimal

from msgspec import Struct

from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.limits import check_client_order_id, check_numbers, check_range
from fairlead.domain.trading.words import (
    DEFAULT_TRIGGER,
    ORDER_TYPES,
    PEG_TYPES,
    SIDES,
    STP_MODES,
    TIMES_IN_FORCE,
    TRIGGER_TYPES,
    meant,
)
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger

__all__ = ["OrderRequest", "command_of"]

_TIME_NS_MAX = 2**63 - 1
_TICKS_MAX = 2**31 - 1

# Fields that only some order types have: name, how the API spells it, and the types.
_ONLY_OF: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("trigger_price", "triggerPrice", frozenset({"STOP", "STOP_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"})),
    ("trailing_amount", "trailingAmount", frozenset({"TRAILING_STOP", "TRAILING_STOP_LIMIT"})),
    ("trailing_percent", "trailingPercent", frozenset({"TRAILING_STOP", "TRAILING_STOP_LIMIT"})),
    ("activation_price", "activationPrice", frozenset({"TRAILING_STOP", "TRAILING_STOP_LIMIT"})),
    ("limit_offset", "limitOffset", frozenset({"TRAILING_STOP_LIMIT"})),
    ("peg_type", "pegType", frozenset({"PEGGED"})),
    ("peg_offset", "pegOffset", frozenset({"PEGGED"})),
    ("price", "price", frozenset({"LIMIT", "STOP_LIMIT", "TAKE_PROFIT_LIMIT", "PEGGED"})),
    ("quote_quantity", "quoteQuantity", frozenset({"MARKET"})),
)
_NEEDED = {
    "LIMIT": (("price", "price"),),
    "STOP": (("trigger_price", "triggerPrice"),),
    "STOP_LIMIT": (("trigger_price", "triggerPrice"), ("price", "price")),
    "TAKE_PROFIT": (("trigger_price", "triggerPrice"),),
    "TAKE_PROFIT_LIMIT": (("trigger_price", "triggerPrice"), ("price", "price")),
    "TRAILING_STOP_LIMIT": (("limit_offset", "limitOffset"),),
    "PEGGED": (("peg_type", "pegType"),),
}
# Where the exchange's own default will not do: what a market-to-limit order has left rests.
_DEFAULT_TIMES = {"MARKET_TO_LIMIT": "GTC"}


class OrderRequest(Struct, frozen=True, kw_only=True):
    """``POST /orders``: quantities and prices are exact, words are those of the API (``BUY``, ``STOP_LIMIT``, ``GTC``).

    Attributes:
        expire_time_ns: the end of a ``GTD`` order, nanoseconds since the Unix epoch.
        quote_quantity: what a market buy may spend, in the place of ``quantity``.
        peg_offset: ticks added to the price that a pegged order follows.
        trailing_percent: distance of a trailing stop in percent, a multiple of 0.01.
        Others as ``fairlead.model.request.OrderWords`` and ``fairlead.model.triggers.Trigger`` have them.
    """

    symbol: str
    side: str
    order_type: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    time_in_force: str | None = None
    expire_time_ns: int | None = None
    client_order_id: str | None = None
    post_only: bool = False
    reduce_only: bool = False
    stp_mode: str | None = None
    min_quantity: Decimal | None = None
    display_quantity: Decimal | None = None
    quote_quantity: Decimal | None = None
    protection_price: Decimal | None = None
    trigger_price: Decimal | None = None
    trigger_type: str | None = None
    trailing_amount: Decimal | None = None
    trailing_percent: Decimal | None = None
    activation_price: Decimal | None = None
    limit_offset: Decimal | None = None
    peg_type: str | None = None
    peg_offset: int | None = None


def command_of(request: OrderRequest, *, account: int) -> tuple[OrderWords, Trigger | None]:
    """Return an order of ``account`` in the words of the exchange, and the trigger it waits for.

    The exchange has the last word on values; here is refused what it could not even be asked.

    Raises:
        RequestError: a word that is none, a field that is missing, or one that the order type does not have.
    """
    ord_type, waits_for = meant(ORDER_TYPES, request.order_type, field="orderType")
    check_numbers(request)
    check_client_order_id(request.client_order_id)
    check_range(request.expire_time_ns, 1, _TIME_NS_MAX, field="expireTime")
    check_range(request.peg_offset, -_TICKS_MAX, _TICKS_MAX, field="pegOffset")
    _check_fields(request)
    order: OrderWords = {
        "symbol": request.symbol,
        "side": meant(SIDES, request.side, field="side"),
        "ord_type": ord_type,
        "account": account,
        "cl_ord_id": request.client_order_id,
        "price": request.price,
        "post_only": request.post_only,
        "reduce_only": request.reduce_only,
        "min_qty": request.min_quantity,
        "display_qty": request.display_quantity,
        "quote_qty": request.quote_quantity,
        "protection_price": request.protection_price,
    }
    if request.quantity is not None:
        order["order_qty"] = request.quantity
    time_in_force = request.time_in_force or _DEFAULT_TIMES.get(request.order_type)
    if time_in_force is not None:
        order["time_in_force"] = meant(TIMES_IN_FORCE, time_in_force, field="timeInForce")
        order["expire_ns"] = request.expire_time_ns
    if request.stp_mode is not None:
        order["stp"] = meant(STP_MODES, request.stp_mode, field="stpMode")
    if request.peg_type is not None:
        order["peg"] = meant(PEG_TYPES, request.peg_type, field="pegType")
        order["peg_offset_ticks"] = request.peg_offset or 0
    return order, None if waits_for is None else _trigger(request, waits_for)


def _trigger(request: OrderRequest, kind: str) -> Trigger:
    source = meant(TRIGGER_TYPES, request.trigger_type or DEFAULT_TRIGGER, field="triggerType")
    if kind != "trailing_stop":
        return Trigger(kind=kind, source=source, price=request.trigger_price)
    amount, percent = request.trailing_amount, request.trailing_percent
    if (amount is None) == (percent is None):
        given = "neither" if amount is None else "both"
        raise RequestError(
            "TRAIL_KIND",
            field="trailingAmount",
            value=given,
            limit="trailingAmount or trailingPercent",
            fix="give the distance once, as an amount or in percent",
        )
    if percent is not None and (not 0 < percent < 100 or percent % Decimal("0.01") != 0):
        raise RequestError(
            "TRAIL_PERCENT",
            field="trailingPercent",
            value=percent,
            limit="0.01 to 99.99",
            fix="give a multiple of 0.01 within the limits",
        )
    return Trigger.trailing(
        amount=amount,
        percent=percent,
        activation_price=request.activation_price,
        limit_offset=request.limit_offset,
        source=source,
    )


def _check_fields(request: OrderRequest) -> None:
    for name, spelled in _NEEDED.get(request.order_type, ()):
        if getattr(request, name) is None:
            raise RequestError(
                "FIELD_MISSING", field=spelled, value=None, limit=request.order_type, fix=f"give {spelled}"
            )
    for name, spelled, types in _ONLY_OF:
        value = getattr(request, name)
        if value is not None and request.order_type not in types:
            known = ", ".join(sorted(types))
            raise RequestError("FIELD_NOT_ALLOWED", field=spelled, value=value, limit=known, fix=f"leave {spelled} out")
    if request.quantity is None and request.quote_quantity is None:
        raise RequestError("FIELD_MISSING", field="quantity", value=None, limit="required", fix="give quantity")
    if (request.time_in_force == "GTD") != (request.expire_time_ns is not None):
        given = "absent" if request.expire_time_ns is None else "present"
        raise RequestError(
            "EXPIRE_TIME", field="expireTime", value=given, limit="GTD", fix="give expireTime with GTD and only then"
        )
