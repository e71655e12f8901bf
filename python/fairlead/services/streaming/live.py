"""The newest reports of accounts that are listened to, as they come: durable already, and not yet in any table.

Invariants: (1) what is kept of an account follows its mark without a hole; (2) what does not fit moves the mark
forward, never the reports that follow it; (3) nothing is kept of an account that nobody listens to.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from fairlead.model.report import BEGINNING, Position, Report

__all__ = ["Live"]

# Reports kept of an account; who is further behind reads the tables.
_KEPT_MAX: Final = 256


@dataclass(slots=True)
class _Ring:
    """What is kept of one account: every report after ``since``."""

    since: Position
    reports: deque[Report] = field(default_factory=deque)
    # Who listens twice stands here twice.
    tell: list[Callable[[], None]] = field(default_factory=list)


class Live:
    """Keeps the newest reports.

    Args:
        position: the last report that the session heard.
        hole: up to where reports were last left out of the session; they are in the log.
        end: the last place that is known from elsewhere: what the log had when the service began, and what the tables
            have, may be more than the session has heard.
        accounts_from: the session hears accounts from this one on; of those below it nothing is kept here.
        kept_max: how many reports of an account are kept.
    """

    def __init__(
        self,
        *,
        position: Callable[[], Position | None],
        hole: Callable[[], Position | None] = lambda: None,
        end: Callable[[], Position] = lambda: BEGINNING,
        accounts_from: int = 0,
        kept_max: int = _KEPT_MAX,
    ) -> None:
        self._position, self._hole, self._end, self._kept_max = position, hole, end, kept_max
        self._accounts_from = accounts_from
        self._rings: dict[int, _Ring] = {}
        self._seen_hole = hole()

    @property
    def newest(self) -> Position:
        """Where a stream that begins now begins."""
        return self._position() or BEGINNING

    @property
    def end(self) -> Position:
        """The last place that a stream may go on from."""
        return max(self.newest, self._end())

    @contextmanager
    def of(self, account: int, tell: Callable[[], None]) -> Iterator[None]:
        """Keep the reports of an account meanwhile, and call ``tell`` at each; of one that is not heard, do nothing."""
        if account < self._accounts_from:
            yield
            return
        ring = self._rings.setdefault(account, _Ring(since=self.newest))
        ring.tell.append(tell)
        try:
            yield
        finally:
            ring.tell.remove(tell)
            if not ring.tell:
                del self._rings[account]

    def after(self, account: int | None, position: Position) -> Sequence[Report] | None:
        """Return every report of an account after a position, oldest first; ``None``: not all of them are kept.

        Args:
            account: whose; ``None``: everybody's, of whom nothing is kept together.
            position: where.
        """
        self._look_for_hole()
        ring = None if account is None else self._rings.get(account)
        if ring is None or position < ring.since:
            return None
        return [report for report in ring.reports if report.position is not None and report.position > position]

    def hear(self, report: Report) -> None:
        """Take the next report of the session."""
        self._look_for_hole()
        account = report.fields.get("account")
        ring = self._rings.get(account) if isinstance(account, int) else None
        if ring is None or report.position is None:
            return
        ring.reports.append(report)
        if len(ring.reports) > self._kept_max:
            left_out = ring.reports.popleft().position
            assert left_out is not None, "what is kept has a place in the log"
            ring.since = left_out
        for tell in ring.tell:
            tell()

    def _look_for_hole(self) -> None:
        hole = self._hole()
        if hole == self._seen_hole:
            return
        self._seen_hole = hole
        for ring in self._rings.values():
            ring.reports.clear()
            ring.since = hole or ring.since
