"""Numbers of any size in SQL: text with every digit, since no column type of every store holds them all."""

from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = ["ExactDecimal", "WholeNumber", "written"]

# Prices and quantities have 20 characters, amounts 41, sums of products of both some more.
_LENGTH = 96


def written(value: Decimal) -> str:
    """Return a decimal with every digit, as it is kept."""
    text = str(value)
    # Quicker than a format by far, but small and round numbers come with an exponent.
    return format(value, "f") if "E" in text else text


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with its digits and its decimals as they are; never a float."""

    impl = String(_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write it out."""
        return None if value is None else written(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Decimal | None:
        """Read it."""
        return None if value is None else Decimal(value)


class WholeNumber(TypeDecorator[int]):
    """A whole number of 128 bits and more."""

    impl = String(_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write it out."""
        return None if value is None else str(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> int | None:
        """Read it."""
        return None if value is None else int(value)
