"""What the desks heard and what the tables say are one story: the newest of both, and each account sees its own."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from tests.web.test_order_wire import FILL, VIEW

from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.model.report import Position
from fairlead.services.trading import RecentOrders


class Tables:
    """Tables that a test fills."""

    def __init__(self, *views: OrderView) -> None:
        self._views = {(view.account, view.order_id): view for view in views}

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        return self._views.get((account, order_id))

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        found = (view for view in self._views.values() if view.client_order_id == client_order_id)
        return next((view for view in found if view.account == account), None)

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        return [FILL] if (account, order_id) in self._views else []

    async def reached(self, position: Position, /) -> bool:
        return position <= VIEW.seq


def test_the_newest_of_both_is_told() -> None:
    async def story() -> None:
        older, newer = replace(VIEW, seq=Position(11, 0, 0)), replace(VIEW, seq=Position(13, 0, 0))
        orders = RecentOrders(Tables(VIEW))
        assert await orders.find(1001, 7) == VIEW
        orders.note(older)
        assert await orders.find(1001, 7) == VIEW
        orders.note(newer)
        orders.note(older)
        assert await orders.find(1001, 7) == newer
        assert await orders.fills(1001, 7) == [FILL]
        assert await orders.by_client_id(1001, "mine") == VIEW
        assert [await orders.reached(VIEW.seq), await orders.reached(newer.seq)] == [True, False]

    asyncio.run(story())


def test_anothers_order_is_not_there() -> None:
    async def story() -> None:
        orders = RecentOrders(Tables(VIEW))
        orders.note(replace(VIEW, order_id=8))
        assert [await orders.find(1002, order_id) for order_id in (7, 8)] == [None, None]
        assert await orders.by_client_id(1002, "mine") is None
        assert list(await orders.fills(1002, 7)) == []

    asyncio.run(story())


def test_without_tables_only_what_was_heard_lately_is_known() -> None:
    async def story() -> None:
        orders = RecentOrders(kept_max=2)
        for order_id in (1, 2, 1, 3):
            orders.note(replace(VIEW, order_id=order_id))
        found = [await orders.find(1001, order_id) for order_id in (1, 2, 3)]
        assert [view is not None for view in found] == [True, False, True]
        assert not await orders.reached(VIEW.seq)
        assert list(await orders.fills(1001, 1)) == []

    asyncio.run(story())
