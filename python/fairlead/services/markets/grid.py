"""Numbers of requests as whole numbers at the decimals of what they are about; nothing is rounded."""

from decimal import Decimal, InvalidOperation
from typing import Final

from fairlead.errors import UsageError

__all__ = ["on_grid", "positive"]

_NUMBER_MAX: Final = 2**63 - 1


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
