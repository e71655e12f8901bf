"""What each reject reason means and what to do about it: the sentences of ``report.text``.

Every sentence names the id, the value, the limit and a way out. Reasons are stable; numbers come in bands:
1 unreadable, 101 identity, 201 form, 301 values, 401 trading state, 501 funds and instructions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fairlead.model.words import ORD_TYPES, PEG_REFERENCES, SIDES, STP_MODES, TIMES_IN_FORCE, TRADING_STATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """One reason in words.

    Attributes:
        what: what is wrong.
        value: what the offered number is called.
        limit: what the number it was measured against is called.
        fix: what the caller can do.
    """

    what: str
    value: str = "value"
    limit: str = "limit"
    fix: str


def _one_of(words: tuple[str, ...]) -> str:
    return "give one of " + ", ".join(words)


_UNREADABLE = {
    "UNKNOWN_SIDE": Explanation(what="unknown side", fix=_one_of(SIDES)),
    "UNKNOWN_ORD_TYPE": Explanation(what="unknown order type", fix=_one_of(ORD_TYPES)),
    "UNKNOWN_TIME_IN_FORCE": Explanation(what="unknown time in force", fix=_one_of(TIMES_IN_FORCE)),
    "UNKNOWN_STP_MODE": Explanation(what="unknown self-trade prevention mode", fix=_one_of(STP_MODES)),
    "NOT_A_NUMBER": Explanation(what="not a plain decimal number", fix="write digits and at most one point: 189.50"),
    "NUMBER_TOO_LARGE": Explanation(what="number too large", fix="stay within 64 bits of the smallest decimal"),
    "BAD_CL_ORD_ID": Explanation(what="bad client order id or name", fix="give 1 to 36 printable ASCII characters"),
    "EXPIRE_TIME_MISMATCH": Explanation(
        what="time in force and expiry do not go together", fix="give expire_ns with gtd, and with nothing else"
    ),
    "UNKNOWN_INSTRUCTION": Explanation(
        what="unknown instruction",
        fix=(
            f"post_only: True, False, reject or slide; peg: {', '.join(PEG_REFERENCES)}; account kind: cash or credit; "
            f"trading state: {', '.join(TRADING_STATES)}"
        ),
    ),
}
_IDENTITY = {
    "UNKNOWN_ACCOUNT": Explanation(what="no such account", fix="open it with add_account"),
    "DUPLICATE_CLORDID": Explanation(
        what="the account used this client order id for another request", fix="give each request its own cl_ord_id"
    ),
    "CAPACITY": Explanation(
        what="the table of client order ids is full of open orders", limit="client_ids_max", fix="cancel open orders"
    ),
    "UNKNOWN_INSTRUMENT": Explanation(what="no such instrument", fix="list it, or check the spelling of the symbol"),
    "UNKNOWN_ASSET": Explanation(what="no such asset", fix="add it with add_asset, or list an instrument that uses it"),
    "UNKNOWN_ORDER": Explanation(
        what="the account has no such order", fix="give the id of an open order of this account"
    ),
    "ORDER_FINISHED": Explanation(
        what="the order is filled, canceled or expired", fix="nothing is left to change; send a new order"
    ),
    "DUPLICATE_NAME": Explanation(what="the name is taken", fix="choose another name"),
    "KILL_SWITCH": Explanation(
        what="a kill switch is on", fix="cancel is allowed; ask an operator to re-arm, then send the same request again"
    ),
    "MSG_RATE": Explanation(
        what="more messages than the account may send",
        value="wait_ns",
        limit="per_second",
        fix="send the same request again after wait_ns; cancels have a limit of their own",
    ),
    "UNKNOWN_GROUP": Explanation(what="the account has no such group", fix="give the id of a group of this account"),
    "GROUP_FINISHED": Explanation(
        what="fewer than two orders of the group are open", fix="cancel the remaining order by its own id"
    ),
    "NOT_TRIPPED": Explanation(
        what="nothing is halted or killed there", fix="check the scope: symbol, account, session"
    ),
    "SAME_OPERATOR": Explanation(
        what="a second person is needed", value="operator", limit="tripped by", fix="let another operator do it"
    ),
    "NOT_OUTCOME": Explanation(
        what="the instrument is not the market of an event", fix="name one, or set_outcome before it opens"
    ),
    "UNKNOWN_TRADE": Explanation(
        what="there was no such trade, or it does not stand as the command says", fix="look it up again"
    ),
    "TRADE_BUSTED": Explanation(what="the trade was taken back already", fix="nothing is left to do"),
    "UNKNOWN_SCHEDULE": Explanation(
        what="the fee schedule was never set", value="schedule", fix="set it first, with set_fees; 0 is always there"
    ),
}
_FORM = {
    "PRICE_MISSING": Explanation(what="a limit order needs a price", fix="give price, or ord_type='market'"),
    "PRICE_NOT_ALLOWED": Explanation(
        what="a market order has no price", fix="leave price out, or give protection_price"
    ),
    "FIELD_NOT_ALLOWED": Explanation(
        what="a protection price, budget, peg or display size does not go with this order type",
        fix="protection_price: market types; quote_qty: market buys; peg: pegged orders; display_qty: icebergs",
    ),
    "PEG_MISSING": Explanation(what="a pegged order needs a reference", fix=f"give peg: {', '.join(PEG_REFERENCES)}"),
    "TIF_NOT_ALLOWED": Explanation(
        what="the time in force does not go with the order type",
        fix="market: ioc, fok or an auction's; market_to_limit, pegged and every change: gtc, day or gtd",
    ),
    "EXEC_INST_NOT_ALLOWED": Explanation(
        what="post-only, display, minimum quantity or reduce-only does not go with the order type or time in force",
        fix="post-only, iceberg and hidden: resting limits; min_qty: ioc without a budget; reduce_only: plain orders",
    ),
    "TRIGGER_PRICE_MISSING": Explanation(what="a stop needs a trigger price", fix="give Trigger.stop(price)"),
    "TRAIL_KIND": Explanation(
        what="a trailing stop needs exactly one distance", fix="give amount, or percent, or bps, and only one of them"
    ),
    "TRIGGER_NOT_ALLOWED": Explanation(
        what="the trigger, or a field of it, does not go with the order",
        fix="triggers: limit and market orders; trail fields: trailing stops; fall_back: source mark or index",
    ),
    "GROUP_LEGS": Explanation(
        what="the legs do not fit together",
        value="leg",
        fix="one account, one instrument, limit or market; exits of one side: one stop and one target",
    ),
    "OUTCOME_ORDER": Explanation(
        what="the market of an event takes limit and market orders alone",
        fix="leave out trigger, group, peg, budget, reduce_only and auction market orders",
    ),
}
_VALUES = {
    "QTY_NOT_POSITIVE": Explanation(what="quantity not positive", value="qty", fix="give a quantity above 0"),
    "QTY_LOT": Explanation(
        what="quantity off the lot grid", value="qty", limit="lot", fix="give a multiple of the lot"
    ),
    "QTY_MIN": Explanation(what="quantity too small", value="qty", limit="min_qty", fix="give at least min_qty"),
    "QTY_MAX": Explanation(what="quantity too large", value="qty", limit="max_qty", fix="split the order"),
    "MIN_QTY": Explanation(
        what="bad minimum quantity",
        value="min_qty",
        limit="order_qty",
        fix="give a multiple of the lot up to order_qty",
    ),
    "DISPLAY_QTY": Explanation(
        what="bad display size, refill threshold or variance",
        value="display_qty",
        limit="order_qty",
        fix="display_qty: lots from 1 lot to order_qty; refill_threshold below it; variance up to 10000 bps",
    ),
    "PRICE_TICK": Explanation(
        what="price off the tick grid", value="price", limit="tick", fix="give a multiple of the tick"
    ),
    "PRICE_BOUNDS": Explanation(
        what="price outside the bounds", value="price", limit="bound", fix="stay between min_price and max_price"
    ),
    "AMOUNT_NOT_POSITIVE": Explanation(what="amount not positive", value="amount", fix="give an amount above 0"),
    "OVERFLOW": Explanation(
        what="amount or balance too large", value="amount", limit="max", fix="stay below what a balance can hold"
    ),
    "NOTIONAL_MIN": Explanation(
        what="order too small", value="notional", limit="min_notional", fix="raise quantity or price"
    ),
    "NOTIONAL_MAX": Explanation(what="order too large", value="notional", limit="max_notional", fix="split the order"),
    "EXPIRE_IN_PAST": Explanation(
        what="expiry not in the future", value="expire_ns", limit="now_ns", fix="give a later expire_ns"
    ),
    "INVALID_DEFINITION": Explanation(
        what="the definition contradicts itself", fix="check assets, grids, bounds and rates"
    ),
    "PEG_LIMIT_REQUIRED": Explanation(
        what="a pegged buy of a cash account has no limit to reserve at", fix="give price, its limit"
    ),
    "PROTECTION_REQUIRED": Explanation(
        what="an auction market buy of a cash account has no price to reserve at", fix="give protection_price"
    ),
    "CREDIT_ONLY": Explanation(
        what="a cash account cannot trade an instrument with negative prices", fix="use an account of kind credit"
    ),
    "TRAIL_OFFSET": Explanation(
        what="trail, step or limit offset out of range (in units of the smallest price decimal, or basis points)",
        fix="give a positive multiple of the tick, or 1 to 9999 basis points",
    ),
    "WOULD_TRIGGER": Explanation(
        what="the trigger has been passed already",
        value="trigger price",
        limit="source",
        fix="give a trigger on the other side, or allow_immediate=True",
    ),
    "GROUP_QTY": Explanation(
        what="the quantities of the group do not fit",
        value="qty",
        limit="qty of the first leg",
        fix="give all legs the same quantity; amend the entry downwards, exits after the entry has ended",
    ),
    "GROUP_PRICES": Explanation(
        what="exit on the wrong side",
        value="price",
        limit="price it is compared with",
        fix="sell exits: target above the market, stop below; buy exits the other way round",
    ),
    "SOURCE_MISSING": Explanation(
        what="nobody gives that mark or index price", fix="set_reference first, or fall_back=True, or source='last'"
    ),
    "BAND_INSANE": Explanation(
        what="the bands contradict each other or are far from every known price; the old ones stay",
        value="middle",
        limit="reference",
        fix="check the feed; low < high, middle within 50 % of the reference",
    ),
    "OUTCOME_ASSET": Explanation(
        what="an asset that pays on an event comes and goes by its market alone", fix="buy it, or mint pairs"
    ),
    "TRADE_UNCHANGED": Explanation(what="the trade stands so already", fix="give another price or a smaller qty"),
}
_STATE = {
    "NOT_LISTED": Explanation(what="the instrument is not open for anything yet", fix="wait, or set_state"),
    "DELISTED": Explanation(what="the instrument is gone", fix="trade another one"),
    "MARKET_CLOSED": Explanation(what="the session is over", fix="wait for the next one; cancels pass"),
    "HALTED": Explanation(what="trading is halted", fix="wait for the end of the halt; cancels pass"),
    "CANCEL_ONLY": Explanation(what="only cancels are accepted", fix="wait; cancels pass"),
    "POST_ONLY_MARKET": Explanation(what="only post-only limits are accepted", fix="give post_only=True"),
    "NOT_IN_AUCTION": Explanation(
        what="the order would have to match now, and the instrument is in a call", fix="wait, or send a resting limit"
    ),
    "AUCTION_ONLY": Explanation(
        what="the order is for an auction the instrument is not in", fix="wait for that auction's call"
    ),
    "STATE_TRANSITION": Explanation(
        what="that trading state cannot be entered from here, or not by command",
        fix="ask for the state; choose another",
    ),
    "RESTRICTED": Explanation(
        what="the account may not trade the instrument", fix="ask for the restriction to be lifted; reduce_only passes"
    ),
    "PRICE_BAND": Explanation(
        what="the price is beyond the band", value="price", limit="band", fix="stay inside the band, or wait"
    ),
}
_FUNDS = {
    "REDUCE_ONLY": Explanation(
        what="the order would not reduce a position", value="qty", limit="reducible", fix="leave reduce_only out"
    ),
    "POST_ONLY_WOULD_TRADE": Explanation(
        what="the post-only order would take",
        value="price",
        limit="opposite best",
        fix="price it behind, or give post_only='slide'",
    ),
    "INSUFFICIENT_FUNDS": Explanation(
        what="the available balance does not cover it",
        value="needed",
        limit="available",
        fix="deposit, cancel other orders, or lower price or quantity",
    ),
    "MAX_QTY": Explanation(
        what="more than the account may enter at once", value="qty", limit="max_qty", fix="split the order"
    ),
    "MAX_VALUE": Explanation(
        what="worth more than the account may enter at once", value="value", limit="max_value", fix="split the order"
    ),
    "PRICE_COLLAR": Explanation(
        what="price too far beyond the market", value="price", limit="collar", fix="price it inside the collar"
    ),
    "DUPLICATE": Explanation(
        what="the same order was accepted just before",
        value="ns ago",
        limit="window_ns",
        fix="wait for the window to pass if it is meant; a retry keeps its cl_ord_id",
    ),
    "OPEN_ORDERS": Explanation(
        what="more open orders than the account may have", value="open", limit="open_orders_max", fix="cancel some"
    ),
    "POSITION_LIMIT": Explanation(
        what="the working orders could lead to too large a position",
        value="position",
        limit="position_max",
        fix="lower the quantity, or cancel other orders of that side",
    ),
    "CREDIT_LIMIT": Explanation(
        what="balance and credit line do not cover it",
        value="needed",
        limit="available",
        fix="deposit, cancel other orders, or ask for a larger line",
    ),
}

REASONS: Mapping[str, Explanation] = MappingProxyType(_UNREADABLE | _IDENTITY | _FORM | _VALUES | _STATE | _FUNDS)


def explain(
    subject: str,
    reason: str,
    code: int,
    field: str | None,
    value: str | None,
    limit: str | None,
    nearest: tuple[str, str] | None,
) -> str:
    """Return the sentence for one refusal.

    Args:
        subject: what was refused, its id included.
        reason: a key of ``REASONS``.
        code: its stable number.
        field: the argument, where the reason alone does not tell.
        value: what was offered.
        limit: what it was measured against.
        nearest: the valid values below and above it.
    """
    entry = REASONS[reason]
    offered = "" if value is None else f": {field or entry.value}={value}"
    measured = "" if limit is None else f" {entry.limit}={limit}"
    near = "" if nearest is None else f"; the nearest valid values are {nearest[0]} and {nearest[1]}"
    return f"{subject} rejected: {entry.what}{offered}{measured}; {entry.fix}{near} [{reason} {code}]"
