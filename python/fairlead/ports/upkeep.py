"""What tables need that grow with time: room made ahead, and what is old taken away."""

from typing import Protocol

__all__ = ["Upkeep"]


class Upkeep(Protocol):
    """Small steps, so that nobody waits long for the store."""

    async def tidy(self, now_ns: int, /) -> bool:
        """Take one step; return whether there is more to do now.

        Args:
            now_ns: the time, nanoseconds since 1970 UTC.

        Raises:
            UnavailableError: the store does not answer; nothing has changed.
        """
        ...
