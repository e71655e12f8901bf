"""One suite for every book the replay folds into: the plain one of the tests and the one of the core."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.replay.plain_market import PlainBook

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.services.replay_core import CoreBook


@pytest.fixture(params=[PlainBook, CoreBook], ids=["plain", "core"])
def book(request: pytest.FixtureRequest) -> FoldingBook:
    make: Callable[[], FoldingBook] = request.param
    return make()


def test_levels_are_best_first_with_quantity_and_count(book: FoldingBook) -> None:
    book.add(order_id=1, side="buy", price_ticks=100, qty_lots=5)
    book.add(order_id=2, side="buy", price_ticks=101, qty_lots=7)
    book.add(order_id=3, side="buy", price_ticks=100, qty_lots=2)
    book.add(order_id=4, side="sell", price_ticks=105, qty_lots=1)
    book.add(order_id=5, side="sell", price_ticks=103, qty_lots=9)

    assert list(book.levels("buy", depth=10)) == [(101, 7, 1), (100, 7, 2)]
    assert list(book.levels("sell", depth=1)) == [(103, 9, 1)]


def test_orders_may_cross(book: FoldingBook) -> None:
    book.add(order_id=1, side="buy", price_ticks=110, qty_lots=5)
    book.add(order_id=2, side="sell", price_ticks=100, qty_lots=5)

    assert book.levels("buy", depth=1)[0][0] > book.levels("sell", depth=1)[0][0]


def test_reducing_keeps_the_order_and_deleting_removes_it(book: FoldingBook) -> None:
    book.add(order_id=7, side="sell", price_ticks=100, qty_lots=5)

    book.reduce(order_id=7, by_lots=2)

    assert book.order(7) == ("sell", 100, 3)
    book.delete(order_id=7)
    assert book.order(7) is None
    assert list(book.levels("sell", depth=10)) == []


def test_clearing_leaves_nothing(book: FoldingBook) -> None:
    empty = book.state_hash()
    book.add(order_id=1, side="buy", price_ticks=100, qty_lots=5)
    assert book.state_hash() != empty

    book.clear()

    assert list(book.levels("buy", depth=10)) == []
    assert book.order(1) is None
    assert book.state_hash() == empty


def test_the_hash_knows_the_order_of_the_queue(book: FoldingBook) -> None:
    book.add(order_id=1, side="buy", price_ticks=100, qty_lots=5)
    book.add(order_id=2, side="buy", price_ticks=100, qty_lots=5)
    one_first = book.state_hash()

    book.delete(order_id=1)
    book.add(order_id=1, side="buy", price_ticks=100, qty_lots=5)

    assert list(book.levels("buy", depth=1)) == [(100, 10, 2)]
    assert book.state_hash() != one_first
