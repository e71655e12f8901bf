"""Carries calendars out: moves each market to the state its calendar has for now, where nobody else decides."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fairlead.domain.sessions import Act, Kept, decide
from fairlead.errors import FairleadError
from fairlead.model.report import Report
from fairlead.ports.calendars import Calendars, KeptCalendar
from fairlead.ports.clock import Clock
from fairlead.ports.front import Front
from fairlead.ports.market_feed import Listed, MarketFeed
from fairlead.services.sessions.timetables import Timetables

__all__ = ["CalendarKeeper"]

_NS_PER_S: Final = 1_000_000_000
# How long a change of the store, or a clock that was put, may go unnoticed.
_LOOK_S: Final = 5.0
_MOVES: Final = frozenset({"StateChanged", "SessionStateSet"})
_log = logging.getLogger("fairlead.calendars")


class CalendarKeeper:
    """Moves markets at the times of their calendars.

    Args:
        calendars: where they are kept.
        timetables: what follows from them.
        front: the session that may move markets.
        feed: their states, and the reports of what moves them.
        is_breaker_known: whether the cause of a stop of a market was heard.
        clock: the time.
        turn: held while a market is moved.
    """

    def __init__(
        self,
        calendars: Calendars,
        *,
        timetables: Timetables,
        front: Front,
        feed: MarketFeed,
        is_breaker_known: Callable[[str], bool],
        clock: Clock,
        turn: asyncio.Lock,
    ) -> None:
        self._calendars, self._timetables, self._front, self._feed = calendars, timetables, front, feed
        self._is_breaker_known, self._clock, self._turn = is_breaker_known, clock, turn
        self._woken = asyncio.Event()
        self._said: dict[str, Act] = {}
        feed.listen_reports(self._hear)

    async def run(self) -> None:
        """Look at every market at the times of its calendar, when its state changed, and every few seconds."""
        while True:
            self._woken.clear()
            wait_s = _LOOK_S
            try:
                due_ns = await self.step()
                if due_ns is not None:
                    wait_s = min(wait_s, max(0, due_ns - self._clock.now_ns()) / _NS_PER_S)
            except FairleadError as error:
                _log.warning("calendars are not carried out: why=%s", error)
            try:
                async with asyncio.timeout(wait_s):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def step(self) -> int | None:
        """Bring every market to the state its calendar has for now; return when the next change is due.

        Raises:
            UnavailableError: exchange or store do not answer.
        """
        due_ns: int | None = None
        async with self._turn:
            every = await self._calendars.every()
            if not every:
                return None
            listed = await self._feed.refresh_instruments()
            for kept in every:
                try:
                    at_ns = await self._look(kept, listed)
                except FairleadError as error:
                    _log.error("a calendar is not carried out: symbol=%s why=%s", kept.symbol, error)
                    continue
                due_ns = at_ns if due_ns is None else min(due_ns, at_ns or due_ns)
        return due_ns

    async def _look(self, kept: KeptCalendar, listed: Listed) -> int | None:
        now_ns = self._clock.now_ns()
        table = await self._timetables.around(kept.calendar, now_ns)
        upcoming, wanted = table.next_change(now_ns), table.state_at(now_ns)
        if wanted is not None and listed.knows(kept.symbol):
            fields = listed.definition(kept.symbol).fields
            effective = str(fields["state"])
            act = decide(
                effective=effective,
                wanted=wanted,
                kept=kept.kept,
                is_breaker_known=self._is_breaker_known(kept.symbol),
            )
            self._say(kept, act, effective=effective, wanted=wanted)
            await self._do(act, kept, instrument=int(str(fields["instrument"])), wanted=wanted)
        return None if upcoming is None else upcoming.at_ns

    async def _do(self, act: Act, kept: KeptCalendar, *, instrument: int, wanted: str) -> None:
        symbol, state = kept.symbol, kept.kept
        if act is Act.NOTE:
            await self._calendars.note(symbol, Kept(put=wanted))
        elif act is Act.HOLD:
            await self._calendars.note(symbol, replace(state, held_since_ns=self._clock.now_ns()))
        elif act is Act.SEND:
            # Noted before it is sent: after a crash the state is known as the calendar's own.
            await self._calendars.note(symbol, replace(state, sending=wanted))
            report = await self._front.command("SetTradingState", {"instrument": instrument, "state": wanted})
            # The session is in that state already, beneath a stop.
            if report.is_rejected and report.reason != "STATE_TRANSITION":
                await self._calendars.note(symbol, state)
                _log.error("refused: symbol=%s state=%s reason=%s", symbol, wanted, report.reason)
                return
            await self._calendars.note(symbol, Kept(put=wanted))
            _log.info("moved by its calendar: symbol=%s state=%s", symbol, wanted)

    def _say(self, kept: KeptCalendar, act: Act, *, effective: str, wanted: str) -> None:
        """Write down once that a calendar does not decide."""
        if act in {Act.HOLD, Act.WAIT} and self._said.get(kept.symbol) is not act:
            _log.warning(
                "the calendar leaves the market as it is: symbol=%s state=%s calendar=%s; to go on by it,"
                " move the market to the calendar's state or set the calendar again",
                kept.symbol,
                effective,
                wanted,
            )
        self._said[kept.symbol] = act

    def _hear(self, report: Report) -> None:
        if report.exec_type in _MOVES:
            self._woken.set()
