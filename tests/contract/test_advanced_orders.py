"""Orders that wait or form a group: the same rows from what was sent and from the log, for who owns them alone."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from tests.contract.dump import dump
from tests.contract.stores import with_store
from tests.contract.told import LISTINGS, START_NS

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlAdvancedOrders, SqlOrderHistory, SqlProjections
from fairlead.domain.trading.entered_order import AmendedOrder, EnteredOrder, Leg
from fairlead.domain.trading.sent import Sent, Word
from fairlead.model.report import Position, Report
from fairlead.ports.advanced_orders import AdvancedFilter
from fairlead.ports.order_history import OrderFilter

ANN, BOB = 1_001, 1_002


def _order(seq: int, sub: int, order_id: int, account: int = ANN, exec_type: str = "New", **said: Any) -> Report:
    return Report(
        kind="ExecutionReport",
        fields={"account": account, "instrument": 0, "cause": "Command"},
        position=Position(seq, sub, 0),
        exec_type=exec_type,
        symbol="BTC-USD",
        order_id=order_id,
        cl_ord_id=f"c{order_id}",
        side="sell",
        ord_type="limit",
        time_in_force="gtc",
        ts_ns=START_NS + seq,
        **{"ord_status": "New"} | said,
    )


def _group(seq: int, number: int, account: int = ANN) -> list[Report]:
    fields: dict[str, int | str] = {"event": "GroupAccepted", "account": account, "instrument": 0}
    accepted = Report(kind="CommandReport", fields=fields, position=Position(seq, 0, 1), exec_type="GroupAccepted")
    return [replace(accepted, id=number, position=Position(seq, 0, leg)) for leg in (1, 2)]


def _leg(role: str, **terms: str) -> Leg:
    return Leg(role=role, order_type="LIMIT", terms=terms)


REPORTS = [
    *_group(1, 5),
    _order(1, 1, 1),
    _order(1, 2, 2),
    _order(2, 0, 3),
    _order(2, 1, 3, exec_type="Suspended", ord_status="Suspended"),
    replace(_order(3, 0, 0), exec_type="Rejected", symbol=None, reason="PRICE_TICK", is_rejected=True),
    _order(4, 0, 4, account=BOB),
    _order(5, 0, 3, exec_type="Canceled", ord_status="Canceled", reason="USER"),
]
COMMANDS = [
    EnteredOrder(seq=1, symbol="BTC-USD", order_type="OCO", legs=[_leg("TAKE_PROFIT"), _leg("STOP_LOSS", a="1")]),
    EnteredOrder(seq=2, symbol="BTC-USD", order_type="STOP_LOSS", legs=[_leg("STOP_LOSS", trigger_price="9.50")]),
    EnteredOrder(seq=3, symbol="BTC-USD", order_type="STOP_LOSS", legs=[_leg("STOP_LOSS")]),
    EnteredOrder(seq=4, symbol="BTC-USD", order_type="ICEBERG", legs=[_leg("ICEBERG", display_quantity="1")]),
]


async def _told(database: Database, reports: Sequence[Report] = REPORTS) -> SqlAdvancedOrders:
    tables = SqlProjections(database)
    await tables.begin("log")
    await tables.apply(reports, LISTINGS)
    return SqlAdvancedOrders(database)


async def _ids(table: SqlAdvancedOrders, account: int, *, before: int | None = None, **wanted: Any) -> list[int]:
    found = await table.page(account, AdvancedFilter(**wanted), before=before, count_max=9)
    return [record.order_id for record in found]


def test_both_ways_give_the_same_rows_however_often(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _told(database)
        assert await table.cursor() == 0
        assert await table.add(COMMANDS, last_seq=5, reports_seq=5) == 5
        rows = (await dump(database))["advanced_orders"]
        assert list(await table.enter(COMMANDS, reports_seq=5)) == [1, 2, 3, 4]
        assert (await dump(database))["advanced_orders"] == rows
        table = await _told(database)
        assert (await dump(database))["advanced_orders"] == []
        await table.enter(COMMANDS[1:3], reports_seq=5)
        await table.add(COMMANDS, last_seq=5, reports_seq=5)
        assert (await dump(database))["advanced_orders"] == rows

    with_store(store_url, story)


def test_they_are_read_by_who_owns_them(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _told(database)
        await table.add(COMMANDS, last_seq=5, reports_seq=5)
        assert (await _ids(table, ANN), await _ids(table, BOB), await _ids(table, 9)) == ([3, 1], [4], [])
        assert await _ids(table, ANN, is_active=True) == [1]
        assert await _ids(table, ANN, is_active=False) == [3]
        assert await _ids(table, ANN, order_type="OCO", symbol="BTC-USD") == [1]
        assert await _ids(table, ANN, symbol="ETH-USD") == []
        assert await _ids(table, ANN, before=3) == [1]
        (oco,) = await table.page(ANN, AdvancedFilter(order_type="OCO"), before=None, count_max=1)
        assert (oco.group_id, oco.legs, oco.created_ns) == (5, COMMANDS[0].legs, START_NS + 1)
        assert [order.view.order_id for order in oco.orders] == [1, 2]
        assert [await table.group_of(ANN, number) for number in (1, 2, 3, 4)] == [5, 5, None, None]
        assert await table.group_of(BOB, 1) is None
        assert (await table.find(ANN, 3), await table.find(BOB, 3)) != (None, None)
        assert await table.find(BOB, 3) is None

    with_store(store_url, story)


def test_a_command_whose_reports_are_not_all_there_is_left_for_later(store_url: str) -> None:
    async def story(database: Database) -> None:
        # The second order of the group is told in the next step.
        table = await _told(database, REPORTS[:3])
        assert list(await table.enter(COMMANDS, reports_seq=1)) == []
        assert await table.add(COMMANDS[:1], last_seq=1, reports_seq=1) == 0
        await SqlProjections(database).apply(REPORTS[3:], LISTINGS)
        assert await table.add(COMMANDS[:1], last_seq=1, reports_seq=5) == 1
        assert await _ids(table, ANN) == [1]

    with_store(store_url, story)


# A plain order, one that says more than its reports, its amends, and a repeat of it.
SAID: dict[str, Word] = {"post_only": True, "stp_mode": "CANCEL_OLDEST", "display_quantity": "0.5"}
MORE_REPORTS = [
    *REPORTS,
    _order(6, 0, 5),
    _order(7, 0, 6),
    _order(8, 0, 5, exec_type="Replaced"),
    _order(9, 0, 6, exec_type="Replaced"),
    Report(kind="CancelReject", fields={"account": ANN}, position=Position(10, 0, 0), order_id=5, is_rejected=True),
    _order(11, 0, 7, account=BOB),
]
MORE: list[EnteredOrder | AmendedOrder] = [
    EnteredOrder(seq=6, symbol="BTC-USD", order_type=None, legs=[Leg(role="PLAIN", order_type="LIMIT", terms=SAID)]),
    AmendedOrder(seq=8, display_qty=25),
    AmendedOrder(seq=9, stp_mode="CANCEL_BOTH"),
    AmendedOrder(seq=10, display_qty=1, stp_mode="NONE"),
]
PLACE = LISTINGS[0].qty_decimals
DISPLAYED: dict[str, Word] = {"display_quantity": f"{Decimal(25).scaleb(-PLACE):f}"}


def test_an_order_is_read_with_what_it_was_sent_with_and_amended_to(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _told(database, MORE_REPORTS)
        history = SqlOrderHistory(database, reached=_at_once)
        assert await table.add(MORE, last_seq=11, reports_seq=11) == 11
        found = {it.view.order_id: it.sent for it in await history.page(ANN, OrderFilter(), before=None, count_max=9)}
        amended = Sent(order_type="LIMIT", fields=SAID | DISPLAYED)
        assert (found[5], found[6]) == (amended, Sent(order_type="LIMIT", fields={"stp_mode": "CANCEL_BOTH"}))
        record = await history.record(ANN, 5)
        assert record is not None
        assert (record.sent, await history.record(BOB, 5)) == (amended, None)
        plain = await history.record(BOB, 7)
        assert plain is not None
        assert plain.sent is None
        # One that neither waits nor hides a part is not listed among those.
        assert await _ids(table, ANN) == []

    with_store(store_url, story)


def test_terms_are_the_same_whichever_way_they_come(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _told(database, MORE_REPORTS)
        await table.add([*COMMANDS, *MORE], last_seq=11, reports_seq=11)
        rows = (await dump(database))["order_terms"]
        assert [row[0] for row in rows] == [2, 3, 4, 5, 6]
        table = await _told(database, MORE_REPORTS)
        assert (await dump(database))["order_terms"] == []
        entered = [it for it in [*COMMANDS, *MORE] if isinstance(it, EnteredOrder)]
        assert list(await table.enter(entered, reports_seq=11)) == [1, 2, 3, 4, 6]
        await table.add([*COMMANDS, *MORE], last_seq=11, reports_seq=11)
        assert (await dump(database))["order_terms"] == rows

    with_store(store_url, story)


def test_an_order_that_was_entered_just_before_is_read_again(store_url: str) -> None:
    async def story(database: Database) -> None:
        table = await _told(database, MORE_REPORTS)
        entering = _Entering(table)
        history = SqlOrderHistory(database, reached=_at_once, entering=entering)
        record = await history.record(ANN, 5)
        assert record is not None
        assert record.sent is not None
        assert entering.waited == [[6]]
        assert await history.record(ANN, 5) == record
        assert await history.record(BOB, 7) is not None
        assert entering.waited == [[6]]

    with_store(store_url, story)


class _Entering:
    """Commands that come into the tables while somebody reads: whoever asks afterwards hears of none."""

    def __init__(self, table: SqlAdvancedOrders) -> None:
        self._table, self.waited = table, list[list[int]]()

    def pending(self) -> frozenset[int]:
        return frozenset({6})

    async def entered_all(self, seqs: Collection[int], /) -> None:
        self.waited.append(list(seqs))
        await self._table.add(MORE, last_seq=11, reports_seq=11)


async def _at_once(_: object) -> bool:
    return True
