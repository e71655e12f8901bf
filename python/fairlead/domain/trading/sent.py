"""What an order was sent with beside what its reports say of it, from the command of the log that entered it."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

import msgspec

from fairlead.domain.trading.words import PEG_TYPES, STP_MODES, TRIGGER_TYPES
from fairlead.model.listing import EXACT, Listing
from fairlead.wire.codec import Value

__all__ = ["NS_PER_MS", "Sent", "Word", "number_text", "sent_of", "stp_word", "trigger_kind"]

# Of ``expire_time``.
NS_PER_MS: Final = 1_000_000
# A number is text with every digit; ``expire_time`` and ``peg_offset`` are whole ones.
Word = str | int | bool

_SOURCES: Final = MappingProxyType({word: name for name, word in TRIGGER_TYPES.items()})
_PEGS: Final = MappingProxyType({word: name for name, word in PEG_TYPES.items()})
# The wire has the words of the exchange without their lines.
_STP: Final = MappingProxyType({word.replace("_", ""): name for name, word in STP_MODES.items()})
_KINDS: Final = {
    "StopLoss": "STOP_LOSS",
    "TakeProfit": "TAKE_PROFIT",
    "IfTouched": "IF_TOUCHED",
    "TrailingStop": "TRAILING_STOP",
}
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


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What an order was sent with, as far as it is known beside its reports.

    Attributes:
        order_type: the word of the API: a report of a waiting order has only that of the order it becomes.
        fields: the rest, under the names of the API in snake case; only what was set.
    """

    order_type: str
    fields: Mapping[str, Word] = msgspec.field(default_factory=dict)


def trigger_kind(fields: Mapping[str, Value]) -> str | None:
    """Return what an order waits for, in the words of the API; ``None``: nothing."""
    kind = fields.get("trigger.kind")
    return None if kind is None else _KINDS[str(kind)]


def sent_of(order: Mapping[str, Value], fields: Mapping[str, Value], listing: Listing) -> Sent:
    """Return what an order was sent with.

    Args:
        order: the fields of a ``NewOrder``.
        fields: those of its trigger, each with ``trigger.`` before its name; none where it has none.
        listing: its instrument.
    """
    plain = str(order["ord_type"])
    said = _rules(order) | _numbers(order, listing)
    if (kind := trigger_kind(fields)) is None:
        return Sent(order_type=_PLAIN[plain], fields=said)
    said["trigger_type"] = _SOURCES[str(fields["trigger.source"]).lower()]
    for name, spelled in _PRICES:
        if fields.get(name) is not None:
            said[spelled] = number_text(fields[name], listing.price_decimals)
    if isinstance(bps := fields.get("trigger.trail_bps"), int):
        said["trailing_percent"] = f"{Decimal(bps) / _BPS_PER_PERCENT:f}"
    return Sent(order_type=_TYPES[kind][plain == "Limit"], fields=said)


def _rules(order: Mapping[str, Value]) -> dict[str, Word]:
    said: dict[str, Word] = {}
    if order.get("post_only") != "No":
        said["post_only"] = True
    if order.get("reduce_only"):
        said["reduce_only"] = True
    if (mode := order.get("stp")) is not None:
        said["stp_mode"] = stp_word(mode)
    if (reference := order.get("peg.reference")) is not None:
        said["peg_type"] = _PEGS[str(reference).lower()]
        said["peg_offset"] = int(str(order["peg.offset_ticks"]))
    return said


def _numbers(order: Mapping[str, Value], listing: Listing) -> dict[str, Word]:
    said: dict[str, Word] = {}
    if order.get("min_qty"):
        said["min_quantity"] = number_text(order["min_qty"], listing.qty_decimals)
    if order.get("display") == "Iceberg":
        said["display_quantity"] = number_text(order["display_qty"], listing.qty_decimals)
    elif order.get("display") == "Hidden":
        said["display_quantity"] = "0"
    if order.get("quote_qty") is not None:
        said["quote_quantity"] = number_text(order["quote_qty"], listing.quote.decimals)
    if order.get("protection_price") is not None:
        said["protection_price"] = number_text(order["protection_price"], listing.price_decimals)
    return said


def stp_word(mode: Value) -> str:
    """Return a mode of self-trade prevention of the wire in the word of the API."""
    return _STP[str(mode).lower()]


def number_text(mantissa: Value, decimals: int) -> str:
    """Return a number of the wire digit by digit."""
    assert isinstance(mantissa, int), f"a number of the log: {mantissa!r}"
    return f"{Decimal(mantissa).scaleb(-decimals, context=EXACT):f}"
