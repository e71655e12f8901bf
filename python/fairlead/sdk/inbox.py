"""What has come and is not taken yet: bounded; what does not fit waits outside, or pushes out the oldest."""

import asyncio
from collections import deque
from typing import Generic, TypeVar

__all__ = ["Inbox"]

T = TypeVar("T")


class Inbox(Generic[T]):
    """Items in their order, for one reader.

    Args:
        count_max: how many wait at most.

    Attributes:
        missed: how many were pushed out since somebody looked.
    """

    def __init__(self, count_max: int) -> None:
        self._count_max = count_max
        self._items: deque[T] = deque()
        self._changed = asyncio.Event()
        self._room = asyncio.Event()
        self._failure: Exception | None = None
        self.missed = 0

    async def put(self, item: T) -> None:
        """Add an item once there is room."""
        while len(self._items) >= self._count_max and self._failure is None:
            self._room.clear()
            await self._room.wait()
        self._items.append(item)
        self._changed.set()

    def push(self, item: T) -> None:
        """Add an item; the oldest goes where there is no room."""
        if len(self._items) >= self._count_max:
            self._items.popleft()
            self.missed += 1
        self._items.append(item)
        self._changed.set()

    def fail(self, error: Exception) -> None:
        """Nothing comes any more: the reader gets what is there, then the error."""
        self._failure = error
        self._changed.set()
        self._room.set()

    async def take(self) -> T:
        """Wait for the next item and return it; raise what ended it."""
        while not self._items:
            if self._failure is not None:
                raise self._failure
            self._changed.clear()
            await self._changed.wait()
        item = self._items.popleft()
        self._room.set()
        return item
