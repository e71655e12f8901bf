"""How far the tables of what reports do not say of orders are, which another process fills."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from fairlead.model.report import Report
from fairlead.services.projections.commands import telling_seq

__all__ = ["CommandOnlooker"]

_WAIT_S: Final = 2.0
_SOON_S: Final = 0.01
_SENT_MAX: Final = 10_000


class CommandOnlooker:
    """Looks at them for one process.

    Args:
        cursor: asks which command of the log was looked at last.
    """

    def __init__(self, cursor: Callable[[], Awaitable[int]]) -> None:
        self._ask = cursor
        self._cursor = self._wanted = 0
        # Commands of this process that were not in the tables when they were looked at last, oldest first.
        self._sent: dict[int, None] = {}

    def entered(self, seq: int) -> None:
        """Take the place of a command of this process of which its reports do not say all."""
        self._sent[seq] = None
        if len(self._sent) > _SENT_MAX:
            del self._sent[next(iter(self._sent))]

    def hear(self, reports: Sequence[Report]) -> None:
        """Take reports that are in the tables now."""
        self._wanted = max([self._wanted, *(seq for it in reports if (seq := telling_seq(it)) is not None)])

    async def caught_up(self) -> bool:
        """Wait, a moment at most, until what was heard of is in the table; ``False``: not yet.

        Raises:
            UnavailableError: the store does not answer.
        """
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._reach(self._wanted)
        except TimeoutError:
            return False
        return True

    def pending(self) -> frozenset[int]:
        """Return the places of commands that were entered here, and that nobody saw in the tables yet."""
        return frozenset(self._sent)

    async def entered_all(self, seqs: Collection[int], /) -> None:
        """Wait, a moment at most, until what was entered here at these places is in the tables.

        Raises:
            UnavailableError: the store does not answer.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S):
                await self._reach(max(seqs, default=0))

    async def _reach(self, seq: int) -> None:
        while self._cursor < seq:
            self._cursor = await self._ask()
            if self._cursor < seq:
                await asyncio.sleep(_SOON_S)
        for done in [it for it in self._sent if it <= self._cursor]:
            del self._sent[done]
