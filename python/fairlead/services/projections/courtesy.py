"""How tables that are behind give way to requests, which would wait for the interpreter at each of their steps."""

from typing import Final, Protocol

__all__ = ["Courtesy", "Desk"]

# After a step in which somebody asked, the tables rest so many times as long: in half of the time nobody is beside the
# requests.
_REST: Final = 1.0
# Others write into the store between two steps of tables that are behind: of the time this much, as the step took.
_GAP: Final = 0.25
# A step that took very long was held up by something else than its own work.
_REST_S_MAX: Final = 0.5


class Desk(Protocol):
    """The session that takes requests to the exchange."""

    @property
    def asked(self) -> int:
        """How many requests it took so far."""
        ...

    @property
    def unanswered(self) -> int:
        """How many of them have no answer yet."""
        ...


class Courtesy:
    """Says how long the tables rest.

    Args:
        desk: where requests come by.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk, self._asked = desk, desk.asked

    def gap_s(self, took_s: float) -> float:
        """Return for how long the store is left to others after a step that took so long, whoever waits for a report.

        Who waits for the one lock of SQLite looks for it now and then, and would never find it free.
        """
        return min(_GAP * took_s, _REST_S_MAX)

    def rest_s(self, took_s: float) -> float:
        """Return how long to rest after a step that took so long: not at all where nobody asked since the last one."""
        before, self._asked = self._asked, self._desk.asked
        if self._asked == before and not self._desk.unanswered:
            return 0.0
        return min(_REST * took_s, _REST_S_MAX)
