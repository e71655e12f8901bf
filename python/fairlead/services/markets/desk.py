"""What is asked of the markets: each question is answered from what is followed, or refused where that is not there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final

from fairlead.domain.market_data.bars import INTERVALS, MINUTE_NS, Bar, Candle, Gap, candles_of
from fairlead.domain.market_data.day import Day, day_begin, day_of
from fairlead.domain.market_data.microstructure import Microstructure, microstructure_of
from fairlead.errors import UnavailableError
from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import BookLevel, MarketFeed, PublicBook
from fairlead.ports.minute_bars import KEPT_WIDTHS_S, KeptBars, MinuteBars
from fairlead.services.markets.coverage import Coverage
from fairlead.services.markets.tape import PublicTrade, Tape
from fairlead.wire import Message

__all__ = ["BookView", "CandleRun", "MarketView", "Markets", "TapeMinutes", "WantedCandles"]

_NS_PER_S: Final = 1_000_000_000
_TIME_NS_MAX: Final = 2**63 - 1
# Bars that are read for one answer.
_BARS_MAX: Final = 6_000
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


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedCandles:
    """Which candles.

    Attributes:
        interval: one of ``INTERVALS``.
        count_max: how many at most.
        from_ns: the first may begin then; with it the oldest ones are told, else the newest.
        to_ns: the last may begin then.
    """

    interval: str
    count_max: int
    from_ns: int | None = None
    to_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CandleRun:
    """Candles, and of which time every trade is in them: from ``complete_from_ns`` to ``complete_until_ns``."""

    market: MarketView
    candles: Sequence[Candle]
    complete_from_ns: int
    complete_until_ns: int


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
        minutes: where the statistics of a day come from.
        kept: where candles come from.
        coverage: how far that is behind.
        clock: the time.
        aliases: other names of markets, which are answered with their symbol.
    """

    def __init__(
        self,
        feed: MarketFeed,
        *,
        tape: Tape,
        minutes: MinuteBars,
        kept: KeptBars,
        coverage: Coverage,
        clock: Clock,
        aliases: Mapping[str, str],
    ) -> None:
        self._aliases = aliases
        self._feed, self._tape, self._minutes, self._clock = feed, tape, minutes, clock
        self._kept, self._coverage = kept, coverage
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
        symbol = self._named(symbol)
        return self._view(symbol, await self._book(symbol))

    async def book(self, symbol: str, *, levels: int) -> BookView:
        """Return the best ``levels`` levels of both sides."""
        symbol = self._named(symbol)
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

    async def candles(self, symbol: str, wanted: WantedCandles) -> CandleRun:
        """Return candles, oldest first."""
        market, now_ns, interval_ns = await self.market(symbol), self._clock.now_ns(), INTERVALS[wanted.interval]
        width_ns = max(it * _NS_PER_S for it in KEPT_WIDTHS_S if interval_ns % (it * _NS_PER_S) == 0)
        # As many bars as are read at once make so many candles, whole ones.
        parts = interval_ns // width_ns
        count = min(wanted.count_max, _BARS_MAX // parts)
        # From the beginning of an interval, or the first candle would lack its first bars.
        begin_ns = -(-(wanted.from_ns or 0) // interval_ns) * interval_ns
        last_ns = now_ns if wanted.to_ns is None else wanted.to_ns
        end_ns = min(last_ns - last_ns % interval_ns + interval_ns, _TIME_NS_MAX)
        # First until when, then what: so nothing comes between the two that would be missing.
        covered_ns = await self._coverage.until(min(now_ns - now_ns % interval_ns, end_ns))
        span = await self._kept.span()
        bars = await self._kept.bars(
            market.symbol,
            width_s=width_ns // _NS_PER_S,
            begin_ns=begin_ns,
            end_ns=end_ns,
            count_max=count * parts,
            newest=wanted.from_ns is None,
        )
        until_ns = max(covered_ns, span.end_ns)
        gaps = [Gap(until_ns, _TIME_NS_MAX), *([Gap(0, span.begin_ns - 1)] if span.begin_ns else [])]
        found = candles_of(bars, interval_ns=interval_ns, gaps=gaps, now_ns=now_ns, count_max=len(bars) or 1)
        shown = found[-count:] if wanted.from_ns is None else found[:count]
        return CandleRun(
            market=market,
            candles=shown,
            complete_from_ns=span.begin_ns,
            # To the interval: where nothing trades the answer is the same until it is over.
            complete_until_ns=until_ns - until_ns % interval_ns,
        )

    async def stats(self, symbol: str) -> tuple[MarketView, Day]:
        """Return the statistics of the last 24 hours."""
        market, now_ns = await self.market(symbol), self._clock.now_ns()
        bars = await self._minutes.bars(market.symbol, begin_ns=day_begin(now_ns), end_ns=now_ns + MINUTE_NS)
        return market, day_of(bars, gaps=await self._minutes.gaps(market.symbol), now_ns=now_ns)

    async def event_touch(self, symbol: str) -> tuple[Decimal, Decimal] | None:
        """Return best bid and ask of the market of an event; ``None``: not both are known, or it is another market."""
        instruments = self._feed.instruments
        if not self._feed.is_connected or not instruments.knows(symbol) or instruments.listing(symbol).no is None:
            return None
        try:
            book = await self._feed.subscribe(symbol)
        except UnavailableError:
            return None
        return (book.bids[0].price, book.asks[0].price) if book.bids and book.asks else None

    async def microstructure(self, symbol: str, *, levels: int) -> tuple[BookView, Microstructure]:
        """Return the measures of the best ``levels`` levels of the book."""
        book = await self.book(symbol, levels=levels)
        sides = ([(level.price, level.qty) for level in side] for side in (book.bids, book.asks))
        return book, microstructure_of(*sides)

    def _named(self, symbol: str) -> str:
        return symbol if self._feed.instruments.knows(symbol) else self._aliases.get(symbol, symbol)

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
