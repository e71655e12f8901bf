"""Books of single orders that the gateway ends because they were not read fast enough: they are begun again, whole."""

from typing import Any, cast

from tests.web.feeds import definition

from fairlead import aio
from fairlead.client.book import Book
from fairlead.wire import Message


def _reject(instrument: int) -> Message:
    fields: dict[str, Any] = {"ref_seq": 0, "ref_kind": 96, "reason": "SlowReader", "value": instrument, "limit": 0}
    return Message(kind="Reject", fields=fields)


def test_a_book_that_the_gateway_ends_is_lost_and_asked_for_again() -> None:
    client = aio.Client(key_id="k", secret="00" * 32)
    for number, symbol in enumerate(("ABC-USD", "XYZ-USD")):
        client.instruments.add(definition(symbol, number))
        for depth in ("L2", "L3"):
            book = client._books[number, depth] = Book(client.instruments.by_symbol(symbol), depth)
            book._parts_left = 0
            client._listening.add((number, depth))

    client._take(cast(Any, None), _reject(1))

    lost = {key for key, book in client._books.items() if not book.is_ready}
    # Nobody is connected: the next connection asks for it, as for all of them.
    assert (lost, client._listening) == ({(1, "L3")}, {(0, "L2"), (0, "L3"), (1, "L2")})


def test_orders_of_a_price_stay_in_the_order_of_their_queue() -> None:
    client = aio.Client(key_id="k", secret="00" * 32)
    client.instruments.add(definition("ABC-USD", 0))
    book = Book(client.instruments.by_symbol("ABC-USD"), "L3")
    entries: tuple[Any, ...] = tuple(
        {"public_id": public_id, "side": "Buy", "price": 100, "qty": 1_000, "orders": 1} for public_id in (7, 3, 5)
    )
    channel: dict[str, Any] = {
        "channel.instrument": 0,
        "channel.depth": "L3",
        "channel.epoch": 1,
        "channel.prev_seq": 0,
    }
    snapshot = {"part": 0, "parts": 1, "state": "Continuous"}
    book.apply(Message(kind="OrderBookSnapshot", seq=1, fields=channel | snapshot, entries=entries))
    for seq, action, public_id, qty in ((2, "Reduced", 7, 400), (3, "Deleted", 3, 0), (4, "Added", 3, 200)):
        change: dict[str, Any] = {"action": action, "public_id": public_id, "qty": qty, "side": "Buy", "price": 100}
        numbers = {"channel.prev_seq": seq - 1}
        assert book.apply(Message(kind="OrderDelta", seq=seq, fields=channel | numbers | change))
    assert [(order.public_id, str(order.qty)) for order in book.orders] == [(7, "0.400"), (5, "1.000"), (3, "0.200")]
