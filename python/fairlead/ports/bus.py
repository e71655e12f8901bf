"""Where events are published, and how they are read: each once, those of one instrument in their order."""

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import Event
from fairlead.domain.publishing.marks import Marks

__all__ = ["Bus", "EventReader"]


class Bus(Protocol):
    """Where events go. One publisher at a time."""

    async def reached(self) -> Cursor | None:
        """Return up to where everything is published; ``None`` where nothing is.

        Raises:
            UnavailableError: it does not answer.
        """
        ...

    async def publish(self, events: Sequence[Event], *, reached: Cursor) -> None:
        """Publish events and how far they reach: all of it happens, or nothing. Return once it is kept.

        What ``reached`` of before covers is published already and does nothing.

        Args:
            events: in the order of the log, 10,000 at most.
            reached: up to where everything is published with them.

        Raises:
            UnavailableError: it does not answer, and nobody knows whether it happened: ask ``reached``.
        """
        ...

    async def ping(self) -> None:
        """Ask it something it can always answer.

        Raises:
            UnavailableError: it does not answer.
        """
        ...

    async def close(self) -> None:
        """Let go of it. What was published stays."""
        ...


class EventReader(Protocol):
    """One who reads events."""

    @property
    def marks(self) -> Marks:
        """How far it is, as it is after the last ``read``; keep its text with what was made of the events."""
        ...

    async def read(self, *, count_max: int, wait_s: float) -> list[Event]:
        """Return the next events, none of which came before; an empty list where none comes in time.

        Args:
            count_max: 1 or more.
            wait_s: how long to wait for the first, in seconds.

        Raises:
            UnavailableError: it does not answer, or the next events are there no more.
        """
        ...

    async def close(self) -> None:
        """Stop reading."""
        ...
