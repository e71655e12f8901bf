"""A bus in the process: the newest events, for readers of the same event loop."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import TOPICS, Event
from fairlead.domain.publishing.marks import Marks
from fairlead.errors import UnavailableError

__all__ = ["MemoryBus", "MemoryReader"]

# A topic here is one partition.
_PARTITION: Final = 0


class MemoryBus:
    """The newest events of each topic.

    Args:
        kept_max: how many of each topic; a reader that is further behind is told so.
    """

    def __init__(self, *, kept_max: int = 10_000) -> None:
        self._kept = {topic: deque[Event](maxlen=kept_max) for topic in TOPICS}
        self._ends = dict.fromkeys(TOPICS, 0)
        self._reached: Cursor | None = None
        self._changed = asyncio.Condition()

    async def reached(self) -> Cursor | None:
        """Return up to where everything is published."""
        return self._reached

    async def publish(self, events: Sequence[Event], *, reached: Cursor) -> None:
        """Publish events and how far they reach."""
        if self._reached is not None and self._reached.covers(reached):
            return
        for event in events:
            self._kept[event.topic].append(event)
            self._ends[event.topic] += 1
        self._reached = reached
        async with self._changed:
            self._changed.notify_all()

    async def ping(self) -> None:
        """Answer: it is always there."""

    async def close(self) -> None:
        """Let go of nothing."""

    def after(self, topic: str, offset: int | None, *, count_max: int) -> list[tuple[int, Event]]:
        """Return events with their offsets, from an offset on, or from the oldest there is.

        Raises:
            UnavailableError: some of them are there no more.
        """
        kept, end = self._kept[topic], self._ends[topic]
        begin = end - len(kept)
        first = begin if offset is None else offset
        if not begin <= first <= end:
            raise UnavailableError(f"the events are there no more: topic={topic} offset={first} oldest={begin}")
        last = min(end, first + count_max)
        return [(number, kept[number - begin]) for number in range(first, last)]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds that publishing changes."""
        async with self._changed:
            await self._changed.wait_for(holds)


class MemoryReader:
    """One who reads a bus in the process.

    Args:
        bus: which.
        topics: what to read.
        marks: how far earlier reading came; from the oldest event there is where they are empty.
    """

    def __init__(self, bus: MemoryBus, *, topics: Sequence[str] = TOPICS, marks: Marks | None = None) -> None:
        self._bus, self._topics = bus, tuple(topics)
        self._marks = Marks() if marks is None else marks

    @property
    def marks(self) -> Marks:
        """How far it is."""
        return self._marks

    async def read(self, *, count_max: int, wait_s: float) -> list[Event]:
        """Return the next events."""
        try:
            async with asyncio.timeout(wait_s):
                await self._bus.until(lambda: bool(self._waiting(1)))
        except TimeoutError:
            return []
        return [
            event
            for topic, offset, event in self._waiting(count_max)[:count_max]
            if self._marks.admit(topic, _PARTITION, offset=offset, at=event.at)
        ]

    async def close(self) -> None:
        """Stop reading."""

    def _waiting(self, count_max: int) -> list[tuple[str, int, Event]]:
        return [
            (topic, offset, event)
            for topic in self._topics
            for offset, event in self._bus.after(topic, self._marks.next_offset(topic, _PARTITION), count_max=count_max)
        ]
