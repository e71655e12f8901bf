"""What several processes look up often and nobody misses for good: it may be empty at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from fairlead.domain.limits.bucket import Rate
from fairlead.domain.publishing.cursor import Cursor

__all__ = ["AHEAD_SHARE", "Cache", "CachedTrade", "Taken"]

# Of what a bucket has left, one of so many may be taken ahead: what is nearly empty is not held back from others.
AHEAD_SHARE: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTrade:
    """A trade as everybody may see it. Of one instrument the later trade has the higher ``trade_id``."""

    symbol: str
    trade_id: int
    price: Decimal
    quantity: Decimal
    ts_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a bucket answered.

    Attributes:
        is_granted: whether what was needed was taken; if not, nothing was.
        ahead: tokens that were taken beyond it.
        remaining: whole tokens that are left.
        wait_ns: nanoseconds until the same can be granted, 0 where it was.
        full_ns: nanoseconds until the bucket is full.
    """

    is_granted: bool
    ahead: int
    remaining: int
    wait_ns: int
    full_ns: int


class Cache(Protocol):
    """Last prices, price history and token buckets. Each call may raise ``UnavailableError``: go on without.

    Sessions are not here: a session that is ended must be over at once, so the store is asked. Books are not either:
    each process hears them itself.
    """

    async def reached(self) -> Cursor | None:
        """Return up to where the trades are in it; ``None`` where none are."""
        ...

    async def put_trades(self, trades: Sequence[CachedTrade], /, *, reached: Cursor) -> None:
        """Add trades and how far they reach. Those of another log go; the same again change nothing."""
        ...

    async def last(self, symbol: str, /) -> CachedTrade | None:
        """Return the newest trade of an instrument."""
        ...

    async def history(self, symbol: str, /, *, count_max: int) -> list[CachedTrade]:
        """Return the newest trades of an instrument, newest first; as many as are kept at most."""
        ...

    async def take(self, key: str, rate: Rate, /, *, needed: int, ahead: int = 0) -> Taken:
        """Take tokens from the bucket of a key, in one step with all others who do; a new one is full.

        Args:
            key: whose bucket, such as one of an address; always with the same rate.
            rate: how fast it fills, and how much it holds.
            needed: tokens; more than it can hold are granted by a full one, which then owes the rest.
            ahead: tokens beyond those, as many as are there up to a quarter of what is left.
        """
        ...

    async def close(self) -> None:
        """Let go of it. What is in it stays."""
        ...
