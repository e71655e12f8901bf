"""Numbers of any size in SQL: text with every digit, since no column type of every store holds them all."""

from decimal import Decimal
from typing import Any

from sqlalchemy import String
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

__all__ = ["ExactDecimal", "WholeNumber"]

# Prices and quantities have 20 characters, amounts 41, sums of products of both some more.
_LENGTH = 96


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with its digits and its decimals as they are; never a float."""

    impl = String(_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Write it out."""
        return None if value is None else format(value, "f")

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
