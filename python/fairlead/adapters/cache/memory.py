"""A cache in the process."""

from bisect import bisect_left
from collections.abc import Sequence
from operator import attrgetter

from fairlead.domain.publishing.cursor import Cursor
from fairlead.ports.cache import CachedBook, CachedTrade

__all__ = ["MemoryCache"]


class MemoryCache:
    """What one process looks up.

    Args:
        history_max: trades kept of each instrument.
        windows_max: rate windows kept; the oldest go first.
    """

    def __init__(self, *, history_max: int = 1_000, windows_max: int = 100_000) -> None:
        self._history_max, self._windows_max = history_max, windows_max
        self._trades: dict[str, list[CachedTrade]] = {}
        self._books: dict[str, CachedBook] = {}
        self._windows: dict[tuple[str, int, int], int] = {}
        self._reached: Cursor | None = None

    async def reached(self) -> Cursor | None:
        """Return up to where the trades are in it."""
        return self._reached

    async def put_trades(self, trades: Sequence[CachedTrade], /, *, reached: Cursor) -> None:
        """Add trades and how far they reach."""
        if self._reached is not None and self._reached.log_id != reached.log_id:
            self._trades.clear()
            self._books.clear()
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

    async def put_book(self, book: CachedBook, /) -> None:
        """Keep a book, unless a newer one is kept."""
        kept = self._books.get(book.symbol)
        if kept is None or kept.version < book.version:
            self._books[book.symbol] = book

    async def book(self, symbol: str, /) -> CachedBook | None:
        """Return the newest book of an instrument."""
        return self._books.get(symbol)

    async def count(self, key: str, /, *, window_ms: int, now_ms: int) -> int:
        """Count one in the window of ``now_ms`` and return how many it has."""
        window = (key, window_ms, now_ms // window_ms)
        if window not in self._windows and len(self._windows) >= self._windows_max:
            del self._windows[next(iter(self._windows))]
        self._windows[window] = self._windows.get(window, 0) + 1
        return self._windows[window]

    async def close(self) -> None:
        """Let go of nothing."""
