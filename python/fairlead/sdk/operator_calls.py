"""The calls of who runs the venue: markets, fees, halts, events. None that writes is sent twice."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from fairlead.errors import UsageError
from fairlead.sdk.answers import Answer, Market
from fairlead.sdk.call import Call, Number, number, path
from fairlead.sdk.order_calls import given
from fairlead.sdk.times import Timestamp

__all__ = [
    "AccountLimits",
    "Done",
    "Killed",
    "Limits",
    "MarketLimits",
    "bust_trade",
    "correct_trade",
    "fetch_limits",
    "halt",
    "kill",
    "list_market",
    "release",
    "resume",
    "set_account_fees",
    "set_fees",
    "set_limits",
    "set_market_state",
    "set_outcome",
    "set_ticks",
    "settle_outcome",
    "void_outcome",
]


class Done(Answer, frozen=True, kw_only=True):
    """A command that is in the log: its place there, and when."""

    seq: str
    time: Timestamp


class Killed(Done, frozen=True, kw_only=True):
    """A kill switch that is on, and how many orders it cancelled."""

    canceled_orders: int


class AccountLimits(Answer, frozen=True, kw_only=True):
    """Limits of an account over all markets; ``None``: none."""

    orders_per_s: int | None
    orders_burst: int | None
    cancels_per_s: int | None
    cancels_burst: int | None
    open_orders_max: int | None
    duplicate_ms: int | None
    set_by: str | None
    set_at: Timestamp | None


class MarketLimits(Answer, frozen=True, kw_only=True):
    """Limits of an account in one market; ``None``: none."""

    symbol: str
    max_quantity: Decimal | None
    max_value: Decimal | None
    collar_bps: int | None
    position_max: Decimal | None
    restricted: bool
    set_by: str
    set_at: Timestamp


class Limits(Answer, frozen=True, kw_only=True):
    """The limits of an account, as they were set through the API."""

    account: int
    limits: AccountLimits
    markets: tuple[MarketLimits, ...]


def list_market(definition: Mapping[str, Any]) -> Call[Done]:
    """List an instrument, as ``POST /markets`` takes it; it does not trade before it is opened."""
    return _call("POST", "/markets", Done, dict(definition))


def set_market_state(symbol: str, state: str) -> Call[Market]:
    """Open, suspend, close or delist a market and return it."""
    return _call("PATCH", path("markets", symbol), Market, {"state": state})


def set_ticks(symbol: str, ticks: Sequence[tuple[Number, Number]]) -> Call[Market]:
    """Change the price grid of a market, ``(from_price, tick_size)`` by ascending price, and return it."""
    bands = [{"fromPrice": number("from_price", start), "tickSize": number("tick_size", step)} for start, step in ticks]
    return _call("PUT", path("markets", symbol, "ticks"), Market, {"ticks": bands})


def halt(symbol: str, *, reason: str, duration_s: int = 0, two_person: bool = False) -> Call[Done]:
    """Stop trading; with ``duration_s`` 0 until somebody resumes it."""
    body = {"reason": reason, "durationS": duration_s, "twoPerson": two_person}
    return _call("POST", path("markets", symbol, "halt"), Done, body)


def resume(symbol: str, *, reason: str, auction: bool = False) -> Call[Done]:
    """Let it trade again, at once or through an auction."""
    return _call("POST", path("markets", symbol, "resume"), Done, {"reason": reason, "auction": auction})


def kill(*, reason: str, symbol: str | None = None, account: int | None = None, reducing: bool = False) -> Call[Killed]:
    """Cancel every open order and let none in until another operator releases it.

    Args:
        reason: why; 1 to 36 printable characters without spaces, which stand in the log.
        symbol: only those of this market.
        account: only those of this account; with neither, those of the whole venue.
        reducing: leave reduce-only orders, and let them in.

    Raises:
        UsageError: both ``symbol`` and ``account``.
    """
    return _call("POST", "/kill-switch", Killed, _scope(symbol, account) | {"reason": reason, "reducing": reducing})


def release(*, reason: str, symbol: str | None = None, account: int | None = None) -> Call[Done]:
    """Let orders in again where ``kill`` stopped them; another operator than who stopped them."""
    return _call("POST", "/kill-switch/release", Done, _scope(symbol, account) | {"reason": reason})


def set_fees(schedule: int, *, maker_ppm: int, taker_ppm: int, base: str = "NOTIONAL") -> Call[Done]:
    """Set rates of a fee schedule, in parts per million; negative is a rebate.

    Args:
        schedule: its number, 0 to 65,535.
        maker_ppm: of the resting order.
        taker_ppm: of the incoming order.
        base: ``NOTIONAL`` is price times quantity, in all markets but those of events; ``VARIANCE`` is quantity times
            ``p * (1 - p)``, in markets of events.
    """
    rates = {"makerPpm": maker_ppm, "takerPpm": taker_ppm, "base": base}
    return _call("PATCH", path("fee-schedules", str(schedule)), Done, rates)


def set_account_fees(account: int, schedule: int) -> Call[Done]:
    """Let an account pay by another fee schedule from now on."""
    return _call("PUT", path("accounts", str(account), "fee-schedule"), Done, {"schedule": schedule})


def fetch_limits(account: int) -> Call[Limits]:
    """Return the limits of an account."""
    return _call("GET", path("accounts", str(account), "limits"), Limits, None)


def set_limits(account: int, limits: Mapping[str, Any], *, symbol: str | None = None) -> Call[Done]:
    """Replace the limits of an account, in a market or over all of them; what is left out does not limit.

    Args:
        account: whose.
        limits: as ``PUT /accounts/{account}/limits`` takes them; with ``symbol`` as that of a market does.
        symbol: the market.
    """
    below = () if symbol is None else (symbol,)
    return _call("PUT", path("accounts", str(account), "limits", *below), Done, dict(limits))


def bust_trade(trade_id: int) -> Call[Done]:
    """Take a trade back: money, assets and fees are as if it had never been."""
    return _call("POST", path("trades", str(trade_id), "bust"), Done, None)


def correct_trade(trade_id: int, *, price: Number | None = None, quantity: Number | None = None) -> Call[Done]:
    """Let a trade stand at another price or for less; what is left out stays."""
    body = {"price": number("price", price), "quantity": number("quantity", quantity)}
    return _call("POST", path("trades", str(trade_id), "correct"), Done, body)


def set_outcome(symbol: str, *, no_asset: str) -> Call[Done]:
    """Make a market that never opened that of an event; ``no_asset`` pays if the event does not happen."""
    return _call("PUT", path("outcomes", symbol), Done, {"noAsset": no_asset})


def settle_outcome(symbol: str, yes_pays: Number) -> Call[Done]:
    """End the market of an event: a YES pays ``yes_pays``, from 0 to 1, a NO the rest of 1."""
    return _call("POST", path("outcomes", symbol, "settle"), Done, {"yesPays": number("yes_pays", yes_pays)})


def void_outcome(symbol: str) -> Call[Done]:
    """End the market of an event: every trade is undone and every fee given back."""
    return _call("POST", path("outcomes", symbol, "void"), Done, None)


def _scope(symbol: str | None, account: int | None) -> dict[str, Any]:
    if symbol is not None and account is not None:
        raise UsageError(
            f"a kill switch has one scope: symbol={symbol} account={account}; give one of them, or neither"
        )
    if symbol is not None:
        return {"scope": "SYMBOL", "symbol": symbol}
    return {"scope": "VENUE"} if account is None else {"scope": "ACCOUNT", "account": account}


def _call(method: str, target: str, answer: Any, body: dict[str, Any] | None) -> Call[Any]:
    return Call(
        method=method,
        target=target,
        answer=answer,
        take=lambda found: found,
        body=None if body is None else given(**body),
        is_repeatable=False,
    )
