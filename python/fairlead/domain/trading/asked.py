"""What is kept of what an order was sent with, from the request for it: the same as ``sent_of`` reads in the log."""

from decimal import Decimal
from typing import Final

from fairlead.domain.trading.order_request import OrderRequest
from fairlead.domain.trading.refused import Scales
from fairlead.domain.trading.sent import NS_PER_MS, Sent, Word, number_text
from fairlead.domain.trading.words import DEFAULT_TRIGGER, ORDER_TYPES
from fairlead.model.listing import EXACT

__all__ = ["asked_with"]

_PRICES: Final = ("protection_price", "trigger_price", "trailing_amount", "activation_price", "limit_offset")
_BPS_PER_PERCENT: Final = 100


def asked_with(request: OrderRequest, scales: Scales) -> Sent:
    """Return what ``GET /orders/{id}`` says of an order beside its reports.

    Args:
        request: the order as the exchange took it: of a market of an event in terms of YES.
        scales: of its instrument.
    """
    said = _rules(request)
    numbers = [(name, getattr(request, name), scales.price) for name in _PRICES]
    numbers += [
        ("display_quantity", request.display_quantity, scales.quantity),
        # 0 is no minimum.
        ("min_quantity", request.min_quantity or None, scales.quantity),
        ("quote_quantity", request.quote_quantity, scales.quote),
    ]
    for name, value, decimals in numbers:
        if value is not None:
            said[name] = number_text(int(value.scaleb(decimals, context=EXACT)), decimals)
    if request.trailing_percent is not None:
        bps = int(request.trailing_percent * _BPS_PER_PERCENT)
        said["trailing_percent"] = f"{Decimal(bps) / _BPS_PER_PERCENT:f}"
    return Sent(order_type=request.order_type, fields=said)


def _rules(request: OrderRequest) -> dict[str, Word]:
    said: dict[str, Word] = {name: True for name in ("post_only", "reduce_only") if getattr(request, name)}
    if request.stp_mode is not None:
        said["stp_mode"] = request.stp_mode
    if request.peg_type is not None:
        said["peg_type"], said["peg_offset"] = request.peg_type, request.peg_offset or 0
    _, waits_for = ORDER_TYPES[request.order_type]
    if waits_for is not None:
        said["trigger_type"] = request.trigger_type or DEFAULT_TRIGGER
    if request.expire_time_ns is not None:
        said["expire_time"] = request.expire_time_ns // NS_PER_MS
    return said
