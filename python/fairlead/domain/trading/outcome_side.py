"""Sides YES and NO of an order in the market of an event, in terms of its one book: that of YES."""

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.order_request import OrderRequest

__all__ = ["NO", "OUTCOMES", "as_asked", "in_terms_of_yes"]

NO: Final = "NO"
OUTCOMES: Final = frozenset({"YES", NO})
_TYPES: Final = frozenset({"LIMIT", "MARKET"})
_PAIR: Final = Decimal(1)


def in_terms_of_yes(request: OrderRequest, *, is_event: bool) -> OrderRequest:
    """Return an order whose side is YES or NO as a buy or a sell of YES: who bids ``p`` for NO offers YES at ``1 - p``.

    Args:
        request: the order.
        is_event: whether its market is that of an event.

    Raises:
        RequestError: the market has no outcomes, or the order is of a kind that names none.

    Source: docs/reference/rules-outcomes.md, R-170.
    """
    if not is_event:
        raise RequestError(
            "OUTCOME_SIDE",
            field="side",
            value=request.side,
            limit="BUY, SELL, LONG, SHORT",
            fix="give BUY or SELL: YES and NO are sides in the market of an event, and this is none",
        )
    if request.order_type not in _TYPES:
        raise RequestError(
            "OUTCOME_SIDE",
            field="side",
            value=request.side,
            limit="orderType LIMIT or MARKET",
            fix="give BUY or SELL of YES with this orderType",
        )
    if request.side == "YES":
        return replace(request, side="BUY")
    for name, spelled in (("protection_price", "protectionPrice"), ("quote_quantity", "quoteQuantity")):
        if (value := getattr(request, name)) is not None:
            raise RequestError(
                "OUTCOME_SIDE", field=spelled, value=value, limit="absent with NO", fix="give SELL of YES with it"
            )
    if request.price is None:
        return replace(request, side="SELL")
    if not 0 < request.price < _PAIR:
        raise RequestError(
            "OUTCOME_SIDE",
            field="price",
            value=request.price,
            limit="more than 0 and less than 1",
            fix="give what one NO may cost",
        )
    return replace(request, side="SELL", price=_PAIR - request.price)


def as_asked(error: RequestError, asked: OrderRequest) -> RequestError:
    """Return what is wrong with an order in terms of YES as it was asked for: NO has another price."""
    if asked.side != NO or error.field != "price":
        return error
    return RequestError(error.code, field=error.field, value=asked.price, limit=error.limit, fix=error.fix)
