"""A trade that was taken back or corrected, as the report to one of its sides tells it."""

from decimal import Decimal
from typing import Final

import msgspec

from fairlead.model.listing import EXACT
from fairlead.model.report import Report

__all__ = ["Amendment", "amendment_of"]

_BUST: Final = "TradeCancel"
_KINDS: Final = frozenset({_BUST, "TradeCorrect"})


class Amendment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of a trade.

    Attributes:
        was_price: what it was made at, or corrected to before; ``was_quantity`` likewise.
        price: what it is made at from now on.
        quantity: what it is about from now on; 0 where it was taken back.
        fee: what the side pays more, in the quote asset; negative for what it gets back.
    """

    was_price: Decimal
    was_quantity: Decimal
    price: Decimal
    quantity: Decimal
    fee: Decimal

    @property
    def is_bust(self) -> bool:
        """Whether it was taken back."""
        return not self.quantity

    @property
    def more_quantity(self) -> Decimal:
        """How much more was traded: never above 0."""
        return EXACT.subtract(self.quantity, self.was_quantity)

    @property
    def more_value(self) -> Decimal:
        """How much more price times quantity is."""
        return EXACT.subtract(
            EXACT.multiply(self.price, self.quantity), EXACT.multiply(self.was_price, self.was_quantity)
        )


def amendment_of(report: Report) -> Amendment | None:
    """Return what a report tells of a trade that was taken back or corrected."""
    if report.exec_type not in _KINDS or report.last_px is None or report.last_qty is None:
        return None
    quantity = Decimal(0).scaleb(_exponent(report.last_qty)) if report.exec_type == _BUST else report.last_qty
    return Amendment(
        was_price=Decimal(report.value).scaleb(_exponent(report.last_px)),
        was_quantity=Decimal(report.limit).scaleb(_exponent(report.last_qty)),
        price=report.last_px,
        quantity=quantity,
        fee=Decimal(0) if report.fee is None else report.fee,
    )


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), f"prices and quantities are numbers: number={number}"
    return exponent
