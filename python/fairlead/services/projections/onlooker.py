"""How far the tables are that another process brings forward: asked of the store, soon again while somebody waits.

1. A position that is told is one that the tables had when they were asked.
2. Listeners hear the reports of a session of this process once they are in the tables, in the order of the log.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.projections import Projections
from fairlead.services.projections.follower import Listener

__all__ = ["Onlooker"]

# Between two looks while somebody waits, while nobody does, and while the store is away.
_SOON_S, _REST_S, _AWAY_S = 0.005, 0.05, 0.5
# Reports that wait for the tables: what is beyond is told of by the next one.
_HEARD_MAX: Final = 16_384
_log = logging.getLogger("fairlead.projections")


class Onlooker:
    """Looks at the tables for one process.

    Args:
        tables: the tables.

    Attributes:
        is_following: whether the store answers.
    """

    def __init__(self, tables: Projections) -> None:
        self._tables = tables
        self._heard: deque[Report] = deque(maxlen=_HEARD_MAX)
        self._listeners: list[Listener] = []
        self._position = BEGINNING
        self._moved = asyncio.Condition()
        self._waiting = 0
        self._wanted = asyncio.Event()
        self.is_following = False

    @property
    def position(self) -> Position:
        """The last report that was in the tables when they were looked at."""
        return self._position

    def hear(self, report: Report) -> None:
        """Take the next report of the session."""
        if report.position is not None:
            self._heard.append(report)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of every report from now on once it is in the tables; return how to stop that.

        It is called with one report or more, on the event loop, and must neither wait nor raise.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def reached(self, position: Position, *, timeout_s: float = 2.0) -> bool:
        """Wait until a report is in the tables; whether it came so far in time."""
        if self._position >= position:
            return True
        self._waiting += 1
        self._wanted.set()
        try:
            async with asyncio.timeout(timeout_s), self._moved:
                await self._moved.wait_for(lambda: self._position >= position)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._wanted.clear()
        return True

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
            await self._tell(followed.position)
        return True

    async def _tell(self, position: Position) -> None:
        async with self._moved:
            self._position = position
            self._moved.notify_all()
        fresh = []
        while self._heard and (at := self._heard[0].position) is not None and at <= position:
            fresh.append(self._heard.popleft())
        if fresh:
            self._tell_listeners(fresh)

    def _tell_listeners(self, fresh: Sequence[Report]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(fresh)
            except Exception:  # noqa: BLE001 - logged with its trace
                # A bug of one listener; it must not cost the others their reports.
                _log.exception("a listener failed: position=%s", self._position)
