"""Numbers of requests as whole numbers at the decimals of what they are about; nothing is rounded."""

from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final

from fairlead.domain.trading.errors import RequestError

__all__ = ["bands", "on_grid", "positive"]

_NUMBER_MAX: Final = 2**63 - 1
# Digits of any number that a request may have, and of its decimals.
_EXACT: Final = Context(prec=100)
# What a price may be in units of its last decimal; the gateway takes no grid beyond it.
_PRICE_MAX: Final = 10**18


def positive(value: Decimal, decimals: int, *, field: str) -> int:
    """Return a number above 0 as a whole number.

    Raises:
        RequestError: it is not above 0, or has more digits than fit.
    """
    if value <= 0:
        raise RequestError("OUT_OF_RANGE", field=field, value=f"{value:f}", limit="above 0", fix="give a larger number")
    return on_grid(value, decimals, field=field)


def on_grid(value: Decimal, decimals: int, *, field: str) -> int:
    """Return a number as a whole number.

    Raises:
        RequestError: it has more digits than fit.
    """
    shown, largest = f"{value:f}", Decimal(_NUMBER_MAX).scaleb(-decimals)
    if abs(value) > largest:
        raise RequestError(
            "OUT_OF_RANGE", field=field, value=shown, limit=f"at most {largest:f}", fix="give a smaller number"
        )
    scaled = value.scaleb(decimals, context=_EXACT)
    if scaled != scaled.to_integral_value():
        least = Decimal(1).scaleb(-decimals)
        raise RequestError(
            "TOO_MANY_DECIMALS",
            field=field,
            value=shown,
            limit=f"{decimals} decimals",
            fix=f"give a multiple of {least:f}",
        )
    return int(scaled)


def bands(grid: Sequence[tuple[Decimal, Decimal]], decimals: int) -> tuple[dict[str, int], ...]:
    """Return a price grid, pairs of a first price and the step from there on, as the wire has it.

    Raises:
        RequestError: a step is not above 0, a number is beyond 10^18 units, a price is off its own step, or they do not
            ascend.
    """
    found: list[dict[str, int]] = []
    for start, step in grid:
        tick = positive(step, decimals, field="tickSize")
        first = on_grid(start, decimals, field="fromPrice")
        for field, value, units in (("tickSize", step, tick), ("fromPrice", start, first)):
            if abs(units) > _PRICE_MAX:
                limit = Decimal(_PRICE_MAX).scaleb(-decimals)
                raise RequestError(
                    "OUT_OF_RANGE",
                    field=field,
                    value=f"{value:f}",
                    limit=f"at most {limit:f}",
                    fix="give a smaller number",
                )
        if first % tick:
            raise RequestError(
                "OFF_GRID",
                field="fromPrice",
                value=f"{start:f}",
                limit=f"tickSize={step:f}",
                fix="give a multiple of tickSize",
            )
        if found and found[-1]["from"] >= first:
            raise RequestError(
                "NOT_ASCENDING",
                field="fromPrice",
                value=f"{start:f}",
                limit="above the one before",
                fix="give the bands by price, the lowest first",
            )
        found.append({"from": first, "tick": tick})
    return tuple(found)
