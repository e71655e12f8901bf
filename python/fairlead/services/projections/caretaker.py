"""Keeps the tables tidy while the service runs."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.ports.clock import Clock
from fairlead.ports.upkeep import Upkeep

__all__ = ["Caretaker"]

# Between two steps others have the store; when all is done it is looked at again after a while.
_BETWEEN_S: Final = 0.05
_AGAIN_S: Final = 60.0
_log = logging.getLogger("fairlead.projections")


class Caretaker:
    """Looks after the tables of one process.

    Args:
        upkeep: what is to be done.
        clock: tells the time.
        rest: waits so many seconds.
    """

    def __init__(
        self, upkeep: Upkeep, *, clock: Clock, rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._upkeep, self._clock, self._rest = upkeep, clock, rest

    async def run(self) -> None:
        """Go on until it is cancelled; a store that is away is asked again."""
        while True:
            try:
                has_more = await self._upkeep.tidy(self._clock.now_ns())
            except UnavailableError as error:
                _log.warning("the tables were not tidied: again_s=%d why=%s", _AGAIN_S, error)
                has_more = False
            await self._rest(_BETWEEN_S if has_more else _AGAIN_S)
