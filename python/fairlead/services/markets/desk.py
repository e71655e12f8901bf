"""What is asked of the markets: each question is answered from what is followed, or refused where that is not there."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from fairlead.domain.market_data.bars import INTERVALS, MINUTE_NS, Bar, Candle, Gap, candles_of
from fairlead.domain.market_data.day import Day, day_begin, day_of
from fairlead.domain.market_data.microstructure import Microstructure, microstructure_of
from fairlead.errors import UnavailableError
from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import BookLevel, MarketFeed, PublicBook
from fairlead.ports.minute_bars import MinuteBars
from fairlead.services.markets.tape import PublicTrade, Tape
from fairlead.wire import Message

__all__ = ["BookView", "MarketView", "Markets", "TapeMinutes"]

_NS_PER_S: Final = 1_000_000_000
# Amounts have 128 bits, sums of price times quantity no fewer digits: shifting the point never rounds.
_EXACT: Final = Context(prec=96)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketView:
    """An instrument: what was told of it, and its trading state now, in the words of the wire."""

    symbol: str
    instrument: int
    state: str
    definition: Message
    last: PublicTrade | None

    def price(self, mantissa: int) -> Decimal:
        """Return a price as a decimal."""
        return _decimal(mantissa, self._decimals("price"))

    def qty(self, mantissa: int) -> Decimal:
        """Return a quantity as a decimal."""
        return _decimal(mantissa, self._decimals("qty"))

    def value(self, mantissa: int) -> Decimal:
        """Return a sum of price times quantity as a decimal."""
        return _decimal(mantissa, self._decimals("price") + self._decimals("qty"))

    def money(self, mantissa: int) -> Decimal:
        """Return an amount of the quote asset as a decimal."""
        return _decimal(mantissa, self._decimals("quote"))

    def number(self, field: str) -> int:
        """Return a whole number of the definition."""
        return _int(self.definition.fields[field])

    def _decimals(self, of: str) -> int:
        return self.number(f"{of}_decimals")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookView:
    """The best levels of a book at the message ``(epoch, seq)``."""

    symbol: str
    epoch: int
    seq: int
    state: str
    bids: Sequence[BookLevel]
    asks: Sequence[BookLevel]


class TapeMinutes:
    """The minutes of a tape: a day at most, and nothing of before the service began to follow."""

    def __init__(self, feed: MarketFeed, tape: Tape) -> None:
        self._feed, self._tape = feed, tape

    async def bars(self, symbol: str, *, begin_ns: int, end_ns: int) -> Sequence[Bar]:
        """See ``MinuteBars``."""
        return self._tape.minutes(_id(self._feed, symbol), begin_ns=begin_ns, end_ns=end_ns)

    async def gaps(self, symbol: str) -> Sequence[Gap]:
        """See ``MinuteBars``."""
        return self._tape.gaps(_id(self._feed, symbol))


class Markets:
    """Answers questions about the markets.

    Every method raises ``UnavailableError`` where the market data is not there, and ``NotFoundError``, with the symbols
    that there are, where one is not known.

    Args:
        feed: the session that hears the market.
        tape: the trades.
        minutes: where candles come from.
        clock: the time.
    """

    def __init__(self, feed: MarketFeed, *, tape: Tape, minutes: MinuteBars, clock: Clock) -> None:
        self._feed, self._tape, self._minutes, self._clock = feed, tape, minutes, clock
        self._asked_ns = 0
        self._asking = asyncio.Lock()

    @property
    def tape(self) -> Tape:
        """The trades."""
        return self._tape

    async def listing(self) -> list[MarketView]:
        """Return every market, by symbol."""
        self._check()
        return [await self.market(symbol) for symbol in sorted(self._feed.instruments.symbols())]

    async def market(self, symbol: str) -> MarketView:
        """Return one market."""
        book = await self._book(symbol)
        return self._view(symbol, book)

    async def book(self, symbol: str, *, levels: int) -> BookView:
        """Return the best ``levels`` levels of both sides."""
        book = await self._book(symbol)
        return BookView(
            symbol=symbol,
            epoch=book.epoch,
            seq=book.seq,
            state=book.state or "",
            bids=book.bids[:levels],
            asks=book.asks[:levels],
        )

    async def trades(self, symbol: str, *, count_max: int) -> tuple[MarketView, Sequence[PublicTrade]]:
        """Return the newest trades, newest first."""
        market = await self.market(symbol)
        return market, self._tape.trades(market.instrument, count_max=count_max)

    async def candles(self, symbol: str, *, interval: str, count_max: int) -> tuple[MarketView, list[Candle]]:
        """Return the newest candles, oldest first; ``interval`` is one of ``INTERVALS``."""
        market, now_ns, interval_ns = await self.market(symbol), self._clock.now_ns(), INTERVALS[interval]
        # From the beginning of an interval, or the first candle would lack its first minutes.
        begin_ns = max(0, now_ns - now_ns % interval_ns - (count_max - 1) * interval_ns)
        bars = await self._minutes.bars(symbol, begin_ns=begin_ns, end_ns=now_ns + MINUTE_NS)
        gaps = await self._minutes.gaps(symbol)
        return market, candles_of(bars, interval_ns=interval_ns, gaps=gaps, now_ns=now_ns, count_max=count_max)

    async def stats(self, symbol: str) -> tuple[MarketView, Day]:
        """Return the statistics of the last 24 hours."""
        market, now_ns = await self.market(symbol), self._clock.now_ns()
        bars = await self._minutes.bars(symbol, begin_ns=day_begin(now_ns), end_ns=now_ns + MINUTE_NS)
        return market, day_of(bars, gaps=await self._minutes.gaps(symbol), now_ns=now_ns)

    async def microstructure(self, symbol: str, *, levels: int) -> tuple[BookView, Microstructure]:
        """Return the measures of the best ``levels`` levels of the book."""
        book = await self.book(symbol, levels=levels)
        sides = ([(level.price, level.qty) for level in side] for side in (book.bids, book.asks))
        return book, microstructure_of(*sides)

    async def _book(self, symbol: str) -> PublicBook:
        self._check()
        if not self._feed.instruments.knows(symbol):
            await self._ask_again()
        return await self._feed.subscribe(symbol)

    def _check(self) -> None:
        if not self._feed.is_connected:
            raise UnavailableError("market data is not there: the session with the exchange is lost")

    async def _ask_again(self) -> None:
        """Ask for the instruments, at most once a second, however many unknown symbols are asked for."""
        async with self._asking:
            now_ns = self._clock.now_ns()
            if now_ns - self._asked_ns >= _NS_PER_S:
                self._asked_ns = now_ns
                await self._feed.refresh_instruments()

    def _view(self, symbol: str, book: PublicBook) -> MarketView:
        definition = self._feed.instruments.definition(symbol)
        instrument = _int(definition.fields["instrument"])
        last = self._tape.trades(instrument, count_max=1)
        return MarketView(
            symbol=symbol,
            instrument=instrument,
            state=book.state or "",
            definition=definition,
            last=last[0] if last else None,
        )


def _id(feed: MarketFeed, symbol: str) -> int:
    return _int(feed.instruments.definition(symbol).fields["instrument"])


def _decimal(mantissa: int, decimals: int) -> Decimal:
    return Decimal(mantissa).scaleb(-decimals, context=_EXACT)


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
