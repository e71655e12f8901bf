"""Reads the log for what reports do not say: which orders wait, hide a part, or depend on each other, and how.

Reading the log costs, so it is read where a report or a desk says that there is something to find, and now and then for
what nobody said. The table never runs ahead of the reports, and is the same whenever and however often it is read.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from fairlead.errors import FairleadError
from fairlead.model.report import Position, Report
from fairlead.ports.advanced_orders import AdvancedTable
from fairlead.ports.command_log import CommandLog

__all__ = ["CommandFollower"]

# Of reports: those of orders that wait, and of groups.
_TELLING: Final = frozenset({"Suspended", "GroupAccepted"})
# A look costs so many times more pauses than itself, so that it never takes more than a part of a processor.
_SHARE: Final = 4.0
_PAUSE_S_MIN: Final = 0.02
_PAUSE_S_MAX: Final = 5.0
_SWEEP_S: Final = 60.0
_WAIT_S: Final = 2.0
_log = logging.getLogger("fairlead.projections")


class CommandFollower:
    """Follows the commands of the log for one process.

    Args:
        log: the commands.
        table: what follows.
        position: the last report that is in the tables.
        sweep_s: how often the log is looked at although nobody said that there is something.
    """

    def __init__(
        self,
        log: CommandLog,
        table: AdvancedTable,
        *,
        position: Callable[[], Position],
        sweep_s: float = _SWEEP_S,
    ) -> None:
        self._log, self._table, self._position, self._sweep_s = log, table, position, sweep_s
        self._cursor = 0
        # The last command that is worth a look.
        self._wanted = 1
        self._woken = asyncio.Event()
        self._moved = asyncio.Condition()

    def hear(self, reports: Sequence[Report]) -> None:
        """Take reports that are in the tables now."""
        for report in reports:
            if report.exec_type in _TELLING and report.position is not None:
                self.expect(report.position)
        if self._wanted > self._cursor:
            self._woken.set()

    def expect(self, position: Position) -> None:
        """Say that the command of a report enters such an order."""
        self._wanted = max(self._wanted, position.event_seq)

    async def caught_up(self) -> bool:
        """Wait, a moment at most, until everything that was expected is in the table; ``False``: not yet."""
        wanted = self._wanted
        self._woken.set()
        try:
            async with asyncio.timeout(_WAIT_S), self._moved:
                await self._moved.wait_for(lambda: self._cursor >= wanted)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Follow until it is cancelled; a log or a store that is away is asked again."""
        while True:
            begun_s = time.monotonic()
            try:
                await self.step()
            except FairleadError as error:
                _log.warning("orders that wait are not listed: why=%s", error)
                await asyncio.sleep(_PAUSE_S_MAX)
                continue
            took_s = time.monotonic() - begun_s
            await asyncio.sleep(min(_PAUSE_S_MAX, max(_PAUSE_S_MIN, _SHARE * took_s)))
            try:
                async with asyncio.timeout(self._sweep_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def step(self) -> None:
        """Look at every command up to the last report that is in the tables."""
        self._woken.clear()
        reports_seq = self._position().event_seq
        cursor = max(self._cursor, await self._table.cursor())
        while cursor < reports_seq:
            page = await self._log.after(cursor)
            if page.has_gap and cursor:
                _log.error("commands are gone with the beginning of the log: after=%s", cursor)
            moved = await self._table.add(
                page.advanced, last_seq=min(page.last_seq, reports_seq), reports_seq=reports_seq
            )
            if moved <= cursor:
                break
            cursor = moved
        async with self._moved:
            self._cursor = cursor
            self._moved.notify_all()
