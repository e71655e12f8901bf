"""The bodies and answers of what risk managers set for an account."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from fairlead.domain.limits.standing import AccountLimits, MarketLimits, bursts
from fairlead.model.instants import iso
from fairlead.ports.account_limits import KeptLimits
from fairlead.web.numbers import NumberOrNull, decimal_or_none
from fairlead.web.order_wire import decimal_text
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Answer, Body

__all__ = [
    "AccountLimitsLine",
    "AccountLimitsWish",
    "LimitsAnswer",
    "MarketLimitsLine",
    "MarketLimitsWish",
    "account_limits",
    "limits_answer",
    "market_limits",
]

Rate = Annotated[int, Meta(ge=1, le=1_000_000)]
Count = Annotated[int, Meta(ge=1, le=2**32 - 1)]
Told = Annotated[str, Meta(max_length=64)]


class _ToldBy(Body, frozen=True, kw_only=True):
    """What an answer says of who set them and when: taken back with it, and never read."""

    set_by: Told | None = None
    set_at: Told | None = None


class AccountLimitsWish(_ToldBy, frozen=True, kw_only=True):
    """``PUT /accounts/{account}/limits``: all of them; what is left out or ``null`` does not limit.

    A burst that is left out is twice its rate; ``cancelsPerS`` is at least twice ``ordersPerS``. ``limits`` of the
    answer of ``GET`` is taken as it is: ``setBy`` and ``setAt`` are not read.
    """

    orders_per_s: Rate | None = None
    orders_burst: Rate | None = None
    cancels_per_s: Rate | None = None
    cancels_burst: Rate | None = None
    open_orders_max: Count | None = None
    duplicate_ms: Annotated[int, Meta(ge=1, le=86_400_000)] | None = None


class MarketLimitsWish(_ToldBy, frozen=True, kw_only=True):
    """``PUT /accounts/{account}/limits/{symbol}``: all of them; what is left out or ``null`` does not limit.

    Numbers as text or JSON numbers, exact. ``restricted``: no new orders but reduce-only ones. One of ``markets`` of
    the answer of ``GET`` is taken as it is: ``setBy`` and ``setAt`` are not read, ``symbol`` is that of the path.
    """

    symbol: Told | None = None

    max_quantity: NumberOrNull | UnsetType = UNSET
    max_value: NumberOrNull | UnsetType = UNSET
    collar_bps: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None
    position_max: NumberOrNull | UnsetType = UNSET
    restricted: bool = False


class AccountLimitsLine(Answer, frozen=True, kw_only=True):
    """Limits over all markets; ``null``: none."""

    orders_per_s: int | None
    orders_burst: int | None
    cancels_per_s: int | None
    cancels_burst: int | None
    open_orders_max: int | None
    duplicate_ms: int | None
    set_by: str | None
    set_at: str | None


class MarketLimitsLine(Answer, frozen=True, kw_only=True):
    """Limits in one market; ``null``: none."""

    symbol: str
    max_quantity: str | None
    max_value: str | None
    collar_bps: int | None
    position_max: str | None
    restricted: bool
    set_by: str
    set_at: str


class LimitsAnswer(Answer, frozen=True, kw_only=True):
    """The limits of an account as they were set through the API."""

    account: int
    limits: AccountLimitsLine
    markets: list[MarketLimitsLine]


def account_limits(wish: AccountLimitsWish) -> AccountLimits:
    """Return what is wished."""
    return AccountLimits(
        orders_per_s=wish.orders_per_s,
        orders_burst=wish.orders_burst,
        cancels_per_s=wish.cancels_per_s,
        cancels_burst=wish.cancels_burst,
        open_orders_max=wish.open_orders_max,
        duplicate_ms=wish.duplicate_ms,
    )


def market_limits(wish: MarketLimitsWish, *, symbol: str, named: Callable[[str], str]) -> MarketLimits:
    """Return what is wished for the market of the path, with its numbers read.

    Args:
        wish: the body.
        symbol: of the market.
        named: returns the symbol of the market that is meant.

    Raises:
        ProblemError: a number is none, or the body is about another market.
    """
    if wish.symbol is not None and named(wish.symbol) != symbol:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"the limits are those of another market than the path's: symbol={wish.symbol} path={symbol}",
            field="symbol",
            value=wish.symbol,
            limit=symbol,
            fix="leave symbol out, or name the same market in both",
        )
    return MarketLimits(
        max_quantity=decimal_or_none(wish.max_quantity, "maxQuantity"),
        max_value=decimal_or_none(wish.max_value, "maxValue"),
        collar_bps=wish.collar_bps,
        position_max=decimal_or_none(wish.position_max, "positionMax"),
        is_restricted=wish.restricted,
    )


def limits_answer(account: int, kept: Sequence[KeptLimits]) -> LimitsAnswer:
    """Return what was set for an account."""
    line = _account_line(AccountLimits(), None)
    markets: list[MarketLimitsLine] = []
    for one in kept:
        if isinstance(one.limits, AccountLimits):
            line = _account_line(one.limits, one)
        elif one.symbol is not None:
            markets.append(_market_line(one.symbol, one.limits, one))
    return LimitsAnswer(account=account, limits=line, markets=markets)


def _account_line(limits: AccountLimits, kept: KeptLimits | None) -> AccountLimitsLine:
    orders_burst, cancels_burst = bursts(limits)
    return AccountLimitsLine(
        orders_per_s=limits.orders_per_s,
        orders_burst=orders_burst or None,
        cancels_per_s=limits.cancels_per_s,
        cancels_burst=cancels_burst or None,
        open_orders_max=limits.open_orders_max,
        duplicate_ms=limits.duplicate_ms,
        set_by=None if kept is None else kept.set_by,
        set_at=None if kept is None else iso(kept.set_ts_ns),
    )


def _market_line(symbol: str, limits: MarketLimits, kept: KeptLimits) -> MarketLimitsLine:
    def text(value: Decimal | None) -> str | None:
        return None if value is None else decimal_text(value)

    return MarketLimitsLine(
        symbol=symbol,
        max_quantity=text(limits.max_quantity),
        max_value=text(limits.max_value),
        collar_bps=limits.collar_bps,
        position_max=text(limits.position_max),
        restricted=limits.is_restricted,
        set_by=kept.set_by,
        set_at=iso(kept.set_ts_ns),
    )
