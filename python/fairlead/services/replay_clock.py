"""Measure the time spent inside the core, apart from reading and comparing."""

from __future__ import annotations

import time
from types import TracebackType


class CoreClock:
    """A context manager that adds up the wall-clock time of its blocks, in nanoseconds."""

    def __init__(self) -> None:
        self.spent_ns = 0
        self._started_ns = 0

    def __enter__(self) -> None:
        self._started_ns = time.perf_counter_ns()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.spent_ns += time.perf_counter_ns() - self._started_ns

    def per_second(self, count: int) -> int:
        """Return ``count`` per second of time spent, 0 where nothing was spent."""
        return count * 1_000_000_000 // self.spent_ns if self.spent_ns else 0
