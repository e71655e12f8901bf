"""Where candles come from: what traded in each minute."""

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.market_data.bars import Bar, Gap

__all__ = ["MinuteBars"]


class MinuteBars(Protocol):
    """What traded in each minute of an instrument, and when it was not heard."""

    async def bars(self, symbol: str, *, begin_ns: int, end_ns: int) -> Sequence[Bar]:
        """Return the minutes that begin within ``[begin_ns, end_ns)`` and in which something traded, oldest first."""
        ...

    async def gaps(self, symbol: str) -> Sequence[Gap]:
        """Return the times in which trades may be missing, oldest first; the first begins at 0."""
        ...
