"""The book that folds recordings: it is told what happened and never matches."""

import pytest

from fairlead.engine import L3Book
from fairlead.errors import NotFoundError, UsageError


def test_levels_sum_their_orders_best_first() -> None:
    book = L3Book()

    book.add(2**64 - 1, "buy", 100, 5)
    book.add(7, "buy", 100, 3)
    book.add(8, "buy", 101, 1)
    book.add(9, "sell", -3, 2)

    assert book.levels("buy", 10) == [(101, 1, 1), (100, 8, 2)]
    assert book.levels("buy", 1) == [(101, 1, 1)]
    assert book.levels("sell", 10) == [(-3, 2, 1)]
    assert len(book) == 4


def test_a_crossing_order_rests_like_any_other() -> None:
    book = L3Book()

    book.add(1, "sell", 100, 5)
    book.add(2, "buy", 105, 5)

    assert book.order(2) == ("buy", 105, 5)
    assert book.levels("sell", 1) == [(100, 5, 1)]


def test_reduce_keeps_the_place_in_the_queue_and_delete_returns_the_rest() -> None:
    book, same_queue, other_queue = L3Book(), L3Book(), L3Book()
    book.add(1, "buy", 100, 5)
    book.add(2, "buy", 100, 4)
    same_queue.add(1, "buy", 100, 3)
    same_queue.add(2, "buy", 100, 4)
    other_queue.add(2, "buy", 100, 4)
    other_queue.add(1, "buy", 100, 3)

    book.reduce(1, 2)

    assert book.state_hash() == same_queue.state_hash()
    assert book.state_hash() != other_queue.state_hash()
    assert book.delete(1) == 3
    assert book.order(1) is None


def test_clear_leaves_an_empty_book() -> None:
    book = L3Book()
    book.add(1, "buy", 100, 5)

    book.clear()

    assert len(book) == 0
    assert book.levels("buy", 1) == []
    assert book.state_hash() == L3Book().state_hash()


def test_what_the_recording_cannot_mean_raises_and_changes_nothing() -> None:
    book = L3Book()
    book.add(1, "buy", 100, 5)
    before = book.state_hash()

    with pytest.raises(UsageError, match="order_id=1"):
        book.add(1, "sell", 101, 1)
    with pytest.raises(UsageError, match="long"):
        book.add(2, "long", 100, 1)
    with pytest.raises(UsageError, match="qty=0"):
        book.add(2, "buy", 100, 0)
    with pytest.raises(UsageError, match="out of range"):
        book.add(2, "buy", 2**62, 1)
    with pytest.raises(NotFoundError, match="order_id=9"):
        book.delete(9)
    with pytest.raises(NotFoundError, match="order_id=9"):
        book.reduce(9, 1)
    with pytest.raises(UsageError, match="by=5 leaves=5"):
        book.reduce(1, 5)
    with pytest.raises(UsageError, match="by=0"):
        book.reduce(1, 0)

    assert book.state_hash() == before
