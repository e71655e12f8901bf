"""Requests have so long for their answer: one timer for all of them, which are due in the order they were sent."""

import asyncio
from collections import deque
from typing import Final

from fairlead.client.link import Pending
from fairlead.errors import UnavailableError

__all__ = ["Deadlines"]


class Deadlines:
    """Ends the wait for answers that do not come; the requests stay as they are, and their outcome in doubt.

    Args:
        timeout_s: how long each may take, in seconds, > 0.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s: Final = timeout_s
        self._due: deque[tuple[float, Pending]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, pending: Pending) -> None:
        """Begin the time of a request."""
        loop, due = asyncio.get_running_loop(), self._due
        while due and due[0][1].answer.done():
            due.popleft()
        due.append((loop.time() + self._timeout_s, pending))
        if self._timer is None:
            self._timer = loop.call_at(due[0][0], self._end_those_due)

    def _end_those_due(self) -> None:
        self._timer = None
        loop, due = asyncio.get_running_loop(), self._due
        now = loop.time()
        while due and (due[0][0] <= now or due[0][1].answer.done()):
            _, pending = due.popleft()
            if not pending.answer.done():
                pending.answer.set_exception(self._in_doubt(pending))
        if due:
            self._timer = loop.call_at(due[0][0], self._end_those_due)

    def _in_doubt(self, pending: Pending) -> UnavailableError:
        cl_ord_id = pending.order[1]
        named = f" cl_ord_id={cl_ord_id}" if cl_ord_id else ""
        return UnavailableError(
            f"no answer in time, the outcome is in doubt: kind={pending.kind}{named} timeout_s={self._timeout_s}"
        )
