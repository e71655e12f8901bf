"""What a client asks for, as messages: words and decimals to codes and whole numbers."""

from collections.abc import Mapping
from typing import Final, TypeVar

from fairlead.client.instruments import ClientInstrument, Number
from fairlead.errors import UsageError
from fairlead.model.request import OrderWords
from fairlead.model.triggers import Trigger
from fairlead.wire.codec import Value

__all__ = [
    "amend_fields",
    "cancel_fields",
    "group_fields",
    "leg_fields",
    "mass_cancel_fields",
    "order_fields",
]

T = TypeVar("T")

_SIDES: Final[Mapping[str, str]] = {"buy": "Buy", "sell": "Sell"}
_TYPES: Final[Mapping[str, str]] = {
    "limit": "Limit",
    "market": "Market",
    "market_to_limit": "MarketToLimit",
    "pegged": "Pegged",
}
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
_STP: Final[Mapping[str, str]] = {
    "none": "None",
    "cancel_newest": "CancelNewest",
    "cancel_oldest": "CancelOldest",
    "cancel_both": "CancelBoth",
    "decrement_and_cancel": "DecrementAndCancel",
}
_PEGS: Final[Mapping[str, str]] = {"near": "Near", "mid": "Mid", "far": "Far"}
_KINDS: Final[Mapping[str, str]] = {
    "stop_loss": "StopLoss",
    "take_profit": "TakeProfit",
    "if_touched": "IfTouched",
    "trailing_stop": "TrailingStop",
}
_SOURCES: Final[Mapping[str, str]] = {
    "last": "Last",
    "bid": "Bid",
    "ask": "Ask",
    "mid": "Mid",
    "mark": "Mark",
    "index": "Index",
}
_GROUPS: Final[Mapping[str, str]] = {"oco": "Oco", "oto": "Oto", "otoco": "Otoco"}
_MODES: Final[Mapping[str, str]] = {
    "reduce": "Reduce",
    "cancel_on_first_fill": "CancelOnFirstFill",
    "cancel_on_trigger": "CancelOnTrigger",
}
_ACTIVATIONS: Final[Mapping[str, str]] = {"partial": "Partial", "full": "Full"}


def order_fields(
    instrument: ClientInstrument, cl_ord_id: str, order: OrderWords, *, waits: bool = False
) -> dict[str, Value]:
    """Return the fields of a ``NewOrder``, or of an order that waits for its trigger."""
    display_qty, hidden = order.get("display_qty"), order.get("hidden", False)
    if hidden and display_qty is not None:
        raise UsageError(f"hidden and display_qty exclude each other: cl_ord_id={cl_ord_id}")
    ord_type = order.get("ord_type", "limit")
    rests = waits or ord_type in {"limit", "pegged"}
    tif = _word(_TIFS, order.get("time_in_force") or ("gtc" if rests else "ioc"), name="time_in_force")
    fields: dict[str, Value] = {
        "account": order.get("account", 0),
        "session": 0,
        "instrument": instrument.id,
        "cl_ord_id": cl_ord_id,
        "side": _word(_SIDES, order["side"], name="side"),
        "ord_type": _word(_TYPES, ord_type, name="ord_type"),
        "tif": tif,
        "order_qty": instrument.qty(order.get("order_qty", 0)),
        "price": instrument.price(order.get("price")),
        "protection_price": instrument.price(order.get("protection_price"), name="protection_price"),
        "quote_qty": instrument.money(order.get("quote_qty"), name="quote_qty"),
        "min_qty": instrument.qty(order.get("min_qty") or 0, name="min_qty"),
        "display": "Hidden" if hidden else ("All" if display_qty is None else "Iceberg"),
        "post_only": _word(_POST_ONLY, order.get("post_only", False), name="post_only"),
        "reduce_only": order.get("reduce_only", False),
        "stp": _maybe(_STP, order.get("stp"), name="stp"),
    }
    if display_qty is not None:
        fields |= {"display_qty": instrument.qty(display_qty, name="display_qty"), "threshold": 0, "variance_bps": 0}
    if tif == "Gtd":
        fields["expire_ns"] = order.get("expire_ns")
    if (peg := _maybe(_PEGS, order.get("peg"), name="peg")) is not None:
        fields |= {"peg.reference": peg, "peg.offset_ticks": order.get("peg_offset_ticks", 0)}
    return fields


def leg_fields(
    instrument: ClientInstrument, cl_ord_id: str, order: OrderWords, trigger: Trigger | None
) -> dict[str, Value]:
    """Return an order and its trigger: the fields of a ``NewStop``, and of a leg of a ``NewGroup``."""
    order_part = order_fields(instrument, cl_ord_id, order, waits=trigger is not None)
    fields: dict[str, Value] = {f"order.{name}": value for name, value in order_part.items()}
    if trigger is None:
        return fields
    return fields | {
        "trigger.kind": _word(_KINDS, trigger.kind, name="kind"),
        "trigger.source": _word(_SOURCES, trigger.source, name="source"),
        "trigger.fall_back": trigger.fall_back,
        "trigger.strict": trigger.strict,
        "trigger.allow_immediate": trigger.allow_immediate,
        "trigger.price": instrument.price(trigger.price, name="trigger price"),
        "trigger.trail_amount": instrument.price(trigger.trail_amount, name="trail_amount"),
        "trigger.trail_bps": trigger.trail_bps,
        "trigger.activation_price": instrument.price(trigger.activation_price, name="activation_price"),
        "trigger.step": instrument.price(trigger.step, name="step"),
        "trigger.limit_offset": instrument.price(trigger.limit_offset, name="limit_offset"),
    }


def group_fields(kind: str, mode: str, activation: str) -> dict[str, Value]:
    """Return the fields of a ``NewGroup`` beside its legs."""
    return {
        "kind": _word(_GROUPS, kind, name="kind"),
        "mode": _word(_MODES, mode, name="mode"),
        "activation": _word(_ACTIVATIONS, activation, name="activation"),
    }


def amend_fields(
    instrument: ClientInstrument | None,
    *,
    cl_ord_id: str,
    target: Mapping[str, Value],
    order_qty: Number | None,
    price: Number | None,
    account: int,
) -> dict[str, Value]:
    """Return the fields of a ``ModifyOrder``."""
    if instrument is None:
        raise UsageError(f"amend needs the symbol of the order to read its numbers: cl_ord_id={cl_ord_id}")
    numbers = {"order_qty": instrument.qty(order_qty), "price": instrument.price(price)}
    return {"account": account, "cl_ord_id": cl_ord_id, **target, **numbers}


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


def mass_cancel_fields(instrument: ClientInstrument | None, side: str | None, account: int) -> dict[str, Value]:
    """Return the fields of a ``MassCancel``."""
    return {
        "account": account or None,
        "instrument": None if instrument is None else instrument.id,
        "side": _maybe(_SIDES, side, name="side"),
    }


def _word(words: Mapping[T, str], word: T, *, name: str) -> str:
    found = words.get(word)
    if found is None:
        raise UsageError(f"unknown {name}: {name}={word} known={', '.join(str(known) for known in words)}")
    return found


def _maybe(words: Mapping[str, str], word: str | None, *, name: str) -> str | None:
    return None if word is None else _word(words, word, name=name)
