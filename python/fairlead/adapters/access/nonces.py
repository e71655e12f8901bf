"""Nonces of signed requests in memory: for one process, without a disk write for each request."""

import heapq

from fairlead.errors import UnavailableError

__all__ = ["MemoryNonces"]


class MemoryNonces:
    """The nonces that came since this process began.

    Args:
        begin_ns: what was sent before may have come to an earlier process and is refused, nanoseconds UTC: the time of
            the start and as much as a request may be ahead of it.
        kept_max: how many; while as many are kept, requests are refused.
    """

    def __init__(self, *, begin_ns: int, kept_max: int = 1_000_000) -> None:
        self._begin_ns, self._kept_max = begin_ns, kept_max
        self._kept: set[tuple[str, str]] = set()
        self._ends: list[tuple[int, str, str]] = []

    async def spend(self, key_id: str, nonce: str, /, *, sent_ns: int, until_ns: int) -> bool:
        """Remember a nonce; ``False`` where it is remembered already, or was sent before the process began."""
        one = (key_id, nonce)
        if sent_ns < self._begin_ns or one in self._kept:
            return False
        if len(self._kept) >= self._kept_max:
            raise UnavailableError(f"too many signed requests at once: max={self._kept_max}; try again later")
        self._kept.add(one)
        heapq.heappush(self._ends, (until_ns, *one))
        return True

    async def purge(self, *, before_ns: int) -> int:
        """Forget nonces whose time was over before ``before_ns``."""
        before = len(self._kept)
        while self._ends and self._ends[0][0] < before_ns:
            _, key_id, nonce = heapq.heappop(self._ends)
            self._kept.discard((key_id, nonce))
        return before - len(self._kept)
