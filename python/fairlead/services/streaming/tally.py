"""Which live connections there are, and what they listen to."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["KINDS", "Tally"]

KINDS: Final = ("public", "private")


class Tally:
    """Counts connections and subscriptions when it is asked.

    Args:
        channels: the names that are counted even where nobody listens.
    """

    def __init__(self, channels: Iterable[str]) -> None:
        self._names = tuple(channels)
        self._open: dict[str, set[Callable[[], Iterable[str]]]] = {kind: set() for kind in KINDS}

    @contextmanager
    def counted(self, kind: str, listens_to: Callable[[], Iterable[str]]) -> Iterator[None]:
        """Count one connection meanwhile; ``listens_to`` says the name of each of its channels."""
        self._open[kind].add(listens_to)
        try:
            yield
        finally:
            self._open[kind].discard(listens_to)

    def connections(self) -> dict[str, float]:
        """Return how many connections there are of each kind."""
        return {kind: len(connections) for kind, connections in self._open.items()}

    def subscriptions(self) -> dict[str, float]:
        """Return how many subscriptions there are to each kind of channel."""
        counts: dict[str, float] = dict.fromkeys(self._names, 0)
        for connections in self._open.values():
            for listens_to in connections:
                for name in listens_to():
                    counts[name] = counts.get(name, 0) + 1
        return counts
