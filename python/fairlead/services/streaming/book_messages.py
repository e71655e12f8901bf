"""The messages of books, as JSON: a snapshot, and what changed since."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fairlead.model.api_words import word
from fairlead.ports.market_feed import BookLevel, PublicBook
from fairlead.services.streaming.scale import Scale, whole
from fairlead.wire import Message

__all__ = ["SIDES", "book_snapshot", "book_update"]

SIDES: Final = {"Buy": "BUY", "Sell": "SELL"}
_ORDERS: Final = "L3"


def book_snapshot(symbol: str, depth: str, book: PublicBook) -> dict[str, Any]:
    """Return a book as it stands."""
    bids, asks = _orders(book) if depth == _ORDERS else (_levels(book.bids), _levels(book.asks))
    return {
        "type": "BOOK_SNAPSHOT",
        "channel": "book",
        "symbol": symbol,
        "depth": depth,
        "epoch": book.epoch,
        "seq": book.seq,
        "state": word(book.state or ""),
        "bids": bids,
        "asks": asks,
    }


def book_update(symbol: str, depth: str, message: Message, *, scale: Scale) -> dict[str, Any]:
    """Return what one message changes."""
    fields = message.fields
    said: dict[str, Any] = {
        "type": "BOOK_UPDATE",
        "channel": "book",
        "symbol": symbol,
        "depth": depth,
        "epoch": fields["channel.epoch"],
        "seq": message.seq,
        "prevSeq": fields["channel.prev_seq"],
    }
    said |= {"orders": []} if depth == _ORDERS else {"bids": [], "asks": []}
    if message.kind == "TopOfBook":
        for side, name in (("bids", "bid"), ("asks", "ask")):
            if isinstance(fields[f"{name}.price"], int):
                said[side] = [_level(fields, name, scale)]
    elif message.kind == "BookDelta":
        said["bids" if fields["side"] == "Buy" else "asks"] = [_level(fields, "level", scale)]
    elif message.kind == "OrderDelta":
        said["orders"] = [_order(fields, scale)]
    elif message.kind == "Trade":
        said["tradeId"] = str(fields["trade_id"])
    elif message.kind == "InstrumentStatus":
        said["state"] = word(str(fields["state"]))
    elif message.kind == "BookChecksum":
        said["checksum"] = fields["crc"]
    return said


def _level(fields: Mapping[str, Any], name: str, scale: Scale) -> list[str | int]:
    price, qty = scale.price(fields[f"{name}.price"]), scale.qty(fields[f"{name}.qty"])
    return [price, qty, whole(fields[f"{name}.orders"])]


def _order(fields: Mapping[str, Any], scale: Scale) -> dict[str, str]:
    said = {
        "action": str(fields["action"]).upper(),
        "publicId": str(fields["public_id"]),
        "quantity": scale.qty(fields["qty"]),
    }
    if fields["action"] == "Added":
        said |= {"side": SIDES[str(fields["side"])], "price": scale.price(fields["price"])}
    return said


def _levels(levels: Sequence[BookLevel]) -> list[list[str | int]]:
    return [[f"{level.price:f}", f"{level.qty:f}", level.orders] for level in levels]


def _orders(book: PublicBook) -> tuple[list[list[str]], list[list[str]]]:
    """Return both sides, best price first, and at a price in the order of the queue."""
    bids = sorted((order for order in book.orders if order.side == "Buy"), key=lambda order: -order.price)
    asks = sorted((order for order in book.orders if order.side == "Sell"), key=lambda order: order.price)
    both = [[[str(one.public_id), f"{one.price:f}", f"{one.qty:f}"] for one in side] for side in (bids, asks)]
    return both[0], both[1]
