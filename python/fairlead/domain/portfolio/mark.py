"""By what price an open position is measured.

In the market of an event it is the middle of the best bid and ask of YES: what trades seldom has an old last price, and
whoever has NO is measured by the rest of 1, as a NO that was bought at c is a YES that was sold at 1 - c.
Source: DOMAIN, prediction markets (vector ``pm-mtm``).
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from fairlead.model.listing import EXACT

__all__ = ["Mark", "MarkSource", "mark_of"]

_HALF: Final = Decimal("0.5")


class MarkSource(StrEnum):
    """Where a price comes from: the newest trade, or the middle of the book."""

    LAST = "LAST"
    MID = "MID"


@dataclass(frozen=True, slots=True)
class Mark:
    """A price, and where it comes from."""

    price: Decimal
    source: MarkSource


def mark_of(last: Decimal | None, *, touch: tuple[Decimal, Decimal] | None) -> Mark | None:
    """Return what an open position is measured by; ``None``: there is nothing to measure it by.

    Args:
        last: the price of the newest trade.
        touch: best bid and ask, of the market of an event where both are there.
    """
    if touch is not None:
        return Mark(EXACT.multiply(EXACT.add(*touch), _HALF), MarkSource.MID)
    return None if last is None else Mark(last, MarkSource.LAST)
