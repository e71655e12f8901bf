"""The orders of an account in pages, and everything that was said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.refused import Scales
from fairlead.model.report import Position, Report
from fairlead.ports.order_reads import OrderReads

__all__ = ["OrderFilter", "OrderHistory"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders; what is ``None`` does not matter. Words are those of the API."""

    symbol: str | None = None
    status: str | None = None
    side: str | None = None
    client_order_id: str | None = None


class OrderHistory(OrderReads, Protocol):
    """Orders, pages of them, and their reports. What is another account's is answered like what does not exist."""

    async def page(
        self, account: int, wanted: OrderFilter, /, *, before: int | None, count_max: int
    ) -> Sequence[OrderRecord]:
        """Return orders, newest first.

        Args:
            account: whose.
            wanted: which.
            before: only those with a lower id.
            count_max: how many at most.
        """
        ...

    async def events(self, account: int, order_id: int, /, *, count_max: int) -> Sequence[Report]:
        """Return what was said of an order, oldest first."""
        ...

    async def events_after(self, account: int | None, position: Position, /, *, count_max: int) -> Sequence[Report]:
        """Return what an account was told after a position, oldest first; ``events`` of one account in pages.

        Args:
            account: whose; ``None``: what everybody was told.
            position: where.
            count_max: how many at most.

        Raises:
            NotFoundError: some of it is not kept any more; after ``BEGINNING`` comes what there is.
        """
        ...

    async def scales(self, symbol: str, /) -> Scales | None:
        """Return the decimals of an instrument; ``None`` where it is not known."""
        ...

    async def fee_asset(self, symbol: str, /) -> str | None:
        """Return in what the fees of an instrument are paid; ``None`` where it is not known."""
        ...
