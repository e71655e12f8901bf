"""What trading answers beside single orders: groups, batches, counts, and the names of groups."""

from typing import Final

from fairlead.web.order_wire import OrderLine
from fairlead.web.problems import Problem
from fairlead.web.wire import Answer

__all__ = [
    "BatchLine",
    "BatchResult",
    "CanceledCount",
    "GroupLine",
    "Timer",
    "group_id_of",
    "group_name",
]

_GROUP: Final = "g-"
_GROUP_DIGITS_MAX: Final = 18


class GroupLine(Answer, frozen=True, kw_only=True):
    """Orders that depend on each other, entry first.

    Attributes:
        group_id: what ``DELETE /advanced-orders/{id}`` takes; null of a repeat that cannot be read yet.
        client_order_ids: of its orders, by which ``GET /orders`` finds each.
        orders: those that can be read already.
    """

    group_id: str | None
    client_order_ids: list[str]
    orders: list[OrderLine]


class BatchLine(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one order of a batch: the status that it alone would have had, and the order or the problem."""

    status: int
    order: OrderLine | None = None
    problem: Problem | None = None


class BatchResult(Answer, frozen=True, kw_only=True):
    """What became of the orders of a batch, in the order of the request."""

    results: list[BatchLine]


class CanceledCount(Answer, frozen=True, kw_only=True):
    """How many orders were cancelled."""

    canceled: int


class Timer(Answer, frozen=True, kw_only=True):
    """The timer of ``POST /cancel-all-after``; 0: there is none."""

    timeout_ms: int


def group_name(number: int) -> str:
    """Return the ``groupId`` of a group: no ``orderId`` looks like it."""
    return f"{_GROUP}{number}"


def group_id_of(text: str) -> int | None:
    """Return the number of a ``groupId``; ``None``: it is none."""
    digits = text.removeprefix(_GROUP)
    is_one = digits != text and digits.isascii() and digits.isdigit() and len(digits) <= _GROUP_DIGITS_MAX
    return int(digits) if is_one else None
