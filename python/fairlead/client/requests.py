"""What a client asks for, as messages: words and decimals to codes and whole numbers."""

from collections.abc import Mapping
from typing import Final, TypeVar

from fairlead.client.instruments import ClientInstrument, Number
from fairlead.errors import UsageError
from fairlead.wire.codec import Value

__all__ = ["amend_fields", "cancel_fields", "mass_cancel_fields", "order_fields"]

T = TypeVar("T")

_SIDES: Final[Mapping[str, str]] = {"buy": "Buy", "sell": "Sell"}
_TYPES: Final[Mapping[str, str]] = {"limit": "Limit", "market": "Market", "market_to_limit": "MarketToLimit"}
_TIFS: Final[Mapping[str, str]] = {
    "gtc": "Gtc",
    "day": "Day",
    "gtd": "Gtd",
    "ioc": "Ioc",
    "fok": "Fok",
    "ato": "Ato",
    "atc": "Atc",
    "gfa": "Gfa",
}
_POST_ONLY: Final[Mapping[bool | str, str]] = {False: "No", True: "Reject", "reject": "Reject", "slide": "Slide"}


def order_fields(
    instrument: ClientInstrument,
    *,
    side: str,
    order_qty: Number,
    price: Number | None,
    cl_ord_id: str,
    ord_type: str,
    time_in_force: str | None,
    expire_ns: int | None,
    post_only: bool | str,
    reduce_only: bool,
    display_qty: Number | None,
    hidden: bool,
) -> dict[str, Value]:
    """Return the fields of a ``NewOrder``."""
    if hidden and display_qty is not None:
        raise UsageError(f"hidden and display_qty exclude each other: cl_ord_id={cl_ord_id}")
    rests = ord_type == "limit"
    tif = _word(_TIFS, time_in_force or ("gtc" if rests else "ioc"), name="time_in_force")
    display = "Hidden" if hidden else ("All" if display_qty is None else "Iceberg")
    fields: dict[str, Value] = {
        "account": 0,
        "session": 0,
        "instrument": instrument.id,
        "cl_ord_id": cl_ord_id,
        "side": _word(_SIDES, side, name="side"),
        "ord_type": _word(_TYPES, ord_type, name="ord_type"),
        "tif": tif,
        "order_qty": instrument.qty(order_qty),
        "price": instrument.price(price),
        "min_qty": 0,
        "display": display,
        "post_only": _word(_POST_ONLY, post_only, name="post_only"),
        "reduce_only": reduce_only,
    }
    if display == "Iceberg":
        fields |= {"display_qty": instrument.qty(display_qty, name="display_qty"), "threshold": 0, "variance_bps": 0}
    if tif == "Gtd":
        fields["expire_ns"] = expire_ns
    return fields


def amend_fields(
    instrument: ClientInstrument | None,
    *,
    cl_ord_id: str,
    target: Mapping[str, Value],
    order_qty: Number | None,
    price: Number | None,
) -> dict[str, Value]:
    """Return the fields of a ``ModifyOrder``."""
    if instrument is None:
        raise UsageError(f"amend needs the symbol of the order to read its numbers: cl_ord_id={cl_ord_id}")
    numbers = {"order_qty": instrument.qty(order_qty), "price": instrument.price(price)}
    return {"account": 0, "cl_ord_id": cl_ord_id, **target, **numbers}


def cancel_fields(cl_ord_id: str | None, order_id: int | None) -> dict[str, Value]:
    """Return the fields that name an order, by one of its ids.

    Raises:
        UsageError: both ids, or none.
    """
    if (cl_ord_id is None) == (order_id is None):
        raise UsageError(f"name the order by cl_ord_id or by order_id: cl_ord_id={cl_ord_id} order_id={order_id}")
    if cl_ord_id is not None:
        return {"target": "Client", "orig_cl_ord_id": cl_ord_id}
    return {"target": "Order", "order_id": order_id}


def mass_cancel_fields(instrument: ClientInstrument | None, side: str | None) -> dict[str, Value]:
    """Return the fields of a ``MassCancel``."""
    return {
        "instrument": None if instrument is None else instrument.id,
        "side": None if side is None else _word(_SIDES, side, name="side"),
    }


def _word(words: Mapping[T, str], word: T, *, name: str) -> str:
    found = words.get(word)
    if found is None:
        raise UsageError(f"unknown {name}: {name}={word} known={', '.join(str(known) for known in words)}")
    return found
