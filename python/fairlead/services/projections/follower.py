"""Takes the reports of the exchange, brings the tables forward with them, and tells who listens.

1. A report is in the tables once: they and their cursor move in one step.
2. Listeners hear a report after it is in the tables, once in the life of the process, in the order of the log.
3. Nothing is left out in silence: where the stream has a gap, the log is read; where the log has none of it, the tables
   say that they are not whole.
4. Requests come first: tables that are behind rest between two steps while there are some, and catch up later. Who
   waits for a report ends the rest.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, TypeVar

from fairlead.errors import DataError, NotFoundError, UnavailableError
from fairlead.model.report import Position, Report
from fairlead.ports.projections import Projections, ReportLog, ReportStream
from fairlead.services.projections.courtesy import Courtesy
from fairlead.services.projections.progress import TablesProgress
from fairlead.services.projections.stride import Stride

__all__ = ["GATHER_S", "Follower"]

T = TypeVar("T")

# How many reports are one step of the store: more cost less each, are seen later, and keep requests waiting for longer.
# While a step runs its thread and the requests have half of the interpreter each; where those need more than half, they
# queue for as long as the step takes.
_BATCH_MAX: Final = 250
_BATCH_MAX_BESIDE_REQUESTS: Final = 60
# Tables that read the log are far behind: large steps bring most for what they cost, and they rest so many times
# longer. A read waits up to half a second for them, and ends their rest.
_RESTS_FROM_LOG: Final = 3
_PAUSE_S_MIN, _PAUSE_S_MAX = 0.05, 5.0
# How long reports gather between two steps while nobody waits for them: a step costs much, one report more little.
GATHER_S: Final = 0.05
_log = logging.getLogger("fairlead.projections")


class Follower(TablesProgress):
    """Follows the reports for one process.

    After a restart of the process its listeners hear what the tables have not had; what is before that stands in the
    audit of events.

    Args:
        stream: the reports as they come, from where the tables are.
        log: the same from the log of the exchange.
        tables: what follows.
        courtesy: how long to rest after a step, so that requests are served.
        gather_s: how long reports gather between two steps while nobody waits for them, 0 or more.
    """

    def __init__(
        self,
        *,
        stream: ReportStream,
        log: ReportLog,
        tables: Projections,
        courtesy: Courtesy,
        gather_s: float = GATHER_S,
    ) -> None:
        super().__init__()
        self._stream, self._log, self._tables, self._gather_s = stream, log, tables, gather_s
        self._courtesy, self._batch_max = courtesy, _BATCH_MAX
        self._stride = Stride()

    async def run(self) -> None:
        """Follow until it is cancelled. A store or an exchange that is away is waited for; nothing is lost then."""
        try:
            await self._follow()
        finally:
            self.is_following = False

    async def _follow(self) -> None:
        followed = await self._patiently(self._tables.followed)
        self._position = followed.position
        if not followed.is_whole:
            _log.warning("the tables are not whole: reports before their beginning are in no log")
        while True:
            count_max = self._batch_max
            batch = await self._patiently(partial(self._stream.take, count_max))
            if batch.has_gap:
                await self._patiently(self._catch_up)
            is_behind = len(batch.reports) >= count_max
            await self._patiently(partial(self._apply, batch.reports, is_behind=is_behind))
            if not is_behind:
                self._stride.end()
                await self._rest(self._gather_s)

    def _is_out_of_reach(self, position: Position, timeout_s: float) -> bool:
        """Whether a report cannot be there in time."""
        distance, now_s = position.event_seq - self._position.event_seq, asyncio.get_running_loop().time()
        return self._stride.is_out_of_reach(distance, timeout_s, now_s=now_s)

    async def _rest(self, seconds: float) -> None:
        """Do nothing, until somebody waits for a report."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wanted.wait()

    async def _apply(self, reports: Sequence[Report], *, is_behind: bool, rests: int = 1) -> None:
        """Take one step; where more wait than one takes, rest as is due after it, so many times."""
        began_s = time.monotonic()
        fresh = await self._tables.apply(reports, self._stream.listings)
        took_s = time.monotonic() - began_s
        rest_s = self._courtesy.rest_s(rests * took_s)
        self._batch_max = _BATCH_MAX_BESIDE_REQUESTS if rest_s else _BATCH_MAX
        if fresh:
            last = fresh[-1].position
            assert last is not None, "what is in the tables has a place in the log"
            await self._move(last)
            self._tell(fresh)
        if is_behind:
            self._stride.step(self._position.event_seq, asyncio.get_running_loop().time())
            await asyncio.sleep(self._courtesy.gap_s(took_s))
            if rest_s:
                await self._rest(rest_s)

    async def _catch_up(self) -> None:
        """Read from the log what the stream does not have."""
        _log.info("reports are read from the log: after=%s", self._position)
        try:
            async for batch in self._log.after(self._position):
                if batch.has_gap:
                    _log.error("the log has lost its beginning, the tables are not whole: after=%s", self._position)
                    await self._tables.mark_incomplete()
                await self._apply(batch.reports, is_behind=True, rests=_RESTS_FROM_LOG)
        except (DataError, NotFoundError) as error:
            raise UnavailableError(f"the log cannot be followed: {error}") from error

    async def _patiently(self, act: Callable[[], Awaitable[T]]) -> T:
        pause_s = _PAUSE_S_MIN
        while True:
            try:
                done = await act()
            except UnavailableError as error:
                self.is_following = False
                _log.warning("the tables wait: pause_s=%.2f why=%s", pause_s, error)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _PAUSE_S_MAX)
            else:
                self.is_following = True
                return done
