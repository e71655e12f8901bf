"""What the reading routes of orders answer."""

from fairlead.web.order_wire import FillLine, OrderLine
from fairlead.web.wire import Answer

__all__ = ["FillPage", "OrderPage"]


class OrderPage(Answer, frozen=True, kw_only=True):
    """Orders, newest first, without their trades. ``nextCursor`` is ``null`` on the last page."""

    orders: list[OrderLine]
    next_cursor: str | None


class FillPage(Answer, frozen=True, kw_only=True):
    """The trades of an order, oldest first."""

    fills: list[FillLine]
