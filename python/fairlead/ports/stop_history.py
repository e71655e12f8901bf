"""What stopped markets or accounts, and let them go on, since the log began."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from fairlead.model.report import Report

__all__ = ["StopHistory"]


class StopHistory(Protocol):
    """The reports of trips, halts and kill switches that are kept."""

    def stops(self) -> AsyncGenerator[Sequence[Report], None]:
        """Yield those that are there now, oldest first, a page at a time.

        Raises:
            UnavailableError: they cannot be read now.
        """
        ...
