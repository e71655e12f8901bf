"""What reports do not say: which orders wait, hide a part, or depend on each other, and how.

The session of the service knows what it sent. What others sent stands in the log alone, and reading that costs: it is
read at the start, where a report tells of an order that nobody here sent, and now and then for what no report tells.
Both ways give the same rows, so the table is the same however it came to be. It never runs ahead of the reports.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import Final

from fairlead.domain.trading.advanced_order import AdvancedOrder
from fairlead.errors import FairleadError
from fairlead.model.report import Position, Report
from fairlead.ports.advanced_orders import AdvancedTable
from fairlead.ports.command_log import CommandLog

__all__ = ["CommandFollower", "telling_seq"]

# Reports of orders that wait, and of groups.
_TELLING: Final = frozenset({"Suspended", "GroupAccepted"})
_SENT_MAX: Final = 10_000
# The log is left alone for so many times as long as it was read.
_SHARE: Final = 4.0
_PAUSE_S_MIN, _PAUSE_S_MAX = 0.05, 5.0
_SWEEP_S: Final = 60.0
_WAIT_S: Final = 2.0
_log = logging.getLogger("fairlead.projections")


def telling_seq(report: Report) -> int | None:
    """Return the place of the command of a report that does not tell all of it; ``None`` where nothing is missing."""
    # A pegged order waits for its price each time it has none.
    is_telling = report.exec_type in _TELLING and report.ord_type != "pegged"
    return report.position.event_seq if is_telling and report.position is not None else None


class CommandFollower:
    """Follows the commands for one process.

    Args:
        log: those in the log.
        table: what follows.
        position: the last report that is in the tables.
        sweep_s: how often the log is looked at although no report tells that there is something.
    """

    def __init__(
        self, log: CommandLog, table: AdvancedTable, *, position: Callable[[], Position], sweep_s: float = _SWEEP_S
    ) -> None:
        self._log, self._table, self._position, self._sweep_s = log, table, position, sweep_s
        # Sent by this process and not in the table yet, by their place.
        self._sent: dict[int, AdvancedOrder] = {}
        # How far the log was read, and how far it is worth reading; what is there at the start is.
        self._cursor, self._wanted = 0, 1
        self._rest_until_s = 0.0
        self._woken = asyncio.Event()
        self._moved = asyncio.Condition()

    def entered(self, command: AdvancedOrder) -> None:
        """Take a command that the exchange took from this process."""
        if len(self._sent) >= _SENT_MAX:
            self._want(self._sent.pop(min(self._sent)).seq)
        self._sent[command.seq] = command

    def hear(self, reports: Sequence[Report]) -> None:
        """Take reports that are in the tables now."""
        for report in reports:
            seq = telling_seq(report)
            if seq is not None and seq not in self._sent:
                self._want(seq)
        if self._sent or self._is_behind:
            self._woken.set()

    @property
    def read_seq(self) -> int:
        """The last command that was looked at in the log; 0 before the first."""
        return self._cursor

    async def caught_up(self) -> bool:
        """Wait, a moment at most, until what was heard of is in the table; ``False``: not yet."""
        wanted, reports_seq = self._wanted, self._position().event_seq
        sent = [seq for seq in self._sent if seq <= reports_seq]

        def is_so() -> bool:
            return self._cursor >= wanted and not any(seq in self._sent for seq in sent)

        if is_so():
            return True
        self._woken.set()
        try:
            async with asyncio.timeout(_WAIT_S), self._moved:
                await self._moved.wait_for(is_so)
        except TimeoutError:
            return False
        return True

    async def run(self) -> None:
        """Follow until it is cancelled; a log or a store that is away is asked again."""
        while True:
            try:
                await self.step()
            except FairleadError as error:
                _log.warning("orders that wait are not listed: why=%s", error)
                await asyncio.sleep(_PAUSE_S_MAX)
                continue
            rest_s = self._rest_until_s - time.monotonic()
            is_behind = self._is_behind
            try:
                async with asyncio.timeout(max(_PAUSE_S_MIN, rest_s) if is_behind else self._sweep_s):
                    await self._woken.wait()
            except TimeoutError:
                if not is_behind:
                    self._want(self._position().event_seq)

    async def step(self) -> None:
        """Bring the table to where the reports are."""
        self._woken.clear()
        reports_seq = self._position().event_seq
        due = [command for seq, command in self._sent.items() if seq <= reports_seq]
        if due:
            for seq in await self._table.enter(due, reports_seq=reports_seq):
                self._sent.pop(seq, None)
        if self._is_behind and time.monotonic() >= self._rest_until_s:
            begun_s = time.monotonic()
            self._cursor = await self._read(reports_seq)
            took_s = time.monotonic() - begun_s
            self._rest_until_s = begun_s + took_s + min(_PAUSE_S_MAX, _SHARE * took_s)
        async with self._moved:
            self._moved.notify_all()

    @property
    def _is_behind(self) -> bool:
        """Whether the log has something that is worth reading and may be read."""
        return min(self._wanted, self._position().event_seq) > self._cursor

    def _want(self, seq: int) -> None:
        self._wanted = max(self._wanted, seq)
        self._woken.set()

    async def _read(self, reports_seq: int) -> int:
        """Read the log up to the last report that is in the tables; return how far that was possible."""
        cursor = await self._table.cursor()
        while cursor < reports_seq:
            page = await self._log.after(cursor, until_seq=reports_seq)
            if page.has_gap and cursor:
                _log.error("commands are gone with the beginning of the log: after=%s", cursor)
            moved = await self._table.add(page.advanced, last_seq=page.last_seq, reports_seq=reports_seq)
            if moved <= cursor:
                break
            cursor = moved
        return cursor
