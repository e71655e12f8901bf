"""A cache in the process."""

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import attrgetter

from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.buckets import Buckets
from fairlead.domain.publishing.cursor import Cursor
from fairlead.ports.cache import AHEAD_SHARE, CachedTrade, Taken

__all__ = ["MemoryCache"]


class MemoryCache:
    """What one process looks up.

    Args:
        history_max: trades kept of each instrument.
        keys_max: buckets of one rate that are kept; those that were used longest ago go first.
        now_ns: a clock that never goes back.
    """

    def __init__(
        self, *, history_max: int = 1_000, keys_max: int = 65_536, now_ns: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._history_max, self._keys_max, self._now_ns = history_max, keys_max, now_ns
        self._trades: dict[str, list[CachedTrade]] = {}
        self._buckets: dict[Rate, Buckets] = {}
        self._reached: Cursor | None = None

    async def reached(self) -> Cursor | None:
        """Return up to where the trades are in it."""
        return self._reached

    async def put_trades(self, trades: Sequence[CachedTrade], /, *, reached: Cursor) -> None:
        """Add trades and how far they reach."""
        if self._reached is not None and self._reached.log_id != reached.log_id:
            self._trades.clear()
        for trade in trades:
            kept = self._trades.setdefault(trade.symbol, [])
            at = bisect_left(kept, trade.trade_id, key=attrgetter("trade_id"))
            if at == len(kept) or kept[at].trade_id != trade.trade_id:
                kept.insert(at, trade)
                del kept[: -self._history_max]
        self._reached = reached

    async def last(self, symbol: str, /) -> CachedTrade | None:
        """Return the newest trade of an instrument."""
        kept = self._trades.get(symbol)
        return kept[-1] if kept else None

    async def history(self, symbol: str, /, *, count_max: int) -> list[CachedTrade]:
        """Return the newest trades of an instrument, newest first."""
        return self._trades.get(symbol, [])[::-1][:count_max]

    async def take(self, key: str, rate: Rate, /, *, needed: int, ahead: int = 0) -> Taken:
        """Take tokens from the bucket of a key."""
        now_ns = self._now_ns()
        buckets = self._buckets.setdefault(rate, Buckets(rate, keys_max=self._keys_max))
        grant = buckets.take(key, needed, now_ns=now_ns)
        more = min(ahead, grant.remaining // AHEAD_SHARE) if grant.is_granted else 0
        if more:
            grant = buckets.take(key, more, now_ns=now_ns)
        return Taken(
            is_granted=grant.is_granted,
            ahead=more,
            remaining=grant.remaining,
            wait_ns=grant.wait_ns,
            full_ns=grant.full_ns,
        )

    async def close(self) -> None:
        """Let go of nothing."""
