"""What is known of the orders of an account: tables that follow the reports of the exchange."""

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.model.report import Position

__all__ = ["OrderReads"]


class OrderReads(Protocol):
    """Orders as their reports left them. An order of another account is answered like one that does not exist."""

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        """Return an order by the exchange's id."""
        ...

    async def record(self, account: int, order_id: int, /) -> OrderRecord | None:
        """Return an order with the sums over its trades, and what it was sent with."""
        ...

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        """Return an order by any client id of its chain, the newest order where an id was used again."""
        ...

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        """Return the trades of an order, oldest first; none where there is no such order."""
        ...

    async def reached(self, position: Position, /) -> bool:
        """Wait, a moment at most, until every report up to ``position`` can be read; ``False``: not yet."""
        ...
