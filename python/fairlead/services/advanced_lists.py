"""What an account entered of orders that wait, hide a part, or depend on each other."""

from collections.abc import Awaitable, Callable, Sequence

from fairlead.ports.advanced_orders import AdvancedFilter, AdvancedReads, AdvancedRecord

__all__ = ["AdvancedLists"]


class AdvancedLists:
    """Lists them.

    Args:
        reads: the table.
        caught_up: waits, a moment at most, until the table has what was heard of.
    """

    def __init__(self, reads: AdvancedReads, *, caught_up: Callable[[], Awaitable[bool]]) -> None:
        self._reads, self._caught_up = reads, caught_up

    async def page(
        self, account: int, wanted: AdvancedFilter, *, before: int | None, count_max: int
    ) -> Sequence[AdvancedRecord]:
        """Return them, newest first, with a number below ``before``.

        Raises:
            UnavailableError: the store does not answer.
        """
        await self._caught_up()
        return await self._reads.page(account, wanted, before=before, count_max=count_max)

    async def find(self, account: int, order_id: int) -> AdvancedRecord | None:
        """Return what an order was entered with; ``None``: plainly, or it is not known yet.

        Raises:
            UnavailableError: the store does not answer.
        """
        await self._caught_up()
        return await self._reads.find(account, order_id)

    async def group_of(self, account: int, order_id: int) -> int | None:
        """Return the group that an order came with; ``None``: none.

        Raises:
            UnavailableError: the store does not answer.
        """
        return await self._reads.group_of(account, order_id)
