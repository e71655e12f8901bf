"""A position at its average cost. What was paid is divided exactly: nothing is earned or lost by rounding."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

import msgspec

from fairlead.model.listing import EXACT

__all__ = ["NOTHING", "Holding", "holding_after", "settled"]

# The share of the cost that a reduction takes is rounded here, far below the unit of any asset; the rest stays with
# what is still held, so that cost minus profit is what was paid, always.
_SHARE: Final = Decimal(1).scaleb(-24)
_ROUNDING: Final = Context(prec=160, rounding=ROUND_HALF_EVEN)
_ZERO: Final = Decimal(0)


class Holding(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A position in one instrument.

    Attributes:
        quantity: what is held; negative where it is owed.
        cost: what the part that is still open was paid with, in the quote asset; negative where money came in for it.
        realized: profit of what was closed, before fees.
        fees: what trading cost; negative where rebates were more.
    """

    quantity: Decimal
    cost: Decimal
    realized: Decimal
    fees: Decimal

    @property
    def average_price(self) -> Decimal | None:
        """Cost a unit of what is open; ``None`` where nothing is."""
        return self.cost / self.quantity if self.quantity else None

    def unrealized(self, price: Decimal) -> Decimal:
        """Return the profit of what is open if it were closed at ``price``, before fees."""
        return EXACT.subtract(EXACT.multiply(self.quantity, price), self.cost)


NOTHING: Final = Holding(quantity=_ZERO, cost=_ZERO, realized=_ZERO, fees=_ZERO)


def holding_after(before: Holding, *, quantity: Decimal, price: Decimal, fee: Decimal) -> Holding:
    """Return a position after a trade.

    Args:
        before: the position.
        quantity: what was bought; negative what was sold.
        price: at what price.
        fee: what it cost, in the quote asset; negative for a rebate.
    """
    is_reduced = (before.quantity > 0) != (quantity > 0) and before.quantity != 0
    closed = min(abs(quantity), abs(before.quantity)) if is_reduced else _ZERO
    released = _share(before, closed)
    # Of a short position both are negative: it was sold first and is bought back.
    came_in = EXACT.multiply(closed if before.quantity > 0 else -closed, price)
    opened = EXACT.subtract(quantity, closed.copy_sign(quantity))
    return Holding(
        quantity=EXACT.add(before.quantity, quantity),
        cost=EXACT.add(EXACT.subtract(before.cost, released), EXACT.multiply(opened, price)),
        realized=EXACT.add(before.realized, EXACT.subtract(came_in, released)),
        fees=EXACT.add(before.fees, fee),
    )


def settled(before: Holding, price: Decimal) -> Holding:
    """Return a position whose market ended: what was open is closed at ``price``, at no cost."""
    return holding_after(before, quantity=-before.quantity, price=price, fee=_ZERO) if before.quantity else before


def _share(before: Holding, closed: Decimal) -> Decimal:
    """Return the part of the cost that belongs to ``closed``."""
    if not closed:
        return _ZERO
    if closed == abs(before.quantity):
        return before.cost
    product = EXACT.multiply(before.cost, closed)
    return _ROUNDING.divide(product, abs(before.quantity)).quantize(_SHARE, context=_ROUNDING)
