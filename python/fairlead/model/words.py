"""The words that orders and instruments are made of, as types."""

from decimal import Decimal
from typing import Literal

Side = Literal["buy", "sell"]
OrdStatus = Literal["suspended", "new", "partially_filled", "filled", "canceled", "expired", "rejected"]
Number = str | Decimal | int | float
"""A number as the caller gives it; a float is taken only where it is exactly a value of the grid."""

SIDES = ("buy", "sell")
ORD_TYPES = ("limit", "market", "market_to_limit", "pegged")
TIMES_IN_FORCE = ("gtc", "day", "gtd", "ioc", "fok", "ato", "atc", "gfa")
STP_MODES = ("none", "cancel_newest", "cancel_oldest", "cancel_both", "decrement_and_cancel")
PEG_REFERENCES = ("near", "mid", "far")
TRADING_STATES = (
    "pre_listed",
    "pre_open",
    "opening_auction",
    "continuous",
    "limit_state",
    "volatility_auction",
    "halted",
    "cancel_only",
    "post_only",
    "closing_auction",
    "closed",
    "delisted",
    "cooling",
)
TRIGGER_KINDS = ("stop_loss", "take_profit", "if_touched", "trailing_stop")
TRIGGER_SOURCES = ("last", "bid", "ask", "mid", "mark", "index")
GROUP_KINDS = ("oco", "oto", "otoco")
GROUP_MODES = ("reduce", "cancel_on_first_fill", "cancel_on_trigger")
