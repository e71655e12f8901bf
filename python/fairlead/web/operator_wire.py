"""The bodies and answers of what operators do, and of what everybody may know of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from fairlead.domain.trading.refused import Scales, refused
from fairlead.model.instants import iso
from fairlead.model.report import Report
from fairlead.services.markets import BreakerStatus, NewMarket, Scope
from fairlead.web.market_wire import word
from fairlead.web.numbers import decimal_of
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Answer, Body

__all__ = [
    "AccountFees",
    "BreakerAnswer",
    "Done",
    "FeeRates",
    "GridWish",
    "HaltWish",
    "KillWish",
    "Killed",
    "Listing",
    "MarketChange",
    "ReleaseWish",
    "ResumeWish",
    "Symbol",
    "accepted",
    "breaker_answer",
    "done",
    "killed",
    "market_to_list",
    "scope_of",
    "status_word",
]

# It stands in the log of the exchange, in 36 characters.
Reason = Annotated[str, Meta(pattern=r"^[!-~]{1,36}$", description="1 to 36 printable characters without spaces.")]
Symbol = Annotated[str, Meta(pattern=r"^[!-~]{1,36}$")]
Decimals = Annotated[int, Meta(ge=0, le=18)]
Ppm = Annotated[int, Meta(ge=-1_000_000, le=1_000_000, description="Parts per million of the notional.")]


class HaltWish(Body, frozen=True, kw_only=True):
    """``POST /markets/{symbol}/halt``. Without ``durationS`` it lasts until somebody resumes it."""

    reason: Reason
    duration_s: Annotated[int, Meta(ge=0, le=86_400)] = 0
    two_person: bool = False


class ResumeWish(Body, frozen=True, kw_only=True):
    """``POST /markets/{symbol}/resume``, at once or through an auction."""

    reason: Reason
    auction: bool = False


class ReleaseWish(Body, frozen=True, kw_only=True):
    """``POST /kill-switch/release``: what is let in again."""

    scope: Literal["VENUE", "ACCOUNT", "SYMBOL"]
    reason: Reason
    account: Annotated[int, Meta(ge=1, lt=2**32)] | None = None
    symbol: Symbol | None = None


class KillWish(ReleaseWish, frozen=True, kw_only=True):
    """``POST /kill-switch``: whose orders are cancelled and let in no more, but reduce-only ones with ``reducing``."""

    reducing: bool = False


class MarketChange(Body, frozen=True, kw_only=True):
    """``PATCH /markets/{symbol}``: the trading state it moves to. ``HALTED`` suspends, ``DELISTED`` is for ever."""

    state: Literal["PRE_OPEN", "CONTINUOUS", "CANCEL_ONLY", "POST_ONLY", "HALTED", "CLOSED", "DELISTED"]


class Listing(Body, frozen=True, kw_only=True):
    """``POST /markets``: an instrument. Numbers as text or JSON numbers, exact."""

    symbol: Symbol
    base_asset: Symbol
    base_decimals: Decimals
    quote_asset: Symbol
    quote_decimals: Decimals
    price_decimals: Decimals
    quantity_decimals: Decimals
    tick_size: msgspec.Raw
    lot_size: msgspec.Raw
    min_quantity: msgspec.Raw
    max_quantity: msgspec.Raw
    min_price: msgspec.Raw
    max_price: msgspec.Raw


class BandWish(Body, frozen=True, kw_only=True):
    """From this price on, prices are multiples of ``tickSize``. Numbers as text or JSON numbers, exact."""

    from_price: msgspec.Raw
    tick_size: msgspec.Raw


class GridWish(Body, frozen=True, kw_only=True):
    """``PUT /markets/{symbol}/ticks``: the price grid from now on, by ascending price."""

    ticks: Annotated[list[BandWish], Meta(min_length=1, max_length=64)]


class FeeRates(Body, frozen=True, kw_only=True):
    """``PATCH /fee-schedules/{schedule}``: what the resting and the incoming order pay; negative is a rebate.

    ``base``: ``NOTIONAL`` is price times quantity, in all markets but those of events; ``VARIANCE`` is quantity times
    ``p * (1 - p)``, in markets of events.
    """

    maker_ppm: Ppm
    taker_ppm: Ppm
    base: Literal["NOTIONAL", "VARIANCE"] = "NOTIONAL"


class AccountFees(Body, frozen=True, kw_only=True):
    """``PUT /accounts/{account}/fee-schedule``: one that was set before, or 0, which always is."""

    schedule: Annotated[int, Meta(ge=0, le=65_535)]


class Done(Answer, frozen=True, kw_only=True):
    """A command that is in the log: its place there, and when."""

    seq: str
    time: str


class Killed(Done, frozen=True, kw_only=True):
    """A kill switch that is on, and how many orders it cancelled."""

    canceled_orders: int


class MarketBreakerLine(Answer, frozen=True, kw_only=True):
    """A market: ``cause`` is ``RULE_...`` or ``MANUAL``; ``null`` where nothing is stopped or it was not heard."""

    symbol: str
    state: str
    is_tripped: bool
    cause: str | None
    until: str | None


class KillSwitchLine(Answer, frozen=True, kw_only=True):
    """A kill switch that is on and that everybody feels."""

    scope: str
    symbol: str | None
    since: str


class BreakerAnswer(Answer, frozen=True, kw_only=True):
    """Where trading is stopped; ``null`` and ``UNKNOWN`` while the service does not hear the exchange."""

    circuit_breaker_tripped: bool | None
    circuit_breaker_status: str
    markets: list[MarketBreakerLine]
    kill_switches: list[KillSwitchLine]


def accepted(report: Report, *, what: str, scales: Scales | None = None, gives_base: bool = False) -> Report:
    """Return a report that says yes; raise the refusal of ``what`` where it says no.

    Args:
        report: what the exchange said.
        what: what was asked for, with its ids.
        scales: of the instrument, to read the numbers of a refusal.
        gives_base: what it takes is of the base asset, not of the quote.
    """
    if report.is_rejected:
        raise refused(report, what=what, scales=scales, is_sale=gives_base)
    return report


def done(report: Report, *, what: str, scales: Scales | None = None, gives_base: bool = False) -> Done:
    """Return the answer to a command, or raise what ``accepted`` raises."""
    position = accepted(report, what=what, scales=scales, gives_base=gives_base).position
    return Done(seq=str(0 if position is None else position.event_seq), time=iso(report.ts_ns))


def killed(report: Report, *, what: str) -> Killed:
    """Return the answer to a kill switch, or raise what ``accepted`` raises."""
    base = done(report, what=what)
    return Killed(seq=base.seq, time=base.time, canceled_orders=report.count)


def status_word(status: BreakerStatus) -> str:
    """Return the state of all breakers in a word."""
    if status.is_tripped is None:
        return "UNKNOWN"
    return "TRIPPED" if status.is_tripped else "NORMAL"


def breaker_answer(status: BreakerStatus) -> BreakerAnswer:
    """Return what everybody may know; kill switches of accounts and sessions are nobody else's business."""
    return BreakerAnswer(
        circuit_breaker_tripped=status.is_tripped,
        circuit_breaker_status=status_word(status),
        markets=[
            MarketBreakerLine(
                symbol=one.symbol,
                state=word(one.state),
                is_tripped=one.is_tripped,
                cause=one.cause,
                until=None if one.until_ns is None else iso(one.until_ns),
            )
            for one in status.markets
        ],
        kill_switches=[
            KillSwitchLine(scope=one.scope, symbol=one.symbol, since=iso(one.since_ns))
            for one in status.switches
            if one.scope in {"VENUE", "SYMBOL"}
        ],
    )


def scope_of(wish: ReleaseWish, *, named: Callable[[str], str]) -> Scope:
    """Return what a kill switch is about.

    Args:
        wish: the body.
        named: returns the symbol of the market that is meant.

    Raises:
        ProblemError: what the scope needs is missing, or there is something beside it.
    """
    given = {"account": wish.account, "symbol": wish.symbol}
    wanted = {"VENUE": None, "ACCOUNT": "account", "SYMBOL": "symbol"}[wish.scope]
    for field, value in given.items():
        if (value is None) == (field == wanted):
            raise ProblemError(
                400,
                "VALIDATION_ERROR",
                f"{field} does not fit the scope: scope={wish.scope} {field}={value}",
                field=field,
                value=str(value),
                limit="ACCOUNT has account, SYMBOL has symbol, VENUE has neither",
                fix=f"give {wanted} and nothing else" if wanted else "leave account and symbol out",
            )
    symbol = None if wish.symbol is None else named(wish.symbol)
    return Scope(kind=wish.scope, symbol=symbol, account=wish.account)


def market_to_list(wish: Listing) -> NewMarket:
    """Return an instrument with its numbers read."""
    return NewMarket(
        symbol=wish.symbol,
        base_asset=wish.base_asset,
        base_decimals=wish.base_decimals,
        quote_asset=wish.quote_asset,
        quote_decimals=wish.quote_decimals,
        price_decimals=wish.price_decimals,
        quantity_decimals=wish.quantity_decimals,
        tick_size=decimal_of(wish.tick_size, "tickSize"),
        lot_size=decimal_of(wish.lot_size, "lotSize"),
        min_quantity=decimal_of(wish.min_quantity, "minQuantity"),
        max_quantity=decimal_of(wish.max_quantity, "maxQuantity"),
        min_price=decimal_of(wish.min_price, "minPrice"),
        max_price=decimal_of(wish.max_price, "maxPrice"),
    )


def grid_of(wish: GridWish) -> list[tuple[Decimal, Decimal]]:
    """Return a price grid with its numbers read, as pairs of a first price and the step from there on."""
    return [(decimal_of(band.from_price, "fromPrice"), decimal_of(band.tick_size, "tickSize")) for band in wish.ticks]
