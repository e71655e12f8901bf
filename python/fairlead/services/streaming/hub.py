"""What the markets tell live connections: each message is written once, and put before everybody who wants it."""

import asyncio
from collections import defaultdict
from typing import Any, Final

import msgspec

from fairlead.domain.market_data.microstructure import microstructure_of
from fairlead.domain.streaming.outbox import Channel
from fairlead.domain.streaming.text_frame import text_frame
from fairlead.model.api_words import word
from fairlead.model.report import Report
from fairlead.ports.market_feed import MarketFeed, PublicBook
from fairlead.services.streaming.book_messages import SIDES, book_snapshot, book_update
from fairlead.services.streaming.listener import Listener
from fairlead.services.streaming.live_candles import CandleNews, LiveCandles
from fairlead.services.streaming.scale import Scale, whole
from fairlead.wire import Message

__all__ = ["DEPTHS", "PUBLIC", "Hub"]

PUBLIC: Final = ("book", "trades", "prices", "candles", "microstructure", "system")
DEPTHS: Final = ("L1", "L2", "L3")
# Everything but the books of other depths comes from those that the service follows anyway.
_FOLLOWED: Final = "L2"
# Channels that begin with how things are.
_STATES: Final = frozenset({"book", "prices", "candles", "microstructure"})
_MEASURED_LEVELS: Final = 5
_TICK_S: Final = 0.1
_encode: Final = msgspec.json.Encoder().encode


class Hub:
    """Relays the messages of a feed.

    Args:
        feed: the session that hears the market.
        candles: what grows of them.
    """

    def __init__(self, feed: MarketFeed, *, candles: LiveCandles) -> None:
        self._feed, self._candles = feed, candles
        self._wanted: defaultdict[Channel, set[Listener]] = defaultdict(set)
        self._books: dict[tuple[int, str], tuple[str, PublicBook]] = {}
        self._scales: dict[str, Scale] = {}
        self._prices: dict[str, bytes] = {}
        self._moved: set[str] = set()
        feed.listen(self.hear)
        feed.listen_reports(self.hear_report)

    async def subscribe(self, listener: Listener, channel: Channel) -> None:
        """Begin a channel.

        Raises:
            NotFoundError: no such symbol.
            UnavailableError: the market data is not there.
        """
        depth = channel.depth or _FOLLOWED
        book = await self._feed.subscribe(channel.symbol, depth)
        scale = self._scales.setdefault(channel.symbol, Scale(self._feed.instruments, channel.symbol))
        self._books[scale.instrument, depth] = (channel.symbol, book)
        if channel.interval:
            self._candles.begin(scale.instrument, channel.interval)
        self._wanted[channel].add(listener)
        if channel.name in _STATES:
            listener.renew(channel)

    def unsubscribe(self, listener: Listener, channel: Channel) -> None:
        """End a channel."""
        self._wanted[channel].discard(listener)
        if not self._wanted[channel]:
            del self._wanted[channel]
            if channel.interval:
                self._candles.end(self._scales[channel.symbol].instrument, channel.interval)
        listener.outbox.drop(channel)

    def state(self, channel: Channel) -> bytes | None:
        """Return the frame of how things are; ``None``: that is not known, and will be told once it is."""
        symbol = channel.symbol
        if channel.name == "prices":
            return self._prices.get(symbol)
        if channel.name == "candles":
            news = self._candles.now(self._scales[symbol].instrument, channel.interval)
            return None if news is None else self._candle(symbol, news)
        if channel.name not in {"book", "microstructure"}:
            return _frame({"type": "MISSED", "channel": channel.name, "symbol": symbol} | self._at(symbol))
        found = self._books.get((self._scales[symbol].instrument, channel.depth or _FOLLOWED))
        if found is None or not found[1].is_ready:
            return None
        if channel.name == "microstructure":
            return _measures(symbol, found[1])
        return _frame(book_snapshot(symbol, channel.depth, found[1]))

    def hear(self, message: Message) -> None:
        """Take the next message of a book; the book has it already."""
        fields = message.fields
        depth = str(fields["channel.depth"])
        found = self._books.get((whole(fields["channel.instrument"]), depth))
        if found is None or not found[1].is_ready:
            return
        symbol, book = found
        if depth == _FOLLOWED:
            self._moved.add(symbol)
        channel = Channel("book", symbol, depth)
        if message.kind == "OrderBookSnapshot":
            if channel in self._wanted:
                self._tell(channel, _frame(book_snapshot(symbol, depth, book)))
            return
        if (book.epoch, book.seq) != (fields["channel.epoch"], message.seq):
            return
        if channel in self._wanted:
            self._tell(channel, _frame(book_update(symbol, depth, message, scale=self._scales[symbol])))
        if depth == _FOLLOWED and message.kind == "Trade":
            self._tell_trade(symbol, message)
        elif depth == _FOLLOWED and message.kind == "InstrumentStatus":
            state = {"symbol": symbol, "seq": message.seq, "state": word(str(fields["state"]))}
            self._tell(Channel("system", symbol), _frame({"type": "SYSTEM", "channel": "system"} | state))

    def hear_report(self, report: Report) -> None:
        """Take a report: that a market has another price grid concerns everybody who enters orders there."""
        if report.exec_type != "TicksSet" or report.position is None:
            return
        if (listing := self._feed.instruments.listings.get(whole(report.fields["instrument"]))) is not None:
            change = {"symbol": listing.symbol, "seq": report.position.event_seq}
            self._tell(
                Channel("system", listing.symbol), _frame({"type": "GRID_CHANGED", "channel": "system"} | change)
            )

    async def run(self) -> None:
        """Tell what is told by the clock, until cancelled."""
        while True:
            await asyncio.sleep(_TICK_S)
            self.tick()

    def tick(self) -> None:
        """Tell the measures of the books that have moved, and the candles whose time is over."""
        moved, self._moved = self._moved, set()
        for symbol in moved:
            channel = Channel("microstructure", symbol)
            if channel in self._wanted and (frame := self.state(channel)) is not None:
                self._tell(channel, frame)
        for instrument, news in self._candles.due():
            self._tell_candle(self._books[instrument, _FOLLOWED][0], news)

    def _tell_trade(self, symbol: str, message: Message) -> None:
        fields, scale = message.fields, self._scales[symbol]
        price, time = scale.price(fields["price"]), str(fields["channel.ts_ns"])
        trade = {
            "symbol": symbol,
            "seq": message.seq,
            "tradeId": str(fields["trade_id"]),
            "price": price,
            "quantity": scale.qty(fields["qty"]),
            "takerSide": SIDES.get(str(fields["aggressor"])),
            "time": time,
        }
        self._tell(Channel("trades", symbol), _frame({"type": "TRADE_EXECUTED", "channel": "trades"} | trade))
        last = {"symbol": symbol, "seq": message.seq, "price": price, "time": time}
        self._prices[symbol] = _frame({"type": "PRICE_UPDATE", "channel": "prices"} | last)
        self._tell(Channel("prices", symbol), self._prices[symbol])
        ts_ns, mantissas = whole(fields["channel.ts_ns"]), (whole(fields["price"]), whole(fields["qty"]))
        for news in self._candles.hear(scale.instrument, ts_ns=ts_ns, price=mantissas[0], qty=mantissas[1]):
            self._tell_candle(symbol, news)

    def _tell_candle(self, symbol: str, news: CandleNews) -> None:
        self._tell(Channel("candles", symbol, interval=news.interval), self._candle(symbol, news))

    def _candle(self, symbol: str, news: CandleNews) -> bytes:
        bar, scale = news.candle.bar, self._scales[symbol]
        return _frame(
            {
                "type": "CANDLE_UPDATE",
                "channel": "candles",
                "symbol": symbol,
                **self._at(symbol),
                "interval": news.interval,
                "openTime": str(bar.open_ns),
                "open": scale.price(bar.open),
                "high": scale.price(bar.high),
                "low": scale.price(bar.low),
                "close": scale.price(bar.close),
                "volume": scale.qty(bar.volume),
                "quoteVolume": scale.value(bar.value),
                "trades": bar.trades,
                "isClosed": news.is_closed,
                "isComplete": news.candle.is_complete,
            }
        )

    def _at(self, symbol: str) -> dict[str, int]:
        """Return the message of a market up to which everything was heard."""
        _, book = self._books[self._scales[symbol].instrument, _FOLLOWED]
        return {"epoch": book.epoch, "seq": book.seq}

    def _tell(self, channel: Channel, frame: bytes) -> None:
        for listener in self._wanted.get(channel, ()):
            listener.put(channel, frame)


def _measures(symbol: str, book: PublicBook) -> bytes:
    bids, asks = ([(it.price, it.qty) for it in side[:_MEASURED_LEVELS]] for side in (book.bids, book.asks))
    found = microstructure_of(bids, asks)
    measures = {
        "spread": found.spread,
        "spreadBps": found.spread_bps,
        "mid": found.mid,
        "microprice": found.weighted_mid,
        "imbalance": found.imbalance,
        "imbalanceSigned": found.imbalance_signed,
        "imbalanceDepth": found.imbalance_depth,
        "bidDepth": found.bid_depth,
        "askDepth": found.ask_depth,
    }
    said = {"symbol": symbol, "epoch": book.epoch, "seq": book.seq, "levels": _MEASURED_LEVELS}
    return _frame(
        {"type": "MICROSTRUCTURE", "channel": "microstructure"}
        | said
        | {name: None if value is None else f"{value:f}" for name, value in measures.items()}
    )


def _frame(said: dict[str, Any]) -> bytes:
    return text_frame(_encode(said))
