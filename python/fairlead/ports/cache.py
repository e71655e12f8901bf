"""What several processes look up often and nobody misses for good: it may be empty at any time."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from fairlead.domain.publishing.cursor import Cursor

__all__ = ["Cache", "CachedBook", "CachedTrade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedTrade:
    """A trade as everybody may see it. Of one instrument the later trade has the higher ``trade_id``."""

    symbol: str
    trade_id: int
    price: Decimal
    quantity: Decimal
    ts_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedBook:
    """A book in the form of who keeps it; of two the one with the higher ``version`` is newer."""

    symbol: str
    version: int
    body: bytes


class Cache(Protocol):
    """Last prices, price history, books and rate windows. Each call may raise ``UnavailableError``: go on without.

    Sessions are not here: a session that is ended must be over at once, so the store is asked.
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

    async def put_book(self, book: CachedBook, /) -> None:
        """Keep a book, unless a newer one is kept."""
        ...

    async def book(self, symbol: str, /) -> CachedBook | None:
        """Return the newest book of an instrument."""
        ...

    async def count(self, key: str, /, *, window_ms: int, now_ms: int) -> int:
        """Count one in the window of ``now_ms`` and return how many it has, this one among them.

        Args:
            key: what is counted, such as an address.
            window_ms: length of a window, in milliseconds; windows begin at its multiples.
            now_ms: the time, in milliseconds since the Unix epoch.
        """
        ...

    async def close(self) -> None:
        """Let go of it. What is in it stays."""
        ...
