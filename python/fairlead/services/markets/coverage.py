"""Up to when the tables have every trade: what says that a candle is whole.

Trades come with the reports of the exchange, in the order of its log, whose times never go back. So where a report of a
time is in the tables, every trade of before it is. A market in which nothing happens has no such report; then the
exchange is asked something: its answers come behind the reports that were due, and who has all of those has everything.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.model.report import Position
from fairlead.ports.clock import Clock
from fairlead.ports.projections import ReportPlaces

__all__ = ["Coverage"]

_ASK_NS_MIN: Final = 1_000_000_000
# A command is stamped at the beginning of a turn of the exchange, and reported at its end.
_TURN_NS_MAX: Final = 1_000_000_000
# A session with so many reports that nobody took is not asked: the tables are behind, whatever it would say, and it
# would have to read all that comes before the answer.
_UNREAD_MAX: Final = 1_024


class Coverage:
    """Knows how far the tables are behind.

    Args:
        places: the session that hears everybody.
        reached: waits, a moment at most, until a report is in the tables.
        clock: the time, that of the exchange.
    """

    def __init__(self, places: ReportPlaces, *, reached: Callable[[Position], Awaitable[bool]], clock: Clock) -> None:
        self._places, self._reached, self._clock = places, reached, clock
        self._proved_ns = 0
        self._asked_ns = 0
        self._asking = asyncio.Lock()
        self._newest: Position | None = None
        # The time of the oldest report that was heard while the exchange is asked.
        self._oldest_ns: int | None = None
        places.listen_places(self._hear)

    async def until(self, wanted_ns: int) -> int:
        """Return up to when every trade is in the tables, as far as that can be said; ``wanted_ns`` is enough."""
        async with self._asking:
            now_ns = self._clock.now_ns()
            if self._proved_ns < wanted_ns and now_ns - self._asked_ns >= _ASK_NS_MIN:
                self._asked_ns = now_ns
                await self._ask(now_ns)
            return self._proved_ns

    async def _ask(self, now_ns: int) -> None:
        if self._places.unread >= _UNREAD_MAX:
            return
        self._oldest_ns = None
        try:
            # Twice: on a session that came back a moment ago the first answer may overtake what is told again.
            await self._places.refresh_instruments()
            await self._places.refresh_instruments()
        except UnavailableError:
            return
        due_ns = now_ns - _TURN_NS_MAX
        is_behind = self._oldest_ns is not None and self._oldest_ns < due_ns
        if not is_behind and (self._newest is None or await self._reached(self._newest)):
            self._proved_ns = max(self._proved_ns, due_ns)

    def _hear(self, position: Position, ts_ns: int) -> None:
        self._newest = position
        self._oldest_ns = ts_ns if self._oldest_ns is None else min(self._oldest_ns, ts_ns)
