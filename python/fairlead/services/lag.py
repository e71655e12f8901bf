"""How far what follows the exchange is behind it, and how often what is told to others fails."""

from collections.abc import Callable, Sequence

from fairlead.model.report import Position
from fairlead.services.publishing import Publisher

__all__ = ["Lag"]


class Lag:
    """Compares places in the log of the exchange, in its numbers: a command has one.

    Args:
        heard: the last report that a session has heard as it came; ``None`` before the first.
        tables: the last report that is in the tables.
        publishers: what hands them on.
    """

    def __init__(
        self, *, heard: Callable[[], Position | None], tables: Callable[[], Position], publishers: Sequence[Publisher]
    ) -> None:
        self._heard, self._tables, self._publishers = heard, tables, publishers

    def behind(self) -> dict[str, float]:
        """Return how many numbers each is behind the newest report that is known."""
        tables = self._tables()
        # The tables have a session of their own, which may be ahead.
        newest = max(self._heard() or tables, tables).event_seq
        places = {"tables": tables} | {one.name: one.position for one in self._publishers}
        return {name: max(0, newest - place.event_seq) for name, place in places.items()}

    def taken(self) -> dict[str, float]:
        """Return how many pages each receiver took."""
        return {one.name: one.taken for one in self._publishers}

    def failed(self) -> dict[str, float]:
        """Return how many attempts at each receiver failed."""
        return {one.name: one.failed for one in self._publishers}
