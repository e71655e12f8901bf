"""What each refusal of the exchange means to who sent the request, and the way out in the words of the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from fairlead.model.reasons import REASONS

__all__ = ["REFUSALS", "Kind", "Refusal", "Unit"]


class Kind(StrEnum):
    """What sort of no it is."""

    BUSINESS = "business"
    UNKNOWN = "unknown"
    CONFLICT = "conflict"
    THROTTLED = "throttled"
    UNAVAILABLE = "unavailable"


class Unit(StrEnum):
    """What the two whole numbers of a refusal count."""

    PRICE = "price"
    QUANTITY = "quantity"
    # Of what is spent: the base of a sale, the quote else.
    RESERVED = "reserved"
    MONEY = "money"
    PLAIN = "plain"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason.

    Attributes:
        what: what is wrong.
        fix: what to do.
        field: which field of the request is at fault, as the API names it; ``None``: none alone.
    """

    what: str
    fix: str
    field: str | None = None
    kind: Kind = Kind.BUSINESS
    unit: Unit = Unit.NOTHING


def _of(
    reason: str, fix: str, *, field: str | None = None, kind: Kind = Kind.BUSINESS, unit: Unit = Unit.NOTHING
) -> Refusal:
    return Refusal(what=REASONS[reason].what, fix=fix, field=field, kind=kind, unit=unit)


# Reason, fix, field, unit.
_BUSINESS: Final[tuple[tuple[str, str, str | None, Unit], ...]] = (
    ("UNKNOWN_SIDE", "give BUY or SELL", "side", Unit.NOTHING),
    ("UNKNOWN_ORD_TYPE", "give an orderType of the documentation", "orderType", Unit.NOTHING),
    ("UNKNOWN_TIME_IN_FORCE", "give a timeInForce of the documentation", "timeInForce", Unit.NOTHING),
    ("UNKNOWN_STP_MODE", "give an stpMode of the documentation", "stpMode", Unit.NOTHING),
    ("NOT_A_NUMBER", 'write digits and at most one point, as in "189.50"', None, Unit.NOTHING),
    ("NUMBER_TOO_LARGE", "give a smaller number", None, Unit.NOTHING),
    ("BAD_CL_ORD_ID", "give 1 to 36 printable ASCII characters", "clientOrderId", Unit.NOTHING),
    ("EXPIRE_TIME_MISMATCH", "give expireTime with GTD, and with nothing else", "expireTime", Unit.NOTHING),
    ("UNKNOWN_INSTRUCTION", "leave out what the documentation does not name", None, Unit.NOTHING),
    ("UNKNOWN_INSTRUMENT", "check the spelling; GET /markets lists them", "symbol", Unit.NOTHING),
    ("UNKNOWN_ASSET", "check the spelling; GET /markets names the assets", "asset", Unit.NOTHING),
    ("ORDER_FINISHED", "nothing is left to change: send a new order", None, Unit.NOTHING),
    ("DUPLICATE_NAME", "choose another name", None, Unit.NOTHING),
    ("KILL_SWITCH", "cancels pass; new orders when an operator has ended the kill switch", None, Unit.NOTHING),
    ("GROUP_FINISHED", "cancel the remaining order by its own id", None, Unit.NOTHING),
    ("NOT_TRIPPED", "check the scope: symbol, account, session", None, Unit.NOTHING),
    ("SAME_OPERATOR", "let another operator do it", None, Unit.PLAIN),
    ("NOT_OUTCOME", "name the market of an event", "symbol", Unit.NOTHING),
    ("UNKNOWN_TRADE", "look the trade up again", None, Unit.NOTHING),
    ("TRADE_BUSTED", "nothing is left to do", None, Unit.NOTHING),
    (
        "UNKNOWN_SCHEDULE",
        "set it first: PATCH /fee-schedules/{schedule}, or fairlead markets fees; 0 is always there",
        "schedule",
        Unit.PLAIN,
    ),
    ("PRICE_MISSING", "give price, or orderType MARKET", "price", Unit.NOTHING),
    ("PRICE_NOT_ALLOWED", "leave price out, or give protectionPrice", "price", Unit.NOTHING),
    (
        "FIELD_NOT_ALLOWED",
        "protectionPrice: market types; quoteQuantity: market buys; pegType: PEGGED; displayQuantity: icebergs",
        None,
        Unit.NOTHING,
    ),
    ("PEG_MISSING", "give pegType: NEAR, MID or FAR", "pegType", Unit.NOTHING),
    (
        "TIF_NOT_ALLOWED",
        "MARKET: IOC, FOK or an auction's; MARKET_TO_LIMIT, PEGGED and every change: GTC, DAY or GTD",
        "timeInForce",
        Unit.NOTHING,
    ),
    (
        "EXEC_INST_NOT_ALLOWED",
        "postOnly and displayQuantity: limits that rest; minQuantity: IOC without a budget; reduceOnly: plain orders",
        None,
        Unit.NOTHING,
    ),
    ("TRIGGER_PRICE_MISSING", "give triggerPrice", "triggerPrice", Unit.NOTHING),
    ("TRAIL_KIND", "give trailingAmount or trailingPercent, and only one of them", "trailingAmount", Unit.NOTHING),
    ("TRIGGER_NOT_ALLOWED", "triggers go with limit and market orders", "triggerPrice", Unit.NOTHING),
    ("GROUP_LEGS", "one side of exits: one stop and one target, in one instrument", None, Unit.NOTHING),
    ("OUTCOME_ORDER", "enter a limit or market order without trigger, group, peg or budget", "orderType", Unit.NOTHING),
    ("QTY_NOT_POSITIVE", "give a quantity above 0", "quantity", Unit.QUANTITY),
    ("QTY_LOT", "give a multiple of the lot, which is the limit", "quantity", Unit.QUANTITY),
    ("QTY_MIN", "give at least the limit", "quantity", Unit.QUANTITY),
    ("QTY_MAX", "split the order", "quantity", Unit.QUANTITY),
    ("MIN_QTY", "give a multiple of the lot up to quantity", "minQuantity", Unit.QUANTITY),
    ("DISPLAY_QTY", "give whole lots, from one lot to quantity", "displayQuantity", Unit.QUANTITY),
    ("PRICE_TICK", "give a multiple of the tick, which is the limit", "price", Unit.PRICE),
    ("PRICE_BOUNDS", "stay inside the bounds of the instrument", "price", Unit.PRICE),
    ("AMOUNT_NOT_POSITIVE", "give an amount above 0", "amount", Unit.MONEY),
    ("OVERFLOW", "stay below what a balance can hold", None, Unit.MONEY),
    ("NOTIONAL_MIN", "raise quantity or price", "quantity", Unit.MONEY),
    ("NOTIONAL_MAX", "split the order", "quantity", Unit.MONEY),
    ("EXPIRE_IN_PAST", "give a later expireTime", "expireTime", Unit.PLAIN),
    ("INVALID_DEFINITION", "check assets, grids, bounds and rates", None, Unit.NOTHING),
    ("PEG_LIMIT_REQUIRED", "give price: the limit up to which the order follows", "price", Unit.NOTHING),
    ("PROTECTION_REQUIRED", "give protectionPrice", "protectionPrice", Unit.NOTHING),
    ("CREDIT_ONLY", "trade another instrument: this one needs a credit account", "symbol", Unit.NOTHING),
    (
        "TRAIL_OFFSET",
        "give multiples of the tick above 0, or 0.01 to 99.99 percent",
        "trailingAmount",
        Unit.PLAIN,
    ),
    ("WOULD_TRIGGER", "give a trigger that the market has not passed", "triggerPrice", Unit.PRICE),
    ("GROUP_QTY", "give every part the same quantity", "quantity", Unit.QUANTITY),
    (
        "GROUP_PRICES",
        "exits that sell: target above the market, stop below; exits that buy: the other way",
        None,
        Unit.PRICE,
    ),
    ("SOURCE_MISSING", "nobody gives that price: give triggerType LAST_PRICE", "triggerType", Unit.NOTHING),
    ("BAND_INSANE", "check the feed of the bands", None, Unit.PRICE),
    ("OUTCOME_ASSET", "buy it in its market", "asset", Unit.NOTHING),
    ("TRADE_UNCHANGED", "give another price or a smaller quantity", None, Unit.NOTHING),
    ("NOT_LISTED", "wait until the instrument opens", "symbol", Unit.NOTHING),
    ("DELISTED", "trade another instrument", "symbol", Unit.NOTHING),
    ("MARKET_CLOSED", "wait for the next session; cancels pass", None, Unit.NOTHING),
    ("HALTED", "wait for the end of the halt; cancels pass", None, Unit.NOTHING),
    ("CANCEL_ONLY", "wait; cancels pass", None, Unit.NOTHING),
    ("POST_ONLY_MARKET", "give postOnly: true", "postOnly", Unit.NOTHING),
    ("NOT_IN_AUCTION", "wait for the end of the call, or send a limit that rests", None, Unit.NOTHING),
    ("AUCTION_ONLY", "wait for the call of that auction", "timeInForce", Unit.NOTHING),
    ("STATE_TRANSITION", "ask for the state and choose another", None, Unit.NOTHING),
    ("RESTRICTED", "ask for the restriction to be lifted; reduceOnly passes", None, Unit.NOTHING),
    ("PRICE_BAND", "stay inside the band, or wait", "price", Unit.PRICE),
    ("REDUCE_ONLY", "leave reduceOnly out, or give at most the limit", "reduceOnly", Unit.QUANTITY),
    ("POST_ONLY_WOULD_TRADE", "price it behind the market, or leave postOnly out", "price", Unit.PRICE),
    ("INSUFFICIENT_FUNDS", "deposit, cancel other orders, or lower price or quantity", None, Unit.RESERVED),
    ("MAX_QTY", "split the order", "quantity", Unit.QUANTITY),
    ("MAX_VALUE", "split the order", "quantity", Unit.MONEY),
    ("PRICE_COLLAR", "price it inside the collar, which is the limit", "price", Unit.PRICE),
    ("DUPLICATE", "wait for the window to pass if it is meant; a retry keeps its clientOrderId", None, Unit.PLAIN),
    ("OPEN_ORDERS", "cancel some orders", None, Unit.PLAIN),
    ("POSITION_LIMIT", "lower the quantity, or cancel other orders of that side", "quantity", Unit.QUANTITY),
    ("CREDIT_LIMIT", "deposit, cancel other orders, or ask for a larger line", None, Unit.RESERVED),
)
_OTHERS: Final[dict[str, Refusal]] = {
    "UNKNOWN_ORDER": _of("UNKNOWN_ORDER", "give the id of an order of your own", kind=Kind.UNKNOWN),
    "UNKNOWN_GROUP": _of("UNKNOWN_GROUP", "give the id of a group of your own", kind=Kind.UNKNOWN),
    "DUPLICATE_CLORDID": _of(
        "DUPLICATE_CLORDID",
        "give each request a clientOrderId of its own; a retry repeats the whole request",
        field="clientOrderId",
        kind=Kind.CONFLICT,
    ),
    "MSG_RATE": _of("MSG_RATE", "send the same request again later", kind=Kind.THROTTLED, unit=Unit.PLAIN),
    # Neither is the doing of who asks, and the order was not taken.
    "CAPACITY": _of("CAPACITY", "nothing was done: try again later", kind=Kind.UNAVAILABLE, unit=Unit.PLAIN),
    "UNKNOWN_ACCOUNT": _of(
        "UNKNOWN_ACCOUNT", "nothing was done: the account is being made, try again later", kind=Kind.UNAVAILABLE
    ),
}

# Every reason of the exchange, by its name. A test compares it with the reasons of the wire.
REFUSALS: Final[Mapping[str, Refusal]] = MappingProxyType(
    {reason: _of(reason, fix, field=field, unit=unit) for reason, fix, field, unit in _BUSINESS} | _OTHERS
)
