"""Everything that is kept of one order, and of what stood beside it."""

from typing import Protocol

from fairlead.domain.explain import OrderFacts

__all__ = ["OrderTraces"]


class OrderTraces(Protocol):
    """What the story of an order is made of."""

    async def facts(self, account: int, order_id: int, /) -> OrderFacts | None:
        """Return what is kept of an order; ``None`` where the account was told of none.

        Of an order with more reports than are kept in mind the newest are told, and ``is_whole`` is false.
        """
        ...
