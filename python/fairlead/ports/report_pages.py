"""The reports of the exchange after any place in its log, as often as somebody asks."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.publishing.cursor import Cursor
from fairlead.model.report import Report

__all__ = ["ReportPage", "ReportPages"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """Reports that follow each other, one or more, oldest first."""

    log_id: str
    reports: Sequence[Report]


class ReportPages(Protocol):
    """Where the reports are kept: what others publish may fall behind as far as it likes."""

    def after(self, cursor: Cursor | None, /, *, tail_max: int | None = None) -> AsyncGenerator[ReportPage, None]:
        """Yield the reports after a place, then new ones as they come, without end.

        After a place in another log they begin with the first of this one.

        Args:
            cursor: the place; ``None`` begins with the first report there is.
            tail_max: where ``cursor`` is ``None`` or of another log: begin at most so many commands before the newest.

        Raises:
            UnavailableError: they cannot be read now.
        """
        ...
