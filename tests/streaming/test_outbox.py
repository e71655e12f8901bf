"""What waits for a slow reader: never more than the limit, and in the end the same book as a fast one's."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.domain.streaming.outbox import Channel, Outbox, Renew
from fairlead.services.streaming.doors import Doors, FullError

_BOOKS = (Channel("book", "ABC-USD", "L2"), Channel("book", "XYZ-USD", "L2"))
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(_BOOKS), st.integers(1, 5), st.integers(0, 9)),
        st.none(),
    ),
    max_size=200,
)


@dataclass
class _Reader:
    """A client: knows each book by what it was sent, and refuses a hole."""

    books: dict[Channel, dict[int, int]] = field(default_factory=dict)
    seqs: dict[Channel, int] = field(default_factory=dict)

    def renew(self, channel: Channel, book: dict[int, int], seq: int) -> None:
        self.books[channel], self.seqs[channel] = dict(book), seq

    def take(self, frame: bytes) -> None:
        number, seq, price, quantity = (int(part) for part in frame.split())
        channel = _BOOKS[number]
        assert self.seqs[channel] == seq - 1, "a message is missing or came twice"
        self.books[channel][price], self.seqs[channel] = quantity, seq


@given(steps=_STEPS, bytes_max=st.integers(1, 80))
def test_a_slow_reader_ends_with_the_book_of_a_fast_one(
    steps: list[tuple[Channel, int, int] | None], bytes_max: int
) -> None:
    outbox, reader = Outbox(bytes_max), _Reader()
    books: dict[Channel, dict[int, int]] = {channel: {} for channel in _BOOKS}
    seqs = dict.fromkeys(_BOOKS, 0)

    def read_one() -> bool:
        entry = outbox.take()
        if isinstance(entry, Renew):
            reader.renew(entry.channel, books[entry.channel], seqs[entry.channel])
        elif entry is not None:
            reader.take(entry)
        return entry is not None

    for channel in _BOOKS:
        outbox.renew(channel)
    for step in steps:
        if step is None:
            read_one()
            continue
        channel, price, quantity = step
        books[channel][price] = quantity
        seqs[channel] += 1
        outbox.put(channel, f"{_BOOKS.index(channel)} {seqs[channel]} {price} {quantity}".encode())
        assert 0 <= outbox.bytes <= bytes_max
    while read_one():
        continue
    assert (reader.books, reader.seqs) == (books, seqs)
    assert outbox.bytes == 0


def test_what_was_left_says_nothing_more() -> None:
    outbox = Outbox(100)
    for channel in _BOOKS:
        outbox.put(channel, b"12345")
    outbox.drop(_BOOKS[0])
    assert outbox.bytes == 5
    assert (outbox.take(), outbox.take()) == (b"12345", None)


def test_a_channel_that_does_not_fit_costs_no_other_its_frames() -> None:
    outbox = Outbox(10)
    outbox.put(_BOOKS[0], b"12345")
    outbox.put(_BOOKS[1], b"1234567")
    assert [outbox.take(), outbox.take(), outbox.take()] == [b"12345", Renew(_BOOKS[1]), None]


def test_a_place_is_free_again_when_a_connection_ends() -> None:
    doors = Doors({"account": 1})
    refused = pytest.raises(FullError, match="of=account open=1 max=1")
    ann, bob = doors.pass_through("account", "ann"), doors.pass_through("account", "bob")
    with ann, bob, refused, doors.pass_through("account", "ann"):
        raise AssertionError
    with doors.pass_through("account", "ann"):
        pass
