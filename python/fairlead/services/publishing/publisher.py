"""Follow the reports and hand them on, from where the receiver is: it may be away for as long as it likes.

INV-1 Nothing waits in memory but one page: what is behind is read again from where it is kept.
INV-2 After any failure the receiver is asked how far it has come, and its answer alone counts.
INV-3 What it has not taken is still wanted: ``wanted_from`` never goes past it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Final

from fairlead.errors import FairleadError
from fairlead.model.report import BEGINNING, Position
from fairlead.ports.report_pages import ReportPage, ReportPages
from fairlead.services.publishing.sinks import Sink

__all__ = ["Publisher"]

_BACKOFF_S_MIN, _BACKOFF_S_MAX = 0.1, 5.0
_log: Final = logging.getLogger("fairlead.publishing")


class Publisher:
    """Hands the reports to one receiver.

    Args:
        name: what log and figures call the receiver.
        pages: where the reports are kept.
        sink: the receiver.
        rest: waits so many seconds between two attempts.

    Attributes:
        name: the same name.
        position: the last report that the receiver is known to have.
        taken: how many pages it took.
        failed: how many attempts failed.
    """

    def __init__(
        self,
        name: str,
        *,
        pages: ReportPages,
        sink: Sink,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name, self._pages, self._sink, self._rest = name, pages, sink, rest
        self.position = BEGINNING
        self.taken = self.failed = 0
        self._is_behind = False
        self._wanted_from = BEGINNING

    @property
    def wanted_from(self) -> Position:
        """After which report the receiver still wants all; the beginning until it has taken one in this life."""
        return self._wanted_from

    async def run(self) -> None:
        """Hand on what there is and what comes, until cancelled. The receiver's failures end nothing."""
        backoff_s = _BACKOFF_S_MIN
        while True:
            taken_before = self.taken
            try:
                reached = await self._sink.reached()
                self.position = BEGINNING if reached is None else reached.position
                async with aclosing(self._pages.after(reached, tail_max=self._sink.tail_max)) as pages:
                    async for page in pages:
                        if reached is not None and reached.log_id != page.log_id:
                            # A place in another log says nothing about this one.
                            reached, self.position = None, BEGINNING
                        await self._sink.take(page)
                        self._note_taken(page)
            except FairleadError as error:
                self.failed += 1
                self._note_down(error)
            backoff_s = _BACKOFF_S_MIN if self.taken > taken_before else min(2 * backoff_s, _BACKOFF_S_MAX)
            await self._rest(backoff_s)

    def _note_taken(self, page: ReportPage) -> None:
        self.taken += 1
        self._wanted_from = self.position = page.reports[-1].position or self.position
        self._note_up()

    def _note_down(self, error: FairleadError) -> None:
        """Say once that it is behind, not at every attempt."""
        if not self._is_behind:
            _log.warning("falls behind, and catches up by itself: receiver=%s why=%s", self.name, error)
        self._is_behind = True

    def _note_up(self) -> None:
        if self._is_behind:
            _log.warning("goes on: receiver=%s", self.name)
        self._is_behind = False
