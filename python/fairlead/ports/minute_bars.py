"""Where candles come from: what traded in each second, minute and hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from fairlead.domain.market_data.bars import Bar, Gap
from fairlead.domain.market_data.public_trade import PublicTrade

__all__ = ["KEPT_WIDTHS_S", "KeptBars", "KeptSpan", "MinuteBars"]

# Widths of the bars that are kept, in seconds; the others are put together from these.
KEPT_WIDTHS_S: Final = (1, 60, 3_600)


class MinuteBars(Protocol):
    """What traded in each minute of an instrument, and when it was not heard."""

    async def bars(self, symbol: str, *, begin_ns: int, end_ns: int) -> Sequence[Bar]:
        """Return the minutes that begin within ``[begin_ns, end_ns)`` and in which something traded, oldest first."""
        ...

    async def gaps(self, symbol: str) -> Sequence[Gap]:
        """Return the times in which trades may be missing, oldest first; the first begins at 0."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSpan:
    """Of which time every trade is kept, nanoseconds since 1970 UTC.

    Attributes:
        begin_ns: from when on; 0: from the first trade there ever was.
        end_ns: up to when, as far as what is kept tells by itself: that of the newest report.
    """

    begin_ns: int
    end_ns: int


class KeptBars(Protocol):
    """Bars that are kept for good, a restart and everything before it included."""

    async def span(self) -> KeptSpan:
        """Return of which time they tell.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...

    async def bars(
        self, symbol: str, /, *, width_s: int, begin_ns: int, end_ns: int, count_max: int, newest: bool
    ) -> Sequence[Bar]:
        """Return the bars that begin within ``[begin_ns, end_ns)`` and in which something traded, oldest first.

        Args:
            symbol: of which instrument.
            width_s: one of ``KEPT_WIDTHS_S``.
            begin_ns: from when on.
            end_ns: up to when.
            count_max: how many at most.
            newest: which ones where there are more: the newest, else the oldest.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...

    async def trades(self, symbol: str, /, *, count_max: int) -> Sequence[PublicTrade]:
        """Return the newest trades, oldest first.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...
