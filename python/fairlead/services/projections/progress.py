"""How far the tables are, for who waits for a place in the log and for who listens to what came into them."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from fairlead.model.report import BEGINNING, Position, Report

__all__ = ["Listener", "TablesProgress"]

Listener = Callable[[Sequence[Report]], None]
_log = logging.getLogger("fairlead.projections")


class TablesProgress:
    """What is common to who brings the tables forward and who looks at them.

    Attributes:
        is_following: whether the position is still brought forward.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._position = BEGINNING
        self._moved = asyncio.Condition()
        self._waiting = 0
        # Set while somebody waits for a place.
        self._wanted = asyncio.Event()
        self.is_following = False

    @property
    def position(self) -> Position:
        """The last report that is known to be in the tables."""
        return self._position

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell ``listener`` of every report from now on once it is in the tables; return how to stop that.

        It is called with one report or more, on the event loop, and must neither wait nor raise: what takes time it
        puts into a queue of its own.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def reached(self, position: Position, *, timeout_s: float = 2.0) -> bool:
        """Wait until a report is in the tables; whether it came so far in time.

        Where that is sure to be too late nobody waits, and ends no rest of the tables.
        """
        if self._position >= position:
            return True
        if self._is_out_of_reach(position, timeout_s):
            return False
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

    def _is_out_of_reach(self, _position: Position, _timeout_s: float) -> bool:
        """Whether the tables are known to be so far behind that a report cannot be there in time."""
        return False

    async def _move(self, position: Position) -> None:
        """Say to who waits that the tables are at a place."""
        async with self._moved:
            self._position = position
            self._moved.notify_all()

    def _tell(self, fresh: Sequence[Report]) -> None:
        """Tell who listens of what is in the tables now."""
        for listener in tuple(self._listeners):
            try:
                listener(fresh)
            except Exception:  # noqa: BLE001 - logged with its trace
                # A bug of one listener; it must not cost the others, or the tables, their reports.
                _log.exception("a listener failed: position=%s", self._position)
