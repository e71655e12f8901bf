"""The words of the API and those of the exchange."""

from collections.abc import Mapping
from typing import Final, TypeVar

from fairlead.domain.trading.errors import RequestError
from fairlead.errors import MisfitError

__all__ = [
    "DEFAULT_TRIGGER",
    "ORDER_TYPES",
    "PEG_TYPES",
    "SIDES",
    "STP_MODES",
    "TIMES_IN_FORCE",
    "TRIGGER_TYPES",
    "field_of",
    "meant",
]

T = TypeVar("T")

SIDES: Final[Mapping[str, str]] = {"BUY": "buy", "SELL": "sell"}

# What an order type says: how it is priced, and which trigger it waits for, if any.
ORDER_TYPES: Final[Mapping[str, tuple[str, str | None]]] = {
    "LIMIT": ("limit", None),
    "MARKET": ("market", None),
    "MARKET_TO_LIMIT": ("market_to_limit", None),
    "PEGGED": ("pegged", None),
    "STOP": ("market", "stop_loss"),
    "STOP_LIMIT": ("limit", "stop_loss"),
    "TAKE_PROFIT": ("market", "take_profit"),
    "TAKE_PROFIT_LIMIT": ("limit", "take_profit"),
    "TRAILING_STOP": ("market", "trailing_stop"),
    "TRAILING_STOP_LIMIT": ("limit", "trailing_stop"),
}

TIMES_IN_FORCE: Final[Mapping[str, str]] = {
    "GTC": "gtc",
    "DAY": "day",
    "GTD": "gtd",
    "IOC": "ioc",
    "FOK": "fok",
    "ATO": "ato",
    "ATC": "atc",
    "GFA": "gfa",
}

TRIGGER_TYPES: Final[Mapping[str, str]] = {
    "LAST_PRICE": "last",
    "BID": "bid",
    "ASK": "ask",
    "MID": "mid",
    "MARK": "mark",
    "INDEX": "index",
}
DEFAULT_TRIGGER: Final = "LAST_PRICE"

STP_MODES: Final[Mapping[str, str]] = {
    "NONE": "none",
    "CANCEL_NEWEST": "cancel_newest",
    "CANCEL_OLDEST": "cancel_oldest",
    "CANCEL_BOTH": "cancel_both",
    "DECREMENT_AND_CANCEL": "decrement_and_cancel",
}

# Numbers of an order, by what a call to the exchange names them; `price` is the same word.
_FIELDS: Final[Mapping[str, str]] = {
    "order_qty": "quantity",
    "min_qty": "minQuantity",
    "display_qty": "displayQuantity",
    "quote_qty": "quoteQuantity",
    "protection_price": "protectionPrice",
    "trigger price": "triggerPrice",
    "trail_amount": "trailingAmount",
    "activation_price": "activationPrice",
    "limit_offset": "limitOffset",
}

PEG_TYPES: Final[Mapping[str, str]] = {"NEAR": "near", "MID": "mid", "FAR": "far"}


def meant(words: Mapping[str, T], word: str, *, field: str) -> T:
    """Return what a word of the API means.

    Raises:
        RequestError: it is none of them.
    """
    if (found := words.get(word)) is None:
        known = ", ".join(words)
        raise RequestError("UNKNOWN_WORD", field=field, value=word, limit=known, fix=f"give one of {known}")
    return found


def field_of(error: MisfitError) -> str:
    """Return how the API names a number of an order."""
    return _FIELDS.get(error.field, error.field)
