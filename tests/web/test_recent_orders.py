"""What the desks heard and what the tables say are one story: the newest of both, and each account sees its own."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace
from msgspec.structs import replace as changed
from tests.web.test_order_wire import FILL, VIEW

from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.domain.trading.sent import Sent
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.services.trading import RecentOrders

D = Decimal


# What the tables keep of what each of their orders was sent with.
KEPT = Sent(order_type="STOP_LIMIT", fields={"display_quantity": "4", "stp_mode": "CANCEL_BOTH"})


def record_of(view: OrderView) -> OrderRecord:
    """Return an order as tables keep it."""
    return OrderRecord(view=view, filled_value=D(0), fees=D(0), first_seq=1, expire_ns=None, sent=KEPT)


class Tables:
    """Tables that a test fills."""

    def __init__(self, *views: OrderView) -> None:
        self._views = {(view.account, view.order_id): view for view in views}

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        return self._views.get((account, order_id))

    async def record(self, account: int, order_id: int, /) -> OrderRecord | None:
        view = await self.find(account, order_id)
        return None if view is None else record_of(view)

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        found = (view for view in self._views.values() if view.client_order_id == client_order_id)
        return next((view for view in found if view.account == account), None)

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        return [FILL] if (account, order_id) in self._views else []

    async def reached(self, position: Position, /) -> bool:
        return position <= VIEW.seq


def test_the_newest_of_both_is_told() -> None:
    async def story() -> None:
        older, newer = changed(VIEW, seq=Position(11, 0, 0)), changed(VIEW, seq=Position(13, 0, 0))
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
        orders.note(changed(VIEW, order_id=8))
        assert [await orders.find(1002, order_id) for order_id in (7, 8)] == [None, None]
        assert await orders.by_client_id(1002, "mine") is None
        assert list(await orders.fills(1002, 7)) == []

    asyncio.run(story())


def test_without_tables_only_what_was_heard_lately_is_known() -> None:
    async def story() -> None:
        orders = RecentOrders(kept_max=2)
        for order_id in (1, 2, 1, 3):
            orders.note(changed(VIEW, order_id=order_id))
        found = [await orders.find(1001, order_id) for order_id in (1, 2, 3)]
        assert [view is not None for view in found] == [True, False, True]
        assert not await orders.reached(VIEW.seq)
        assert list(await orders.fills(1001, 1)) == []

    asyncio.run(story())


class AwayTables(Tables):
    """Tables that cannot be read."""

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        raise UnavailableError(f"the store does not answer: account={account} order_id={order_id}")

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        raise UnavailableError(f"the store does not answer: account={account} order_id={order_id}")


class LateTables(Tables):
    """Tables that are far behind, and wait for what is on its way."""

    async def record(self, account: int, order_id: int, /) -> OrderRecord | None:
        await asyncio.Event().wait()
        raise AssertionError((account, order_id))

    async def reached(self, position: Position, /) -> bool:
        await asyncio.Event().wait()
        raise AssertionError(position)


def test_what_the_exchange_did_does_not_fail_because_tables_are_away() -> None:
    report = Report(kind="ExecutionReport", fields={}, order_id=7, position=VIEW.seq)

    async def story() -> None:
        away = RecentOrders(AwayTables())
        assert await away.since(report, account=1001) == (None, ())
        with pytest.raises(UnavailableError):
            await away.find(1001, 7)
        away.note(VIEW)
        assert await away.find(1001, 7) == VIEW
        assert await away.since(report, account=1001) == (VIEW, ())
        assert await away.since(report, account=1002) == (None, ())
        assert await RecentOrders(Tables(VIEW)).since(report, account=1001) == (VIEW, [FILL])
        assert await RecentOrders(LateTables(VIEW)).since(report, account=1001) == (VIEW, [FILL])

    asyncio.run(story())


def _told(sub: int, exec_type: str, **also: Any) -> Report:
    words: dict[str, Any] = {"ord_status": "New", "order_qty": Decimal(5), "leaves_qty": Decimal(5)} | also
    return Report(
        kind="ExecutionReport",
        fields={"account": 1001},
        position=Position(20, sub, 0),
        exec_type=exec_type,
        symbol="ABC-USD",
        order_id=9,
        price=Decimal(100),
        **words,
    )


NEW = _told(0, "New")
TRADE = _told(
    1,
    "Trade",
    ord_status="PartiallyFilled",
    cum_qty=Decimal(2),
    leaves_qty=Decimal(3),
    last_qty=Decimal(2),
    last_px=Decimal(99),
    trade_id=4,
)


def test_an_answer_is_told_from_memory_with_what_followed_it() -> None:
    async def story() -> None:
        # These tables would be waited for without end, and have nothing.
        orders = RecentOrders(LateTables())
        orders.hear(NEW)
        view, fills = await orders.since(NEW, account=1001)
        assert view is not None
        assert (view.status, list(fills)) == ("OPEN", [])
        orders.hear(TRADE)
        orders.hear(TRADE)
        view, fills = await orders.since(NEW, account=1001)
        assert view is not None
        assert (view.status, view.remaining_quantity) == ("PARTIALLY_FILLED", Decimal(3))
        assert [(fill.trade_id, fill.quantity) for fill in fills] == [(4, Decimal(2))]
        assert orders.heard(1002, 9) is None

    asyncio.run(story())


def test_what_was_not_heard_whole_is_read_from_the_tables() -> None:
    read = changed(VIEW, order_id=9)
    taken_back = _told(2, "Restated", cum_qty=Decimal(0), leaves_qty=Decimal(5))

    async def story() -> None:
        begun_before = RecentOrders(Tables(read))
        begun_before.hear(TRADE)
        assert begun_before.heard(1001, 9) is None
        assert await begun_before.since(TRADE, account=1001) == (read, [FILL])
        busted = RecentOrders(Tables(read))
        for report in (NEW, TRADE, taken_back):
            busted.hear(report)
        _, fills = await busted.since(taken_back, account=1001)
        assert fills == [FILL]
        behind = RecentOrders(Tables(read))
        behind.hear(NEW)
        _, fills = await behind.since(TRADE, account=1001)
        assert fills == [FILL]

    asyncio.run(story())


def test_a_price_that_was_corrected_is_not_told_from_memory() -> None:
    at = {"last_qty": Decimal(2), "last_px": Decimal(98), "value": 99, "limit": 2}
    corrected = _told(2, "TradeCorrect", cum_qty=Decimal(2), leaves_qty=Decimal(3), trade_id=4, **at)
    orders = RecentOrders()
    for report in (NEW, TRADE):
        orders.hear(report)
    told = orders.told(1001, 9)
    assert told is not None
    assert [fill.price for fill in told[1] or ()] == [Decimal(99)]

    orders.hear(corrected)

    told = orders.told(1001, 9)
    assert told is not None
    assert (told[0].seq, told[1]) == (corrected.position, None)


def test_reads_wait_for_what_was_heard_of_their_account() -> None:
    asked: list[Position] = []

    class Asked(Tables):
        async def reached(self, position: Position, /) -> bool:
            asked.append(position)
            assert NEW.position is not None
            return position <= NEW.position

    async def story() -> None:
        orders = RecentOrders(Asked(), kept_max=2)
        assert await orders.caught_up(1001)
        orders.hear(NEW)
        assert await orders.caught_up(1001)
        orders.hear(TRADE)
        assert not await orders.caught_up(1001)
        assert await orders.caught_up(1002)
        assert asked == [NEW.position, TRADE.position]
        for account in (1, 2):
            orders.hear(replace(NEW, fields={"account": account}))
        assert await orders.caught_up(1001), "of more accounts than are kept the one told of longest ago is forgotten"

    asyncio.run(story())


def test_what_others_were_answered_is_heard_before_it_is_told() -> None:
    async def story() -> None:
        orders = RecentOrders(settle=lambda: hear_late())

        async def hear_late() -> None:
            orders.note(VIEW)

        assert await orders.find(1001, 7) == VIEW
        assert await orders.find(1002, 7) is None

    asyncio.run(story())


def test_an_exchange_that_does_not_answer_keeps_nobody_from_reading() -> None:
    async def away() -> None:
        raise UnavailableError("no answer in time")

    async def story() -> None:
        orders = RecentOrders(Tables(VIEW), settle=away)
        assert await orders.find(1001, 7) == VIEW
        assert await orders.caught_up(1001)

    asyncio.run(story())
