"""What a risk manager sets for one account, which the exchange asks of every order of it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fairlead.errors import UsageError

__all__ = ["AccountLimits", "LimitsMisfitError", "MarketLimits", "bursts"]

# A full bucket holds what comes in so many seconds, unless it is said otherwise.
_BURST_S: Final = 2
# Whoever may send so many orders a second must be able to take them all back as fast, and then some.
_CANCELS_PER_ORDER: Final = 2


class LimitsMisfitError(UsageError):
    """Limits that do not go together.

    Attributes:
        field: which of them, as the API names it.
        value: what was given.
        limit: what it is measured against.
        fix: what to do.
    """

    def __init__(self, field: str, value: int, *, limit: str, fix: str) -> None:
        super().__init__(f"limits do not go together: {field}={value} limit={limit}: {fix}")
        self.field, self.value, self.limit, self.fix = field, str(value), limit, fix


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimits:
    """Limits over all markets; what is ``None`` does not limit.

    Attributes:
        orders_per_s: new orders and amends a second, 1 or more.
        orders_burst: of them at once, 1 or more.
        cancels_per_s: cancels a second, twice ``orders_per_s`` or more.
        cancels_burst: of them at once.
        open_orders_max: open orders at any time, waiting ones too.
        duplicate_ms: an order equal to one taken less than this ago is refused, in milliseconds.
    """

    orders_per_s: int | None = None
    orders_burst: int | None = None
    cancels_per_s: int | None = None
    cancels_burst: int | None = None
    open_orders_max: int | None = None
    duplicate_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketLimits:
    """Limits in one market; what is ``None`` does not limit.

    Attributes:
        max_quantity: the largest order, in the base asset, above 0.
        max_value: the largest order, in the quote asset, above 0.
        collar_bps: how far a limit may be beyond the reference price, in basis points of it.
        position_max: the largest position, long or short, that working orders could lead to, above 0.
        is_restricted: no new orders but reduce-only ones.
    """

    max_quantity: Decimal | None = None
    max_value: Decimal | None = None
    collar_bps: int | None = None
    position_max: Decimal | None = None
    is_restricted: bool = False


def bursts(limits: AccountLimits) -> tuple[int, int]:
    """Return how many orders and cancels may come at once; 0 where their rate has no limit.

    Raises:
        LimitsMisfitError: a burst without a rate, or fewer cancels than twice the orders.
    """
    orders, cancels = limits.orders_per_s, limits.cancels_per_s
    for name, rate, burst in (("orders", orders, limits.orders_burst), ("cancels", cancels, limits.cancels_burst)):
        if burst is not None and rate is None:
            raise LimitsMisfitError(f"{name}Burst", burst, limit=f"goes with {name}PerS", fix=f"give {name}PerS too")
    if orders is not None and cancels is not None and cancels < orders * _CANCELS_PER_ORDER:
        least = orders * _CANCELS_PER_ORDER
        fix = "give so many, or leave cancelsPerS out"
        raise LimitsMisfitError("cancelsPerS", cancels, limit=f"at least {least}, twice ordersPerS", fix=fix)
    return (
        0 if orders is None else limits.orders_burst or orders * _BURST_S,
        0 if cancels is None else limits.cancels_burst or cancels * _BURST_S,
    )
