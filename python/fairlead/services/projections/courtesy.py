"""How tables that are behind give way to requests, which would wait for the interpreter at each of their steps."""

from typing import Final, Protocol

__all__ = ["Courtesy", "Desk"]

# After a step in which somebody asked, the tables rest so many times as long: a quarter of the time is theirs.
_REST: Final = 3.0
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

    def rest_s(self, took_s: float) -> float:
        """Return how long to rest after a step that took so long: not at all where nobody asked since the last one."""
        before, self._asked = self._asked, self._desk.asked
        if self._asked == before and not self._desk.unanswered:
            return 0.0
        return min(_REST * took_s, _REST_S_MAX)
