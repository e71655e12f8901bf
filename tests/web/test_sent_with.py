"""A change is answered with what its order was sent with: from memory where it was entered, else from the tables."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace
from tests.web.desks import Desk, at_desk, bearer
from tests.web.fronts import ALIASES, FakeFront, FakeScales, Sent, accepted
from tests.web.test_order_wire import FILL, VIEW
from tests.web.test_recent_orders import KEPT, AwayTables, LateTables, Tables

from fairlead.domain.trading.errors import RefusedError
from fairlead.domain.trading.order_request import OrderRequest
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.ports.order_reads import OrderReads
from fairlead.services.trading import Floor, OrderDesk, Placed, RecentOrders, Symbols
from fairlead.web.routes.trading import changed_line

D = Decimal
ANN, BOB = 1001, 1002
LIMIT: dict[str, Any] = {"symbol": "BTC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "2", "price": "100.10"}
WORDS = {"postOnly": True, "displayQuantity": "0.500", "stpMode": "CANCEL_OLDEST"}
ICEBERG = OrderRequest(
    symbol="BTC-USD", side="BUY", order_type="LIMIT", quantity=D(2), price=D(100), display_quantity=D("0.5")
)
# As the tables and the market of the order have it.
SAID = {"display_quantity": "0.500"}


class Secrets:
    """Names that are not used twice."""

    def __init__(self) -> None:
        self._last = 0

    def token_bytes(self, count: int, /) -> bytes:
        self._last += 1
        return self._last.to_bytes(count, "big")


class Trader:
    """The desk of a process over a session that a test speaks for, which hears the reports of its answers."""

    def __init__(self, tables: OrderReads | None, *, kept_max: int = 10) -> None:
        self.front = FakeFront()
        self.hole: Position | None = None
        self.recent = RecentOrders(tables, kept_max=kept_max, hole=lambda: self.hole)
        self.front.answer = self._heard
        scales: Any = FakeScales()
        secrets: Any = Secrets()
        front: Any = self.front
        symbols = Symbols(scales, aliases=ALIASES)
        floor = Floor(front=front, reads=self.recent, instruments=scales, symbols=symbols, secrets=secrets)
        self.desk = OrderDesk(floor)
        self.seq = 20
        self.meanwhile: Callable[[], None] = lambda: None

    def _heard(self, sent: Sent) -> Report:
        self.seq += 1
        report = accepted(sent, order_id=7, event_seq=self.seq)
        self.recent.hear(report)
        self.meanwhile()
        return report

    def changed_by_others(self, named: str = "theirs") -> None:
        """Hear that somebody at the gateway changed the order."""
        self.seq += 1
        change = ("amend", {"account": ANN, "order_id": 7, "cl_ord_id": named, "order_qty": D(2), "price": D(100)})
        self.recent.hear(accepted(change, order_id=7, event_seq=self.seq))

    async def placed(self) -> Placed:
        return await self.desk.place(ANN, ICEBERG)

    async def amended(self) -> Placed:
        return await self.desk.amend(ANN, 7, quantity=D(3), price=None)

    async def fields(self, placed: Placed) -> Any:
        """Return what is known of what an order was sent with."""
        sent = await self.desk.sent_with(placed.view)
        return None if sent is None else dict(sent.fields)


def play(story: Callable[[], Awaitable[None]]) -> None:
    """Run a story to its end."""

    async def run() -> None:
        await story()

    asyncio.run(run())


@pytest.mark.parametrize("tables", [AwayTables(), LateTables(), Tables(), None])
def test_what_was_entered_here_is_known_without_the_tables_through_changes_of_ones_own(tables: Any) -> None:
    async def story() -> None:
        here = Trader(tables)
        assert await here.fields(await here.placed()) == SAID
        for _ in range(2):
            assert await here.fields(await here.amended()) == SAID
        assert await here.fields(await here.desk.cancel(ANN, 7)) == SAID

    play(story)


def test_what_others_changed_is_read_from_the_tables() -> None:
    async def story() -> None:
        here = Trader(Tables(replace(VIEW, order_id=7, account=ANN)))
        await here.placed()
        here.changed_by_others()
        assert await here.fields(await here.amended()) == KEPT.fields
        # It stays so: that this process changed it too says nothing of what they did.
        assert await here.fields(await here.desk.cancel(ANN, 7)) == KEPT.fields

    play(story)


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_client_id_is_ones_own_no_longer_than_until_the_answer(is_refused: bool) -> None:
    async def story() -> None:
        here = Trader(Tables(replace(VIEW, order_id=7, account=ANN)))
        placed = await here.placed()
        if is_refused:
            here.front.refuse("PRICE_TICK", kind="CancelReject")
        with contextlib.suppress(RefusedError):
            await here.desk.amend(ANN, 7, quantity=D(3), price=None, client_order_id="again")
        here.changed_by_others("again")
        assert await here.fields(placed) == KEPT.fields

    play(story)


def test_what_others_change_before_the_entry_is_answered_is_not_missed() -> None:
    async def story() -> None:
        here = Trader(Tables(replace(VIEW, order_id=7, account=ANN)))
        here.meanwhile = here.changed_by_others
        assert await here.fields(await here.placed()) == KEPT.fields

    play(story)


def test_where_reports_are_missing_the_tables_say_it() -> None:
    async def story() -> None:
        here = Trader(Tables(replace(VIEW, order_id=7, account=ANN)))
        placed = await here.placed()
        here.hole = Position(30, 0, 0)
        assert await here.fields(placed) == KEPT.fields
        here.recent.note(replace(placed.view, order_id=8), asked=ICEBERG)
        assert here.recent.asked(ANN, 8) == ICEBERG

    play(story)


def test_a_repeat_does_not_tell_what_its_order_has_by_now() -> None:
    async def story() -> None:
        here = Trader(Tables(replace(VIEW, order_id=7, account=ANN)))
        here.front.answer = lambda sent: replace(accepted(sent, order_id=7, event_seq=5), repeated=True)
        placed = await here.placed()
        assert placed.is_repeat
        assert await here.fields(placed) == KEPT.fields

    play(story)


def test_what_is_forgotten_is_forgotten_whole() -> None:
    async def story() -> None:
        here = Trader(None, kept_max=1)
        placed = await here.placed()
        here.changed_by_others()
        here.recent.note(replace(VIEW, order_id=8))
        assert await here.fields(placed) is None
        assert here.recent.asked(ANN, 7) is None
        # Nothing is left of the change either.
        here.recent.note(placed.view, asked=ICEBERG)
        assert await here.fields(placed) == SAID

    play(story)


@pytest.mark.parametrize(
    ("tables", "account", "told"),
    [
        (Tables(replace(VIEW, order_id=7, account=ANN)), ANN, KEPT),
        (Tables(replace(VIEW, order_id=7, account=ANN)), BOB, None),
        (Tables(), ANN, None),
        (None, ANN, None),
        (AwayTables(replace(VIEW, order_id=7, account=ANN)), ANN, None),
        (LateTables(replace(VIEW, order_id=7, account=ANN)), ANN, None),
    ],
)
def test_after_a_start_the_tables_say_it_where_they_can_be_read(tables: Any, account: int, told: Any) -> None:
    async def story() -> None:
        here = Trader(tables)
        assert await here.desk.sent_with(replace(VIEW, order_id=7, account=account)) == told

    play(story)


def test_a_change_and_a_cancel_are_answered_like_a_read(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = LIMIT | WORDS | {"displayQuantity": "0.5"}
        assert (await desk.post("/orders", body, headers=mine)).status_code == 201
        other = bearer(await desk.become("bob@example.com"))

        changed = (await desk.client.patch("/orders/70", json={"quantity": "3"}, headers=mine)).json()
        canceled = (await desk.client.delete("/orders/70", headers=mine)).json()
        anothers = await desk.client.patch("/orders/70", json={"quantity": "3"}, headers=other)

        for line in (changed, canceled):
            assert {name: line[name] for name in WORDS} == WORDS
            assert "reduceOnly" not in line
        assert (anothers.status_code, anothers.json()["code"]) == (404, "UNKNOWN_ORDER")

    at_desk(tmp_path, story)


def test_a_stop_that_became_a_limit_order_is_still_called_what_it_was_sent_as(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        stop = LIMIT | {"orderType": "STOP_LIMIT", "triggerPrice": "90"}
        assert (await desk.post("/orders", stop, headers=mine)).status_code == 201

        changed = (await desk.client.patch("/orders/70", json={"price": "99"}, headers=mine)).json()

        assert (changed["orderType"], changed["triggerType"]) == ("STOP_LIMIT", "LAST_PRICE")

    at_desk(tmp_path, story)


def test_a_store_that_is_away_makes_no_failure_of_what_was_done() -> None:
    async def away(_: str) -> str:
        raise UnavailableError("the store does not answer")

    async def story() -> None:
        here = Trader(AwayTables())
        services: Any = SimpleNamespace(
            trading=SimpleNamespace(orders=here.desk),
            records=SimpleNamespace(orders=SimpleNamespace(fee_asset=away)),
        )
        line = await changed_line(services, Placed(view=VIEW, fills=[FILL]))
        assert (line.order_id, line.order_type) == (str(VIEW.order_id), VIEW.order_type)
        assert [fill.fee_asset for fill in line.fills or ()] == [None]

    play(story)


def test_a_place_in_the_log_that_was_seen_is_no_change() -> None:
    async def story() -> None:
        here = Trader(None)
        placed = await here.placed()
        old = ("amend", {"account": ANN, "order_id": 7, "cl_ord_id": "theirs", "order_qty": D(2), "price": D(100)})
        here.recent.hear(replace(accepted(old, order_id=7, event_seq=1), position=Position(1, 0, 0)))
        assert await here.fields(placed) == SAID

    play(story)
