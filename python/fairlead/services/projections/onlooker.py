"""How far the tables are that another process brings forward: asked of the store, soon again while somebody waits.

1. A position that is told is one that the tables had when they were asked.
2. Listeners hear the reports of a session of this process once they are in the tables, in the order of the log.
"""

import asyncio
import contextlib
import logging
from collections import deque
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.ports.projections import Projections
from fairlead.services.projections.progress import TablesProgress

__all__ = ["Onlooker"]

# Between two looks while somebody waits, while nobody does, and while the store is away.
_SOON_S, _REST_S, _AWAY_S = 0.005, 0.05, 0.5
# Reports that wait for the tables: what is beyond is told of by the next one.
_HEARD_MAX: Final = 16_384
_log = logging.getLogger("fairlead.projections")


class Onlooker(TablesProgress):
    """Looks at the tables for one process.

    Args:
        tables: the tables.
    """

    def __init__(self, tables: Projections) -> None:
        super().__init__()
        self._tables = tables
        self._heard: deque[Report] = deque(maxlen=_HEARD_MAX)

    def hear(self, report: Report) -> None:
        """Take the next report of the session."""
        if report.position is not None:
            self._heard.append(report)

    async def run(self) -> None:
        """Look until it is cancelled; a store that is away is asked again."""
        while True:
            rest_s = _REST_S if await self.look() else _AWAY_S
            if self._waiting and self.is_following:
                await asyncio.sleep(_SOON_S)
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rest_s):
                    await (self._wanted.wait() if self.is_following else asyncio.sleep(rest_s))

    async def look(self) -> bool:
        """Ask how far the tables are, and tell who waits and who listens; ``False``: the store does not answer."""
        try:
            followed = await self._tables.followed()
        except UnavailableError as error:
            if self.is_following:
                _log.warning("the tables are not reached: why=%s", error)
            self.is_following = False
            return False
        self.is_following = True
        if followed.position > self._position:
            await self._reach(followed.position)
        return True

    async def _reach(self, position: Position) -> None:
        await self._move(position)
        fresh = []
        while self._heard and (at := self._heard[0].position) is not None and at <= position:
            fresh.append(self._heard.popleft())
        if fresh:
            self._tell(fresh)
