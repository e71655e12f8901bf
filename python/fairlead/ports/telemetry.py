"""What is counted and timed of the running service."""

from typing import Protocol

from fairlead.model.report import Report

__all__ = ["Telemetry"]


class Telemetry(Protocol):
    """Counts and times; never raises, never waits. Durations in nanoseconds."""

    def request_answered(self, *, method: str, route: str, status: int, took_ns: int) -> None:
        """Count a request.

        Args:
            method: its method, one of a few.
            route: the template of its path, never the path itself.
            status: what it was answered with.
            took_ns: from its arrival to the beginning of its answer.
        """
        ...

    def request_refused(self, *, policy: str) -> None:
        """Count a request for which a bucket had no token."""
        ...

    def order_processed(self, *, kind: str, outcome: str, took_ns: int) -> None:
        """Count what the exchange was asked.

        Args:
            kind: ``order``, ``amend`` or ``cancel``.
            outcome: ``accepted``, ``refused`` or ``unanswered``.
            took_ns: from sending it to its durable answer.
        """
        ...

    def heard(self, report: Report) -> None:
        """Count what a report tells. A report that was heard before, or is of before the start, counts nothing."""
        ...

    def market_is(self, symbol: str, *, is_halted: bool, spread: float | None) -> None:
        """Say how a market stands.

        Args:
            symbol: which.
            is_halted: whether trading stands still.
            spread: best ask less best bid as a share of the middle; ``None`` where a side is missing.
        """
        ...

    def part_is(self, name: str, *, is_ready: bool) -> None:
        """Say whether a part of the service is there."""
        ...

    def exposition(self) -> tuple[str, bytes]:
        """Return the media type and the text of everything that is counted, as Prometheus reads it."""
        ...
