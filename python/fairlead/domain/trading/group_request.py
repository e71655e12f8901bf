"""Two exits of a position, and a bracket, as the API takes them and as the exchange does."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from msgspec import Struct

from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.limits import check_client_order_id, check_numbers
from fairlead.domain.trading.words import SIDES, TIMES_IN_FORCE, TRIGGER_TYPES, meant
from fairlead.errors import MisfitError
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger

__all__ = ["ExitsRequest", "Group", "group_field", "group_of"]

_RESTING = frozenset({"GTC", "DAY"})


class ExitsRequest(Struct, frozen=True, kw_only=True):
    """``POST /advanced-orders/oco`` and ``/bracket``.

    Attributes:
        side: of the exits where there is no entry; of the entry where there is one, and the exits are the other way.
        entry_price: the limit of the entry that the exits wait for.
        take_profit_price: the limit of the exit with a profit.
        stop_price: the trigger of the exit with a loss.
        stop_limit_price: its limit; without one it is a market order.
    """

    symbol: str
    side: str
    quantity: Decimal
    take_profit_price: Decimal
    stop_price: Decimal
    stop_limit_price: Decimal | None = None
    entry_price: Decimal | None = None
    trigger_type: str = "LAST_PRICE"
    time_in_force: str = "GTC"
    client_order_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What is sent: ``oco`` or ``otoco``, and its legs, entry first."""

    kind: str
    legs: tuple[tuple[OrderWords, Trigger | None], ...]


def group_of(request: ExitsRequest, *, account: int) -> Group:
    """Return a group of ``account`` in the words of the exchange.

    The first leg has the client id of the request, so that sending it again makes no second group; the others get none
    here: whoever sends them names them.

    Raises:
        RequestError: a word that is none, prices on the wrong side of each other, a time in force that does not rest.
    """
    check_numbers(request)
    check_client_order_id(request.client_order_id)
    side = meant(SIDES, request.side, field="side")
    tif = meant(TIMES_IN_FORCE, request.time_in_force, field="timeInForce")
    if request.time_in_force not in _RESTING:
        raise RequestError(
            "TIF_NOT_ALLOWED",
            field="timeInForce",
            value=request.time_in_force,
            limit=", ".join(sorted(_RESTING)),
            fix="exits wait: give one that rests",
        )
    has_entry = request.entry_price is not None
    exit_side = {"buy": "sell", "sell": "buy"}[side] if has_entry else side
    _check_prices(request, sells=exit_side == "sell")

    def leg(side: str, price: Decimal | None) -> OrderWords:
        ord_type = "market" if price is None else "limit"
        return {
            "symbol": request.symbol,
            "side": side,
            "ord_type": ord_type,
            "order_qty": request.quantity,
            "price": price,
            "time_in_force": tif,
            "account": account,
        }

    source = meant(TRIGGER_TYPES, request.trigger_type, field="triggerType")
    stop = Trigger(kind="stop_loss", source=source, price=request.stop_price)
    exits = [(leg(exit_side, request.take_profit_price), None), (leg(exit_side, request.stop_limit_price), stop)]
    legs: list[tuple[OrderWords, Trigger | None]] = [(leg(side, request.entry_price), None)] if has_entry else []
    legs += exits
    legs[0][0]["cl_ord_id"] = request.client_order_id
    return Group(kind="otoco" if has_entry else "oco", legs=tuple(legs))


def group_field(request: ExitsRequest, error: MisfitError) -> str:
    """Return how the API names a number of a group: which of its prices it is says its value."""
    if error.field != "price":
        return "stopLoss.stopPrice" if error.field == "trigger price" else "quantity"
    prices = {
        "takeProfit.price": request.take_profit_price,
        "stopLoss.limitPrice": request.stop_limit_price,
        "entryPrice": request.entry_price,
    }
    return next((name for name, price in prices.items() if price == Decimal(error.value)), "takeProfit.price")


def _check_prices(request: ExitsRequest, *, sells: bool) -> None:
    """A sell takes its profit above and its loss below, a buy the other way; an entry lies between."""
    ordered = [("stopLoss.stopPrice", request.stop_price), ("takeProfit.price", request.take_profit_price)]
    if request.entry_price is not None:
        ordered.insert(1, ("entryPrice", request.entry_price))
    if not sells:
        ordered.reverse()
    for (lower_field, lower), (field, value) in pairwise(ordered):
        if lower >= value:
            raise RequestError(
                "GROUP_PRICES",
                field=field,
                value=value,
                limit=f"{lower_field}={lower}",
                fix=f"give {field} above {lower_field}",
            )
