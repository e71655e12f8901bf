"""What an observer of a recorded market sees: best quotes, trades and auctions, in order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fairlead.domain.market_replay.records import Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """The best quotes from now on, in ticks; ``None`` where a side is missing."""

    ts_ns: int
    bid_ticks: int | None
    ask_ticks: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traded:
    """One trade of continuous trading, in ticks."""

    ts_ns: int
    price_ticks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Auctioned:
    """The price of an auction, in ticks."""

    ts_ns: int
    price_ticks: int


Observation = Quoted | Traded | Auctioned


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRecording:
    """A feed of best quotes and trades: it can be watched, but there is no order to replay."""

    dataset: str
    format: str
    path: str
    grid: Grid
    observations: Callable[[], Iterator[Observation]]
