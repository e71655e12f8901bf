"""What reports do not say: how orders wait, hide or depend on each other, what else they have, and what limits are set.

The session of the service knows what it sent. What others sent stands in the log alone, and reading that costs: it is
read at the start, at once where a report tells of an order that waits or of a group that nobody here sent, soon where
one tells of any other order, and now and then for what no report tells. Both ways give the same rows, so the tables are
the same however they came to be. They never run ahead of the reports.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Sequence
from typing import Final

from fairlead.domain.trading.entered_order import EnteredOrder
from fairlead.errors import FairleadError
from fairlead.model.report import Position, Report
from fairlead.ports.advanced_orders import EnteredTable
from fairlead.ports.command_log import CommandLog, CommandPage

__all__ = ["CommandFollower", "telling_seq"]

# Reports of orders that wait, of groups, and of limits of accounts.
_TELLING: Final = frozenset({"Suspended", "GroupAccepted", "LimitsSet"})
# Reports of orders whose commands may say more.
_HINTING: Final = frozenset({"New", "Replaced"})
_SENT_MAX: Final = 10_000
# The log is left alone for so many times as long as it was read.
_SHARE: Final = 4.0
_PAUSE_S_MIN, _PAUSE_S_MAX = 0.05, 5.0
# How long orders of others gather before the log is read for what they may say more.
_GATHER_S: Final = 0.5
# Commands that are one step of the store: who writes into it beside waits for no more.
_STEP_MAX: Final = 500
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
        self, log: CommandLog, table: EnteredTable, *, position: Callable[[], Position], sweep_s: float = _SWEEP_S
    ) -> None:
        self._log, self._table, self._position, self._sweep_s = log, table, position, sweep_s
        # Sent by this process and not in the table yet, by their place.
        self._sent: dict[int, EnteredOrder] = {}
        # How far the log was read, and how far it is worth reading at once and soon; what is there at the start is.
        self._cursor, self._wanted, self._hinted = 0, 1, 0
        self._rest_until_s = self._soon_s = 0.0
        self._woken = asyncio.Event()
        self._moved = asyncio.Condition()

    def entered(self, command: EnteredOrder) -> None:
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
            elif report.exec_type in _HINTING and report.position is not None:
                self._hinted = report.position.event_seq
        if self._sent or self._is_behind or self._is_hinted:
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

    def pending(self) -> frozenset[int]:
        """Return the places of commands that were entered here and are not in the tables yet."""
        return frozenset(self._sent)

    async def entered_all(self, seqs: Collection[int], /) -> None:
        """Wait, a moment at most, until what was entered here at these places is in the tables."""
        if not any(seq in self._sent for seq in seqs):
            return
        self._woken.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_S), self._moved:
                await self._moved.wait_for(lambda: not any(seq in self._sent for seq in seqs))

    async def run(self) -> None:
        """Follow until it is cancelled; a log or a store that is away is asked again."""
        while True:
            try:
                await self.step()
            except FairleadError as error:
                _log.warning("orders that wait are not listed: why=%s", error)
                await asyncio.sleep(_PAUSE_S_MAX)
                continue
            due_s = self._due_s()
            rest_s = self._sweep_s if due_s is None else max(_PAUSE_S_MIN, due_s - time.monotonic())
            try:
                async with asyncio.timeout(rest_s):
                    await self._woken.wait()
            except TimeoutError:
                if due_s is None:
                    self._want(self._position().event_seq)

    async def step(self) -> None:
        """Bring the table to where the reports are."""
        self._woken.clear()
        reports_seq = self._position().event_seq
        due = [command for seq, command in self._sent.items() if seq <= reports_seq]
        if due:
            for seq in await self._table.enter(due, reports_seq=reports_seq):
                self._sent.pop(seq, None)
        due_s, begun_s = self._due_s(), time.monotonic()
        if due_s is not None and begun_s >= due_s:
            self._cursor = await self._read(reports_seq)
            took_s = time.monotonic() - begun_s
            self._rest_until_s = begun_s + took_s + min(_PAUSE_S_MAX, _SHARE * took_s)
            self._soon_s = max(self._rest_until_s, begun_s + _GATHER_S)
        async with self._moved:
            self._moved.notify_all()

    @property
    def _is_behind(self) -> bool:
        """Whether the log has something that is worth reading and may be read."""
        return min(self._wanted, self._position().event_seq) > self._cursor

    @property
    def _is_hinted(self) -> bool:
        """Whether the log may have something."""
        return min(self._hinted, self._position().event_seq) > self._cursor

    def _due_s(self) -> float | None:
        """Return from when on the log may be read; ``None``: there is no reason to."""
        if self._is_behind:
            return self._rest_until_s
        return self._soon_s if self._is_hinted else None

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
            moved = await self._enter_page(page, cursor, reports_seq=reports_seq)
            if moved <= cursor:
                break
            cursor = moved
        return cursor

    async def _enter_page(self, page: CommandPage, cursor: int, *, reports_seq: int) -> int:
        """Add what a page tells, a step at a time; return how far that was possible."""
        begins = range(0, max(1, len(page.told)), _STEP_MAX)
        for of in (page.told[begin : begin + _STEP_MAX] for begin in begins):
            last_seq = of[-1].seq if of and of[-1] is not page.told[-1] else page.last_seq
            cursor = await self._table.add(of, last_seq=last_seq, reports_seq=reports_seq)
            if cursor < last_seq:
                break
        return cursor
