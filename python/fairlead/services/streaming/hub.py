"""What the markets tell live connections: each message is written once, and put before everybody who wants it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from typing import Any, Final

import msgspec

from fairlead.domain.streaming.outbox import Channel, Outbox
from fairlead.ports.market_feed import BookLevel, MarketFeed, PublicBook
from fairlead.wire import Message

__all__ = ["DEPTHS", "PUBLIC", "Hub", "Listener"]

PUBLIC: Final = ("book", "trades", "prices", "system")
DEPTHS: Final = ("L1", "L2")
# Prints and states come from the books that the service follows anyway.
_FOLLOWED: Final = "L2"
_SIDES: Final = {"Buy": "BUY", "Sell": "SELL"}
_EXACT: Final = Context(prec=96)
_encode: Final = msgspec.json.Encoder().encode


class Listener:
    """One connection: what waits for it, and what wakes who sends it."""

    def __init__(self, *, bytes_max: int) -> None:
        self.outbox = Outbox(bytes_max)
        self.wake = asyncio.Event()


class Hub:
    """Relays the messages of a feed.

    Args:
        feed: the session that hears the market.
    """

    def __init__(self, feed: MarketFeed) -> None:
        self._feed = feed
        self._wanted: defaultdict[Channel, set[Listener]] = defaultdict(set)
        self._books: dict[tuple[int, str], tuple[str, PublicBook]] = {}
        self._prices: dict[str, bytes] = {}
        feed.listen(self.hear)

    async def subscribe(self, listener: Listener, channel: Channel) -> None:
        """Begin a channel.

        Raises:
            NotFoundError: no such symbol.
            UnavailableError: the market data is not there.
        """
        depth = channel.depth or _FOLLOWED
        book = await self._feed.subscribe(channel.symbol, depth)
        number = _int(self._feed.instruments.definition(channel.symbol).fields["instrument"])
        self._books[number, depth] = (channel.symbol, book)
        self._wanted[channel].add(listener)
        if channel.name in {"book", "prices"}:
            listener.outbox.renew(channel)
            listener.wake.set()

    def unsubscribe(self, listener: Listener, channel: Channel) -> None:
        """End a channel."""
        self._wanted[channel].discard(listener)
        if not self._wanted[channel]:
            del self._wanted[channel]
        listener.outbox.drop(channel)

    def state(self, channel: Channel) -> bytes | None:
        """Return how things are on a channel; ``None``: that is not known, and will be told once it is."""
        if channel.name == "prices":
            return self._prices.get(channel.symbol)
        if channel.name != "book":
            return _encode({"type": "MISSED", "channel": channel.name, "symbol": channel.symbol})
        return next(
            (
                _snapshot(symbol, channel.depth, book)
                for (_, depth), (symbol, book) in self._books.items()
                if (symbol, depth) == (channel.symbol, channel.depth) and book.is_ready
            ),
            None,
        )

    def hear(self, message: Message) -> None:
        """Take the next message of a book; the book has it already."""
        fields = message.fields
        depth = str(fields["channel.depth"])
        found = self._books.get((_int(fields["channel.instrument"]), depth))
        if found is None or not found[1].is_ready:
            return
        symbol, book = found
        channel = Channel("book", symbol, depth)
        if message.kind == "OrderBookSnapshot":
            self._tell(channel, _snapshot(symbol, depth, book))
            return
        if (book.epoch, book.seq) != (fields["channel.epoch"], message.seq):
            return
        if self._wanted.get(channel):
            self._tell(channel, _encode(self._update(symbol, depth, message)))
        if depth == _FOLLOWED:
            self._tell_events(symbol, message)

    def _tell_events(self, symbol: str, message: Message) -> None:
        if message.kind == "Trade":
            trade = self._trade(symbol, message)
            self._tell(Channel("trades", symbol), _encode({"type": "TRADE_EXECUTED", "channel": "trades"} | trade))
            price = {"symbol": symbol, "seq": message.seq, "price": trade["price"], "time": trade["time"]}
            self._prices[symbol] = _encode({"type": "PRICE_UPDATE", "channel": "prices"} | price)
            self._tell(Channel("prices", symbol), self._prices[symbol])
        elif message.kind == "InstrumentStatus":
            state = {"symbol": symbol, "seq": message.seq, "state": str(message.fields["state"])}
            self._tell(Channel("system", symbol), _encode({"type": "SYSTEM", "channel": "system"} | state))

    def _tell(self, channel: Channel, frame: bytes) -> None:
        for listener in self._wanted.get(channel, ()):
            listener.outbox.put(channel, frame)
            listener.wake.set()

    def _update(self, symbol: str, depth: str, message: Message) -> dict[str, Any]:
        fields = message.fields
        said: dict[str, Any] = {
            "type": "BOOK_UPDATE",
            "channel": "book",
            "symbol": symbol,
            "depth": depth,
            "epoch": fields["channel.epoch"],
            "seq": message.seq,
            "prevSeq": fields["channel.prev_seq"],
            "bids": [],
            "asks": [],
        }
        if message.kind == "TopOfBook":
            for side, name in (("bids", "bid"), ("asks", "ask")):
                if isinstance(fields[f"{name}.price"], int):
                    said[side] = [self._level(symbol, fields, name)]
        elif message.kind == "BookDelta":
            said["bids" if fields["side"] == "Buy" else "asks"] = [self._level(symbol, fields, "level")]
        elif message.kind == "InstrumentStatus":
            said["state"] = str(fields["state"])
        elif message.kind == "BookChecksum":
            said["checksum"] = fields["crc"]
        return said

    def _level(self, symbol: str, fields: Mapping[str, Any], name: str) -> list[str | int]:
        price, quantity = (self._decimal(symbol, fields[f"{name}.{part}"], part) for part in ("price", "qty"))
        return [price, quantity, _int(fields[f"{name}.orders"])]

    def _trade(self, symbol: str, message: Message) -> dict[str, Any]:
        fields = message.fields
        return {
            "symbol": symbol,
            "seq": message.seq,
            "tradeId": str(fields["trade_id"]),
            "price": self._decimal(symbol, fields["price"], "price"),
            "quantity": self._decimal(symbol, fields["qty"], "qty"),
            "takerSide": _SIDES.get(str(fields["aggressor"])),
            "time": str(fields["channel.ts_ns"]),
        }

    def _decimal(self, symbol: str, mantissa: object, part: str) -> str:
        decimals = _int(self._feed.instruments.definition(symbol).fields[f"{part}_decimals"])
        return f"{Decimal(_int(mantissa)).scaleb(-decimals, context=_EXACT):f}"


def _snapshot(symbol: str, depth: str, book: PublicBook) -> bytes:
    return _encode(
        {
            "type": "BOOK_SNAPSHOT",
            "channel": "book",
            "symbol": symbol,
            "depth": depth,
            "epoch": book.epoch,
            "seq": book.seq,
            "state": book.state,
            "bids": _levels(book.bids),
            "asks": _levels(book.asks),
        }
    )


def _levels(levels: Sequence[BookLevel]) -> list[list[str | int]]:
    return [[f"{level.price:f}", f"{level.qty:f}", level.orders] for level in levels]


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0
