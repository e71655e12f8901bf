"""Numbers of requests as whole numbers at the decimals of what they are about; nothing is rounded."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from fairlead.errors import UsageError

__all__ = ["bands", "on_grid", "positive"]

_NUMBER_MAX: Final = 2**63 - 1
# What a price may be in units of its last decimal; the gateway takes no grid beyond it.
_PRICE_MAX: Final = 10**18


def positive(value: Decimal, decimals: int, *, field: str) -> int:
    """Return a number above 0 as a whole number.

    Raises:
        UsageError: it is not above 0, or has more digits than fit.
    """
    if value <= 0:
        raise UsageError(f"{field} is not above 0: {field}={value:f} limit=0")
    return on_grid(value, decimals, field=field)


def on_grid(value: Decimal, decimals: int, *, field: str) -> int:
    """Return a number as a whole number.

    Raises:
        UsageError: it has more digits than fit.
    """
    try:
        scaled = value.scaleb(decimals)
    except InvalidOperation:
        raise UsageError(f"{field} has too many digits: {field}={value}") from None
    if scaled != scaled.to_integral_value() or abs(scaled) > _NUMBER_MAX:
        raise UsageError(f"{field} does not fit its decimals: {field}={value:f} max_decimals={decimals}")
    return int(scaled)


def bands(grid: Sequence[tuple[Decimal, Decimal]], decimals: int) -> tuple[dict[str, int], ...]:
    """Return a price grid, pairs of a first price and the step from there on, as the wire has it.

    Raises:
        UsageError: a step is not above 0, a number is beyond 10^18 units, a price is off its own step, or they do not
            ascend.
    """
    found: list[dict[str, int]] = []
    for start, step in grid:
        tick = positive(step, decimals, field="tickSize")
        first = on_grid(start, decimals, field="fromPrice")
        for field, value, units in (("tickSize", step, tick), ("fromPrice", start, first)):
            if abs(units) > _PRICE_MAX:
                limit = Decimal(_PRICE_MAX).scaleb(-decimals)
                raise UsageError(f"{field} is out of range: {field}={value:f} limit={limit:f}")
        if first % tick:
            raise UsageError(f"a band starts off its own grid: fromPrice={start:f} tickSize={step:f}")
        if found and found[-1]["from"] >= first:
            raise UsageError(f"bands do not ascend: fromPrice={start:f}; give them by price, the lowest first")
        found.append({"from": first, "tick": tick})
    return tuple(found)
