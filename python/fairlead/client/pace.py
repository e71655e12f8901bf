"""How much of its time a session spends on what arrives."""

import asyncio
from typing import Final

from fairlead.errors import UsageError

__all__ = ["Pace"]

# Shorter rests cost more than they give.
_REST_S_MIN: Final = 0.005


class Pace:
    """Rests in proportion to the work that was done.

    Args:
        share: the largest part of the time for work, above 0 to 1; 1 never rests.

    Raises:
        UsageError: the share is none.
    """

    def __init__(self, share: float) -> None:
        if not 0 < share <= 1:
            raise UsageError(f"out of range: share={share} limit=above 0, at most 1")
        self._rest_of_work = 1 / share - 1
        self._due_s = 0.0

    def spent(self, seconds: float) -> None:
        """So much was worked."""
        self._due_s += seconds * self._rest_of_work

    async def rest(self) -> None:
        """Rest for what is due, as soon as that is worth it."""
        if self._due_s >= _REST_S_MIN:
            due_s, self._due_s = self._due_s, 0.0
            await asyncio.sleep(due_s)
