"""What ``GET /advanced-orders`` answers."""

from typing import Any

from fairlead.domain.trading.entered_order import Leg
from fairlead.domain.trading.order_record import OrderRecord, kept_of
from fairlead.model.instants import iso
from fairlead.ports.advanced_orders import AdvancedRecord
from fairlead.web.order_wire import OrderLine, order_line
from fairlead.web.trading_answers import group_name
from fairlead.web.wire import Answer

__all__ = ["AdvancedLine", "AdvancedPage", "LegLine", "advanced_line"]


class LegLine(OrderLine, frozen=True, kw_only=True):
    """One order of them, as ``GET /orders`` tells it, with what it was entered with.

    ``role`` is ENTRY, TAKE_PROFIT or STOP_LOSS in a group, else the type.
    """

    role: str


class AdvancedLine(Answer, frozen=True, kw_only=True):
    """Orders that were entered together, or one alone.

    ``id`` is what ``DELETE /advanced-orders/{id}`` takes: ``groupId``, or the ``orderId`` of one alone. ``status`` is
    ACTIVE while more can happen to one of its orders, then FINISHED.
    """

    id: str
    type: str
    status: str
    symbol: str
    group_id: str | None
    legs: list[LegLine]
    created_at: str
    updated_at: str


class AdvancedPage(Answer, frozen=True, kw_only=True):
    """Such orders, newest first. ``nextCursor`` is ``null`` on the last page."""

    orders: list[AdvancedLine]
    next_cursor: str | None


def advanced_line(record: AdvancedRecord) -> AdvancedLine:
    """Return one of them as an answer says it."""
    group_id = None if record.group_id is None else group_name(record.group_id)
    updated_ns = max([record.created_ns, *(order.view.updated_ns for order in record.orders)])
    return AdvancedLine(
        id=group_id or str(record.order_id),
        type=record.order_type,
        status="ACTIVE" if record.is_active else "FINISHED",
        symbol=record.symbol,
        group_id=group_id,
        legs=[_leg(leg, order) for leg, order in zip(record.legs, record.orders, strict=False)],
        created_at=iso(record.created_ns),
        updated_at=iso(updated_ns),
    )


def _leg(leg: Leg, order: OrderRecord) -> LegLine:
    line = order_line(order.view, sent=kept_of(order))
    said: dict[str, Any] = {name: getattr(line, name) for name in line.__struct_fields__}
    return LegLine(role=leg.role, **said)
