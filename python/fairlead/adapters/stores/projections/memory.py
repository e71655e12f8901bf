"""What the thread that writes remembers of the rows it wrote, so that it need not read them again."""

from collections.abc import Iterable
from typing import Final, Generic, TypeVar

from fairlead.adapters.stores.projections.candle import Candle
from fairlead.domain.portfolio.holding import Holding
from fairlead.domain.trading.order_record import OrderRecord
from fairlead.model.listing import Listing
from fairlead.model.report import Position

__all__ = ["Memory", "Recent"]

K = TypeVar("K")
V = TypeVar("V")

_ORDERS_MAX: Final = 20_000
_ACCOUNTS_MAX: Final = 10_000
_CANDLES_MAX: Final = 5_000


class Recent(Generic[K, V]):
    """Rows by their keys: those written last, and those of the step that runs.

    Args:
        count_max: how many outlive a step.
    """

    def __init__(self, count_max: int) -> None:
        self._count_max = count_max
        self._kept: dict[K, V] = {}

    def __getitem__(self, key: K) -> V:
        return self._kept[key]

    def get(self, key: K) -> V | None:
        """Return what is remembered of a key."""
        return self._kept.get(key)

    def unknown(self, keys: Iterable[K]) -> list[K]:
        """Return the keys of which nothing is remembered, each once."""
        return [key for key in dict.fromkeys(keys) if key not in self._kept]

    def keep(self, key: K, value: V) -> None:
        """Remember a row as the newest."""
        self._kept.pop(key, None)
        self._kept[key] = value

    def drop(self, key: K) -> None:
        """Forget a row."""
        self._kept.pop(key, None)

    def trim(self) -> None:
        """Forget the oldest of too many."""
        for key in list(self._kept)[: len(self._kept) - self._count_max] if len(self._kept) > self._count_max else ():
            del self._kept[key]


class Memory:
    """Of one thread, between two steps.

    Attributes:
        position: where the tables were when all of this was true; ``None`` while it changes.
        newest_order: no order with a higher id is in the tables; ``None`` where that was not asked for.
        orders: those that live; ``balances`` and ``holdings``: all rows of an account; ``candles``: the newest.
    """

    def __init__(self) -> None:
        self.position: Position | None = None
        self.newest_order: int | None = None
        self.instruments: dict[int, Listing] = {}
        self.orders: Recent[int, OrderRecord] = Recent(_ORDERS_MAX)
        self.balances: Recent[int, dict[int, int]] = Recent(_ACCOUNTS_MAX)
        self.holdings: Recent[int, dict[str, Holding]] = Recent(_ACCOUNTS_MAX)
        self.candles: Recent[tuple[str, int, int], Candle] = Recent(_CANDLES_MAX)

    def trim(self) -> None:
        """Forget what was written long ago."""
        for recent in (self.orders, self.balances, self.holdings, self.candles):
            recent.trim()
