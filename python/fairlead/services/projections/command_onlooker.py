"""How far the table of orders that wait, hide a part or depend on each other is, which another process fills."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from fairlead.model.report import Report
from fairlead.services.projections.commands import telling_seq

__all__ = ["CommandOnlooker"]

_WAIT_S: Final = 2.0
_SOON_S: Final = 0.01


class CommandOnlooker:
    """Looks at the table for one process.

    Args:
        cursor: asks which command of the log was looked at last.
    """

    def __init__(self, cursor: Callable[[], Awaitable[int]]) -> None:
        self._ask = cursor
        self._cursor = self._wanted = 0

    def hear(self, reports: Sequence[Report]) -> None:
        """Take reports that are in the tables now."""
        self._wanted = max([self._wanted, *(seq for it in reports if (seq := telling_seq(it)) is not None)])

    async def caught_up(self) -> bool:
        """Wait, a moment at most, until what was heard of is in the table; ``False``: not yet.

        Raises:
            UnavailableError: the store does not answer.
        """
        wanted = self._wanted
        try:
            async with asyncio.timeout(_WAIT_S):
                while self._cursor < wanted:
                    self._cursor = await self._ask()
                    if self._cursor < wanted:
                        await asyncio.sleep(_SOON_S)
        except TimeoutError:
            return False
        return True
