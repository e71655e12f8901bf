"""What time it is."""

from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """The time of the wall; it may jump, and what depends on it says by how much that may be."""

    def now_ns(self) -> int:
        """Return nanoseconds since 1970 UTC."""
        ...
