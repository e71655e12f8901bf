"""The sentences of an order's story, one function a kind of fact; where the facts come from does not matter here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

__all__ = [
    "ENDS",
    "accepted",
    "amended",
    "blocked",
    "ended",
    "extended",
    "halted",
    "parked",
    "prevented",
    "refused",
    "released",
    "restated",
    "resumed",
    "revised",
    "state_changed",
    "traded",
    "triggered",
    "tripped",
    "waits",
    "waits_for_entry",
]

ENDS: Final[Mapping[str, str]] = {
    "USER": "its owner asked for it",
    "MASS": "a mass cancel covered it",
    "STP": "it met an order of the same owner",
    "NO_LIQUIDITY": "nothing was left to trade with",
    "PROTECTION": "the next price was beyond its protection price",
    "BUDGET": "its budget bought nothing more",
    "TIF_IOC": "what cannot trade at once is canceled (IOC)",
    "TIF_FOK": "it could not trade in full at once (FOK)",
    "MIN_QTY": "its minimum quantity could not trade at once",
    "REDUCE_ONLY": "the position it may reduce is gone",
    "TRADES_MAX": "it made as many trades as one command may",
    "DELISTED": "the instrument was delisted",
    "TIF_DAY": "the session ended",
    "TIF_GTD": "its expiry time came",
    "AUCTION_END": "its auction is over",
    "GROUP": "another order of its group made it void",
    "KILL": "a kill switch covered it",
    "DISCONNECT": "its connection was lost",
    "DEAD_MAN": "the account's dead-man timer ran out",
    "PRICE_BAND": "the next price would have broken a band",
    "TICK_CHANGE": "its prices are not on the instrument's new grid",
}


def revised(*, trade_id: int, was: tuple[Decimal, Decimal], now: tuple[Decimal, Decimal] | None) -> str:
    """A trade of it was taken back, or stands at another quantity and price; both as ``(quantity, price)``."""
    made = f"{was[0]} at {was[1]}"
    if now is None:
        return f"trade {trade_id} of {made} was taken back by the venue"
    return f"trade {trade_id} of {made} was corrected by the venue to {now[0]} at {now[1]}"


def accepted(
    *, side: str, qty: Decimal, symbol: str, ord_type: str, price: Decimal | None, tif: str, group: str | None = None
) -> str:
    """An order came to be; ``group`` names its group and the other orders of it."""
    at = "" if price is None else f" at {price}"
    text = f"accepted: {side} {qty} {symbol} {ord_type}{at} {tif}"
    return text if group is None else f"{text}; {group}"


def ended(verb: str, *, left: Decimal, reason: str, by: str = "") -> str:
    """It was ``canceled`` or ``expired``; ``by`` says more of the cause."""
    why = ENDS.get(reason, reason)
    return f"{verb} with {left} left: {why}{by} [{reason}]"


def refused(what: str, *, numbers: str, reason: str) -> str:
    """Something was refused; ``numbers`` may be empty."""
    return f"{what}: {numbers} [{reason}]" if numbers else f"{what} [{reason}]"


def waits(kind: str | None, *, source: str | None, trigger: Decimal | None) -> str:
    """It waits for its trigger; of kind and source what is known."""
    at = "its trigger is not known yet" if trigger is None else f"at {trigger}"
    if kind is None:
        return f"waits: {at}"
    return f"waits: {kind.replace('_', '-')} on {source}, {at}"


def waits_for_entry() -> str:
    """It waits for another order of its group."""
    return "waits for the entry of its group"


def released(*, qty: Decimal, leaves: Decimal) -> str:
    """An order of a group may trade, or may trade more."""
    return f"released: total {qty}, {leaves} to do"


def amended(*, cl_ord_id: str | None, qty: Decimal, price: Decimal | None, priority_kept: bool) -> str:
    """It was changed in place."""
    priority = "its priority kept" if priority_kept else "its priority lost"
    return f"amended as {cl_ord_id}: total {qty} at {price}, {priority}"


def restated(*, qty: Decimal, leaves: Decimal, reason: str) -> str:
    """The venue made it smaller."""
    return f"made smaller: total {qty}, {leaves} to do: {ENDS.get(reason, reason)} [{reason}]"


def parked() -> str:
    """A pegged order lost what it follows."""
    return "left the book to wait for its reference"


def triggered(*, source: str | None, observed: Decimal | None, trigger: Decimal | None, by: str = "") -> str:
    """Its trigger fired; ``by`` names the trade that did it."""
    if source is None or observed is None:
        return f"triggered: its trigger was {trigger}{by}"
    return f"triggered: {source} reached {observed.normalize():f}, its trigger was {trigger}{by}"


def traded(*, qty: Decimal, price: Decimal, role: str, other: str, trade_id: int, leaves: Decimal) -> str:
    """It traded."""
    left = "filled" if leaves == 0 else f"{leaves} left"
    return f"traded {qty} at {price} {role} with {other}, trade {trade_id}; {left}"


def prevented(*, other: str, price: Decimal, qty: Decimal, mode: str | None) -> str:
    """It met an order of its owner."""
    text = f"met {other} of the same owner at {price}: no trade of {qty}"
    return text if mode is None else f"{text} [{mode}]"


def blocked(*, price: Decimal, rule: str | None, band: str) -> str:
    """A trade did not print."""
    return (
        f"blocked: a trade at {price} would break the {rule} band {band}"
        if rule
        else (f"blocked: a trade at {price} would break a band {band}")
    )


def state_changed(symbol: str, *, before: str, after: str) -> str:
    """A market went on to another state."""
    return f"{symbol} went from {before} to {after}"


def tripped(symbol: str, *, rule: str) -> str:
    """A breaker stopped a market."""
    return f"the {rule} rule stopped {symbol}"


def extended(*, price: str, bounds: str) -> str:
    """An auction goes on."""
    return f"the call was extended: {price} is outside {bounds}"


def halted(symbol: str, *, who: str, note: str = "") -> str:
    """A person stopped a market."""
    return f"{who} halted {symbol}{note}"


def resumed(symbol: str, *, who: str, note: str = "") -> str:
    """A person let a market go on."""
    return f"{who} resumed {symbol}{note}"
