"""Where an order stands in the queue of its price, as far as the levels of a book can tell."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

__all__ = ["QueuePlace", "Shown", "Unknown", "queue_place"]


class Shown(StrEnum):
    """How much of an order its book shows."""

    WHOLE = "whole"
    PART = "part"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Unknown(StrEnum):
    """Why a place is not known."""

    NOT_RESTING = "NOT_RESTING"
    NO_FIXED_PRICE = "NO_FIXED_PRICE"
    HIDDEN = "HIDDEN"
    MARKET_DATA_MISSING = "MARKET_DATA_MISSING"
    NOT_IN_BOOK = "NOT_IN_BOOK"
    ORDERS_NOT_TOLD_APART = "ORDERS_NOT_TOLD_APART"


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePlace:
    """A place.

    Attributes:
        position: 1 for the first in line; ``None`` with a ``reason`` where it is not known.
        orders_ahead: how many orders are before it, at most.
        quantity_ahead: what they display, at most.
        reason: why ``position`` is not known.
    """

    position: int | None = None
    orders_ahead: int | None = None
    quantity_ahead: Decimal | None = None
    reason: Unknown | None = None


def queue_place(*, remaining: Decimal, shown: Shown, level: tuple[Decimal, int] | None) -> QueuePlace:
    """Return the place of an order that rests at the price of a level.

    A level tells what is displayed at its price and by how many orders, not in which order; so the place is known where
    the order is alone, and bounded where it is not.

    Args:
        remaining: what is left of the order, > 0.
        shown: how much of it the book shows.
        level: displayed quantity and number of orders at its price; ``None``: there is none.
    """
    if shown is Shown.NOTHING:
        return QueuePlace(reason=Unknown.HIDDEN)
    if level is None:
        return QueuePlace(reason=Unknown.NOT_IN_BOOK)
    qty, orders = level
    if shown is Shown.WHOLE and (qty < remaining or (orders == 1 and qty != remaining)):
        # The book is of another moment.
        return QueuePlace(reason=Unknown.NOT_IN_BOOK)
    if shown is Shown.WHOLE and orders == 1:
        return QueuePlace(position=1, orders_ahead=0, quantity_ahead=Decimal(0))
    return QueuePlace(
        orders_ahead=orders if shown is Shown.UNKNOWN else orders - 1,
        quantity_ahead=qty - remaining if shown is Shown.WHOLE else qty,
        reason=Unknown.ORDERS_NOT_TOLD_APART,
    )
