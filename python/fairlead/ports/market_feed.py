"""The public market data of the exchange: its instruments, books kept up to date, and every message in order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from fairlead.model.listing import Listing
from fairlead.model.report import Report
from fairlead.wire import Message

__all__ = ["BookLevel", "BookOrder", "Listed", "MarketFeed", "PublicBook"]


class BookLevel(Protocol):
    """A price level."""

    @property
    def price(self) -> Decimal:
        """Price."""
        ...

    @property
    def qty(self) -> Decimal:
        """What is displayed at it."""
        ...

    @property
    def orders(self) -> int:
        """How many orders display it."""
        ...


class BookOrder(Protocol):
    """A displayed order."""

    @property
    def public_id(self) -> int:
        """By which the market knows it; not the id that its owner knows."""
        ...

    @property
    def side(self) -> str:
        """``Buy`` or ``Sell``."""
        ...

    @property
    def price(self) -> Decimal:
        """Price."""
        ...

    @property
    def qty(self) -> Decimal:
        """What is displayed of it."""
        ...


class PublicBook(Protocol):
    """A book of one instrument; ``(epoch, seq)`` names the message that it stands at."""

    @property
    def epoch(self) -> int:
        """Which run of the publisher."""
        ...

    @property
    def seq(self) -> int:
        """Which of its messages."""
        ...

    @property
    def state(self) -> str | None:
        """The trading state, in the words of the wire."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether no message is missing."""
        ...

    @property
    def bids(self) -> Sequence[BookLevel]:
        """Best first."""
        ...

    @property
    def asks(self) -> Sequence[BookLevel]:
        """Best first."""
        ...

    @property
    def orders(self) -> Sequence[BookOrder]:
        """Of an L3 book; those of one price in the order of their queue."""
        ...


class Listed(Protocol):
    """The instruments that the exchange told of."""

    def knows(self, symbol: str) -> bool:
        """Whether it was told of."""
        ...

    def symbols(self) -> Iterable[str]:
        """Return all names."""
        ...

    def definition(self, symbol: str) -> Message:
        """Return what was told of one; ``NotFoundError`` where nothing was."""
        ...

    @property
    def listings(self) -> Mapping[int, Listing]:
        """What a reader of reports must know of each, by the number that reports name it with."""
        ...

    def listing(self, symbol: str) -> Listing:
        """Return the same of one by its name; ``NotFoundError`` where nothing was told of it."""
        ...


class MarketFeed(Protocol):
    """What ``fairlead.aio.Client`` does for market data."""

    @property
    def is_connected(self) -> bool:
        """Whether a session is there now."""
        ...

    @property
    def instruments(self) -> Listed:
        """The instruments."""
        ...

    async def refresh_instruments(self) -> Listed:
        """Ask for the instruments again."""
        ...

    async def subscribe(self, symbol: str, depth: str = "L2") -> PublicBook:
        """Return a book with nothing missing; ``UnavailableError`` where that does not come in time."""
        ...

    def listen(self, hear: Callable[[Message], None]) -> None:
        """Call ``hear`` with each message of every subscribed channel, in order, after the book took it."""
        ...

    def listen_reports(self, hear: Callable[[Report], None]) -> None:
        """Call ``hear`` with each report of the session, in order."""
        ...
