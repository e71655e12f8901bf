"""A book kept by its messages and proven by its checksums: where one does not fit it is lost, never guessed on."""

import struct
import zlib
from decimal import Decimal
from typing import Final

from fairlead.sdk.answers import Level, OrderBook
from fairlead.sdk.live_messages import BookMessage

__all__ = ["LiveBook"]

_PROVEN_LEVELS: Final = 10
_LEVEL: Final = struct.Struct("<qqI")

# By the text of a price: the text of its quantity, and how many orders there are.
Side = dict[str, tuple[str, int]]


class LiveBook:
    """The book of one market.

    Args:
        symbol: which.
        depth: ``L1`` or ``L2``.
    """

    def __init__(self, symbol: str, depth: str) -> None:
        self._symbol, self._depth = symbol, depth
        self._state = ""
        self._at = (0, 0)
        self._bids: Side = {}
        self._asks: Side = {}
        self.is_whole = False

    def lose(self) -> None:
        """It is out of date until the next snapshot."""
        self.is_whole = False

    def apply(self, message: BookMessage) -> bool:
        """Take the next message; ``False`` where the book was whole and is lost now: ask for a snapshot."""
        if message.type == "BOOK_SNAPSHOT":
            self._bids, self._asks = ({price: (qty, orders) for price, qty, orders in side} for side in _sides(message))
            self.is_whole = True
        elif not self.is_whole:
            return True
        elif (message.epoch, message.prev_seq) != self._at:
            self.lose()
            return False
        else:
            self._change(message)
        self._at = (message.epoch, message.seq)
        self._state = message.state or self._state
        if message.checksum is not None and message.checksum != self.checksum():
            self.lose()
            return False
        return True

    def checksum(self) -> int:
        """Return the CRC-32 of the ten best levels of both sides, as the exchange makes it."""
        content = bytearray()
        for side, is_bid in ((self._bids, True), (self._asks, False)):
            best = _sorted(side, is_bid=is_bid)[:_PROVEN_LEVELS]
            content.append(len(best))
            for price, (qty, orders) in best:
                content += _LEVEL.pack(_digits(price), _digits(qty), orders)
        return zlib.crc32(content)

    def view(self, levels: int) -> OrderBook:
        """Return its best levels."""
        sides = [
            tuple(
                Level(price=Decimal(price), quantity=Decimal(qty), orders=orders)
                for price, (qty, orders) in _sorted(side, is_bid=is_bid)[:levels]
            )
            for side, is_bid in ((self._bids, True), (self._asks, False))
        ]
        epoch, seq = self._at
        return OrderBook(symbol=self._symbol, state=self._state, epoch=epoch, seq=seq, bids=sides[0], asks=sides[1])

    def _change(self, message: BookMessage) -> None:
        if self._depth == "L1":
            # Both sides, unless it is about something else.
            if message.state is None and message.checksum is None and message.trade_id is None:
                self._bids, self._asks = ({p: (qty, orders) for p, qty, orders in side} for side in _sides(message))
            return
        for side, changes in zip((self._bids, self._asks), _sides(message), strict=True):
            for price, qty, orders in changes:
                if Decimal(qty):
                    side[price] = (qty, orders)
                else:
                    side.pop(price, None)


def _sides(message: BookMessage) -> tuple[tuple[tuple[str, str, int], ...], ...]:
    return message.bids, message.asks


def _sorted(side: Side, *, is_bid: bool) -> list[tuple[str, tuple[str, int]]]:
    return sorted(side.items(), key=lambda level: Decimal(level[0]), reverse=is_bid)


def _digits(text: str) -> int:
    """A decimal of a market has all its places: without the point it is the number that the exchange works with."""
    return int(text.replace(".", ""))
