"""Reports that came and were not taken yet: bounded, in their order, and it knows when some are missing."""

from collections import deque

from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.model.report import Report, ReportBatch
from fairlead.wire import Message

__all__ = ["Backlog"]


class Backlog:
    """What waits for ``events`` or ``take`` of a client.

    Args:
        count_max: how many wait at most; then the oldest are dropped.
    """

    def __init__(self, count_max: int) -> None:
        self.count_max, self.missed = count_max, 0
        self._reports: deque[Report] = deque()
        self._has_hole = False

    def __len__(self) -> int:
        return len(self._reports)

    def put(self, report: Report) -> None:
        """Add the newest."""
        if len(self._reports) >= self.count_max:
            self._reports.popleft()
            self.missed += 1
        self._reports.append(report)

    def note_hole(self) -> None:
        """The gateway does not have all that follows the last one."""
        self._has_hole = True

    @property
    def has_gap(self) -> bool:
        """Whether reports are missing before one that waits, or that will."""
        return self._has_hole or self.missed > 0

    def pop(self) -> Report:
        """Take the oldest."""
        return self._reports.popleft()

    def has_unread(self, count_max: int, instruments: Instruments) -> bool:
        """Whether one of the oldest came before its instrument was told of: its numbers have no decimals yet."""
        return any(
            isinstance(number := report.fields.get("instrument"), int) and not instruments.knows_id(number)
            for report, _ in zip(self._reports, range(count_max), strict=False)
        )

    def take(self, count_max: int, instruments: Instruments) -> ReportBatch:
        """Take the oldest, with the decimals of their instruments."""
        has_gap, self.missed, self._has_hole = self.has_gap, 0, False
        taken = [_read(self._reports.popleft(), instruments) for _ in range(min(count_max, len(self._reports)))]
        return ReportBatch(reports=taken, has_gap=has_gap)


def _read(report: Report, instruments: Instruments) -> Report:
    if report.kind != "ExecutionReport" or report.symbol is not None:
        return report
    return report_of(Message(kind=report.kind, fields=report.fields), instruments)
