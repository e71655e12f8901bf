"""The book of the live client: it is what its checksum says, or it is lost and asked for anew."""

import json
import struct
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.sdk.inbox import Inbox
from fairlead.sdk.live_book import LiveBook
from fairlead.sdk.live_feeds import BookFeed, Feeds, Key
from fairlead.sdk.live_messages import BookMessage, head_of, read

_CHANGES = st.lists(st.tuples(st.booleans(), st.integers(1, 30), st.integers(0, 4)), max_size=60)


def _text(mantissa: int) -> str:
    return f"{mantissa // 100}.{mantissa % 100:02}"


def _update(seq: int, **fields: Any) -> BookMessage:
    return BookMessage(type="BOOK_UPDATE", epoch=1, seq=seq, prev_seq=seq - 1, **fields)


def _crc(bids: dict[int, int], asks: dict[int, int]) -> int:
    """Follow docs/reference/websocket.md word by word."""
    content = b""
    for best in (sorted(bids.items(), reverse=True)[:10], sorted(asks.items())[:10]):
        content += bytes([len(best)])
        for price, qty in best:
            content += struct.pack("<q", price) + struct.pack("<q", qty) + struct.pack("<I", 1)
    return zlib.crc32(content)


@given(changes=_CHANGES)
def test_the_checksum_is_that_of_the_reference_at_every_moment(changes: list[tuple[bool, int, int]]) -> None:
    book, sides = LiveBook("ABC-USD", "L2"), (dict[int, int](), dict[int, int]())
    assert book.apply(BookMessage(type="BOOK_SNAPSHOT", epoch=1, seq=0))
    seq = 0
    for is_bid, price, qty in changes:
        side = sides[0 if is_bid else 1]
        side[price] = qty
        if not qty:
            del side[price]
        level = ((_text(price), f"{qty}", 1 if qty else 0),)
        seq += 2
        assert book.apply(_update(seq - 1, bids=level) if is_bid else _update(seq - 1, asks=level))
        assert book.apply(_update(seq, checksum=_crc(*sides)))
    assert book.is_whole
    assert [str(level.price) for level in book.view(3).bids] == [_text(it) for it in sorted(sides[0], reverse=True)[:3]]


@pytest.mark.parametrize(
    "wrong",
    [
        _update(2, checksum=1),
        _update(3),
        BookMessage(type="BOOK_UPDATE", epoch=2, seq=2, prev_seq=1),
    ],
)
def test_what_does_not_fit_loses_the_book_until_the_next_snapshot(wrong: BookMessage) -> None:
    feeds, inbox = Feeds(), Inbox[Any](1)
    feed = feeds.join(Key("book", "ABC-USD", depth="L2"), inbox)
    assert isinstance(feed, BookFeed)
    snapshot = BookMessage(type="BOOK_SNAPSHOT", epoch=1, seq=1, bids=(("1.00", "2", 1),))
    assert feed.book.apply(snapshot)
    assert not feed.book.apply(wrong)
    # It asks once; what comes until the snapshot does is behind the hole.
    assert feed.book.apply(_update(4))
    assert not feed.book.is_whole
    assert feed.book.apply(snapshot)
    assert feed.book.is_whole


def test_best_prices_are_replaced_and_survive_what_is_about_something_else() -> None:
    book = LiveBook("ABC-USD", "L1")
    assert book.apply(BookMessage(type="BOOK_SNAPSHOT", epoch=1, seq=1, bids=(("1.00", "2", 1),), state="Continuous"))
    for message in (_update(2, trade_id="9"), _update(3, state="Halted"), _update(4, checksum=book.checksum())):
        assert book.apply(message)
        assert [str(level.price) for level in book.view(1).bids] == ["1.00"]
    assert book.apply(_update(5, asks=(("1.01", "3", 1),)))
    view = book.view(1)
    assert (view.state, view.bids, str(view.asks[0].price)) == ("Halted", (), "1.01")
    assert book.apply(_update(6))
    assert book.view(1).asks == ()


def test_messages_are_read_as_they_are_documented() -> None:
    said = {"type": "ORDER_FILLED", "channel": "orders", "seq": 1, "position": "12.0.1"}
    data = {
        "position": "12.0.1",
        "kind": "ExecutionReport",
        "time": "2023-11-14T22:13:20.000000001Z",
        "lastPrice": "100.10",
        "value": "7.50",
        "new": 1,
    }
    text = json.dumps(said | {"data": data})
    event = read(head_of(text), text)
    assert (event.data.time, str(event.data.last_price), event.position) == (
        1_700_000_000_000_000_001,
        "100.10",
        "12.0.1",
    )
    assert str(event.data.value) == "7.50"
