"""Orders that wait, hide a part, or depend on each other, as the command that entered them says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from fairlead.domain.trading.words import TRIGGER_TYPES
from fairlead.model.listing import EXACT, Listing
from fairlead.wire import Message
from fairlead.wire.codec import Value

__all__ = ["ADVANCED_TYPES", "AdvancedOrder", "Leg", "advanced_of", "instrument_of"]

# What ``GET /advanced-orders`` calls them.
ADVANCED_TYPES: Final = (
    "STOP_LOSS",
    "TAKE_PROFIT",
    "IF_TOUCHED",
    "TRAILING_STOP",
    "ICEBERG",
    "HIDDEN",
    "OCO",
    "OTO",
    "BRACKET",
)
_KINDS: Final = {
    "StopLoss": "STOP_LOSS",
    "TakeProfit": "TAKE_PROFIT",
    "IfTouched": "IF_TOUCHED",
    "TrailingStop": "TRAILING_STOP",
}
_GROUPS: Final = {"Oco": "OCO", "Oto": "OTO", "Otoco": "BRACKET"}
_SOURCES: Final = MappingProxyType({word: name for name, word in TRIGGER_TYPES.items()})
# By trigger and whether there is a limit: the order type of the API.
_TYPES: Final = {
    "STOP_LOSS": ("STOP", "STOP_LIMIT"),
    "TAKE_PROFIT": ("TAKE_PROFIT", "TAKE_PROFIT_LIMIT"),
    "IF_TOUCHED": ("IF_TOUCHED", "IF_TOUCHED_LIMIT"),
    "TRAILING_STOP": ("TRAILING_STOP", "TRAILING_STOP_LIMIT"),
}
_PLAIN: Final = {
    "Limit": "LIMIT",
    "Market": "MARKET",
    "MarketToLimit": "MARKET_TO_LIMIT",
    "Pegged": "PEGGED",
}
_PRICES: Final = (
    ("trigger.price", "trigger_price"),
    ("trigger.trail_amount", "trailing_amount"),
    ("trigger.activation_price", "activation_price"),
    ("trigger.limit_offset", "limit_offset"),
)
_BPS_PER_PERCENT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One order of them.

    Attributes:
        role: ``ENTRY``, ``TAKE_PROFIT`` or ``STOP_LOSS`` in a group; else the type.
        order_type: of the order, in the words of the API.
        terms: what else it was sent with, under the names of the API in snake case; numbers are text.
    """

    role: str
    order_type: str
    terms: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvancedOrder:
    """One command that entered such orders.

    Attributes:
        seq: its place in the log.
        symbol: in what.
        order_type: one of ``ADVANCED_TYPES``.
        legs: its orders, entry first; the exchange numbers them one after another.
    """

    seq: int
    symbol: str
    order_type: str
    legs: Sequence[Leg]


def instrument_of(message: Message) -> int:
    """Return the number of the instrument of a command; -1: it names none."""
    fields = message.entries[0] if message.kind == "NewGroup" and message.entries else message.fields
    number = fields.get("instrument" if message.kind == "NewOrder" else "order.instrument")
    return number if isinstance(number, int) else -1


def advanced_of(message: Message, listing: Listing, *, seq: int) -> AdvancedOrder | None:
    """Return what a command of the log enters; ``None`` of a plain order."""
    if message.kind == "NewGroup":
        kind = _GROUPS[str(message.fields["kind"])]
        legs = [_leg(_order_in(entry), entry, listing) for entry in message.entries]
        roles = _roles(kind, [leg.order_type for leg in legs])
        named = [
            Leg(role=role, order_type=leg.order_type, terms=leg.terms) for role, leg in zip(roles, legs, strict=True)
        ]
    elif message.kind == "NewStop":
        named = [_leg(_order_in(message.fields), message.fields, listing)]
        kind = named[0].role
    else:
        display = message.fields.get("display")
        if message.kind != "NewOrder" or display == "All":
            return None
        named = [_leg(message.fields, {}, listing)]
        kind = named[0].role
    return AdvancedOrder(seq=seq, symbol=listing.symbol, order_type=kind, legs=named)


def _order_in(fields: Mapping[str, Value]) -> dict[str, Value]:
    return {name.removeprefix("order."): value for name, value in fields.items() if name.startswith("order.")}


def _leg(order: Mapping[str, Value], fields: Mapping[str, Value], listing: Listing) -> Leg:
    terms: dict[str, str] = {}
    display = str(order.get("display"))
    role = {"Iceberg": "ICEBERG", "Hidden": "HIDDEN"}.get(display, "PLAIN")
    if display == "Iceberg":
        terms["display_quantity"] = _text(order["display_qty"], listing.qty_decimals)
    elif display == "Hidden":
        terms["display_quantity"] = "0"
    plain = str(order["ord_type"])
    order_type = _PLAIN[plain]
    if (kind := fields.get("trigger.kind")) is not None:
        role = _KINDS[str(kind)]
        order_type = _TYPES[role][plain == "Limit"]
        terms["trigger_type"] = _SOURCES[str(fields["trigger.source"]).lower()]
        for name, spelled in _PRICES:
            if fields.get(name) is not None:
                terms[spelled] = _text(fields[name], listing.price_decimals)
        if isinstance(bps := fields.get("trigger.trail_bps"), int):
            terms["trailing_percent"] = f"{Decimal(bps) / _BPS_PER_PERCENT:f}"
    return Leg(role=role, order_type=order_type, terms=terms)


def _roles(kind: str, types: Sequence[str]) -> list[str]:
    """Return what each order of a group is for: the first of a bracket enters, one that waits for a price stops."""
    has_entry = kind != "OCO"
    exits = types[1:] if has_entry else types
    roles = ["STOP_LOSS" if word.startswith(("STOP", "TRAILING")) else "TAKE_PROFIT" for word in exits]
    return ["ENTRY", *roles] if has_entry else roles


def _text(mantissa: Value, decimals: int) -> str:
    assert isinstance(mantissa, int), f"a number of the log: {mantissa!r}"
    return f"{Decimal(mantissa).scaleb(-decimals, context=EXACT):f}"
