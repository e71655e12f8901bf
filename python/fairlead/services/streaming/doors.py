"""How many live connections there are of an account."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from fairlead.errors import FairleadError

__all__ = ["Doors", "FullError"]


class FullError(FairleadError):
    """There are as many connections as there may be."""


class Doors:
    """Counts connections.

    Args:
        limits: how many of each kind at most, as in ``account``.
    """

    def __init__(self, limits: Mapping[str, int]) -> None:
        self._limits = limits
        self._open: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def pass_through(self, kind: str, key: str = "") -> Iterator[None]:
        """Count one connection while it is open.

        Raises:
            FullError: there are too many.
        """
        limit = self._limits[kind]
        if self._open[kind, key] >= limit:
            raise FullError(f"too many connections: of={kind} open={limit} max={limit}; close one of them")
        self._open[kind, key] += 1
        try:
            yield
        finally:
            self._open[kind, key] -= 1
            if not self._open[kind, key]:
                del self._open[kind, key]
