"""The public trades of a market in any span of time."""

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.tca.benchmarks import Print

__all__ = ["TradeTape"]


class TradeTape(Protocol):
    """Trades as the public sees them; times are nanoseconds since 1970 UTC."""

    async def last_before(self, symbol: str, /, *, ts_ns: int, event_seq: int) -> Print | None:
        """Return the last trade at or before a time and before a command of the log; ``None``: none is kept."""
        ...

    async def between(self, symbol: str, /, *, begin_ns: int, end_ns: int, count_max: int) -> Sequence[Print]:
        """Return the trades within both times, these included, oldest first."""
        ...
