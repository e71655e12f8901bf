"""The tables are the same however the reports are cut into batches, wherever it breaks off, whatever comes again."""

import asyncio
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contract.dump import dump
from tests.contract.stores import empty_store, with_store
from tests.contract.told import ACCOUNTS, LISTINGS, as_resent, told

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlOrderHistory, SqlProjections
from fairlead.adapters.stores.projections.told import is_copy
from fairlead.domain.trading.order_view import OrderView, after, fill_of
from fairlead.domain.trading.refused import Scales
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.order_history import OrderFilter

Rows = dict[str, list[tuple[Any, ...]]]


async def _at_once(_: object) -> bool:
    return True


async def _in_batches(database: Database, batches: Sequence[Sequence[Report]]) -> Rows:
    await SqlProjections(database).begin("log")
    for batch in batches:
        # Each time as a new process.
        await SqlProjections(database).apply(batch, LISTINGS)
    return await dump(database)


def _on_sqlite(batches: Sequence[Sequence[Report]]) -> Rows:
    async def run() -> Rows:
        with tempfile.TemporaryDirectory() as directory:
            async with empty_store(f"sqlite:///{Path(directory) / 'store.db'}") as database:
                return await _in_batches(database, batches)

    return asyncio.run(run())


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_batches_restarts_and_repetitions_change_nothing(seed: int, data: st.DataObject) -> None:
    reports = told(seed, 60)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(reports)), max_size=6), label="cuts"))
    back = data.draw(st.integers(0, 20), label="how far each batch begins before the end of the last")
    edges = [0, *cuts, len(reports)]
    batches = [
        [as_resent(it) for it in reports[max(0, begin - back) : begin]] + reports[begin:end]
        for begin, end in pairwise(edges)
    ]

    assert _on_sqlite(batches) == _on_sqlite([reports])


def test_both_stores_hold_the_same(store_url: str) -> None:
    reports = told(7, 150)

    async def story(database: Database) -> None:
        rows = await _in_batches(database, [reports[:100], reports[100:]])
        assert rows == await asyncio.to_thread(_on_sqlite, [reports])

    with_store(store_url, story)


def test_orders_and_fills_are_those_of_a_plain_fold(store_url: str) -> None:
    reports = told(11, 200)
    views: dict[int, OrderView] = {}
    for report in reports:
        view = after(views.get(report.order_id), report)
        if view is not None:
            views[report.order_id] = view

    async def story(database: Database) -> None:
        await _in_batches(database, [reports])
        history = SqlOrderHistory(database, reached=_at_once)
        seen = 0
        for account in ACCOUNTS:
            records = await history.page(account, OrderFilter(), before=None, count_max=1_000)
            assert [it.view.order_id for it in records] == sorted((it.view.order_id for it in records), reverse=True)
            for record in records:
                plain, fills = views[record.view.order_id], await history.fills(account, record.view.order_id)
                told_fills = [
                    fill
                    for report in reports
                    if report.order_id == plain.order_id and (fill := fill_of(report)) is not None
                ]
                assert fills == told_fills
                assert (record.view.status, record.view.filled_quantity) == (plain.status, plain.filled_quantity)
                assert record.filled_value == sum(fill.price * fill.quantity for fill in fills)
                assert record.fees == sum(fill.fee for fill in fills)
                assert record.view.seq == plain.seq
                seen += 1
        assert seen == len(views)
        assert await history.scales("BTC-USD") == Scales.of(LISTINGS[0])
        assert await history.scales("XYZ-USD") is None

    with_store(store_url, story)


def test_money_neither_appears_nor_disappears(store_url: str) -> None:
    reports = told(31, 250)

    async def story(database: Database) -> None:
        rows = await _in_batches(database, [reports])
        came_in: dict[int, int] = {}
        for report in reports:
            sign = {"Deposited": 1, "Withdrawn": -1}.get(report.exec_type or "", 0)
            if sign and not is_copy(report):
                came_in[report.id] = came_in.get(report.id, 0) + sign * report.value
        there: dict[int, int] = {}
        for _, asset_id, total, _ in rows["balances"]:
            there[asset_id] = there.get(asset_id, 0) + total
        assert {asset: there.get(asset, 0) for asset in came_in} == came_in

        sums: dict[tuple[int, int], int] = {}
        for *_, account, asset_id, _, amount, balance, _, _, _ in rows["ledger"]:
            sums[account, asset_id] = sums.get((account, asset_id), 0) + amount
            assert sums[account, asset_id] == balance
        assert sums == {(account, asset_id): total for account, asset_id, total, _ in rows["balances"]}

    with_store(store_url, story)


def test_trades_candles_and_positions_are_those_of_a_plain_fold(store_url: str) -> None:
    reports = told(37, 250)
    sides = [(it, fill) for it in reports if (fill := fill_of(it)) is not None]

    async def story(database: Database) -> None:
        rows = await _in_batches(database, [reports[:300], reports[300:]])
        public = {fill.trade_id: (it.symbol, fill) for it, fill in sides}
        assert [(row[0], row[2], row[3], row[4]) for row in rows["trades"]] == [
            (number, symbol, fill.price, fill.quantity) for number, (symbol, fill) in sorted(public.items())
        ]
        for symbol, interval_s, opened, first, high, low, last, volume, value, count in rows["candles"]:
            inside = [
                fill
                for _, (of, fill) in sorted(public.items())
                if of == symbol and opened <= fill.time_ns < opened + interval_s * 10**9
            ]
            prices = [fill.price for fill in inside]
            assert (first, high, low, last) == (prices[0], max(prices), min(prices), prices[-1])
            assert (count, volume) == (len(inside), sum(fill.quantity for fill in inside))
            assert value == sum(fill.quantity * fill.price for fill in inside)
        for account, symbol, quantity, cost, realized, fees, _ in rows["positions"]:
            mine = [
                (fill.quantity if it.side == "buy" else -fill.quantity, fill)
                for it, fill in sides
                if (it.fields["account"], it.symbol) == (account, symbol)
            ]
            assert quantity == sum(signed for signed, _ in mine)
            assert cost - realized == sum(signed * fill.price for signed, fill in mine)
            assert fees == sum(fill.fee for _, fill in mine)

    with_store(store_url, story)


def test_what_was_said_is_read_back_word_for_word(store_url: str) -> None:
    reports = told(13, 80)

    async def story(database: Database) -> None:
        await _in_batches(database, [reports])
        history = SqlOrderHistory(database, reached=_at_once)
        for account in (*ACCOUNTS, None):
            told_once = [it for it in reports if not is_copy(it)]
            mine = [it for it in told_once if account in {None, it.fields.get("account")}]
            read: list[Report] = []
            position: Position | None = BEGINNING
            while position is not None and (page := await history.events_after(account, position, count_max=7)):
                read += page
                position = page[-1].position
            assert [_plain(it) for it in read] == [_plain(it) for it in mine]

    with_store(store_url, story)


def _plain(report: Report) -> dict[str, Any]:
    said = {name: getattr(report, name) for name in Report.__struct_fields__ if name != "fields"}
    return said | {"fields": {name: value for name, value in report.fields.items() if value}}


def test_anothers_order_is_none(store_url: str) -> None:
    reports = told(17, 60)
    mine = next(it for it in reports if it.exec_type == "New")
    owner = mine.fields["account"]
    assert isinstance(owner, int)
    other = next(it for it in ACCOUNTS if it != owner)

    async def story(database: Database) -> None:
        await _in_batches(database, [reports])
        history = SqlOrderHistory(database, reached=_at_once)
        assert mine.cl_ord_id is not None
        for asker, is_there in ((owner, True), (other, False)):
            found = [
                await history.find(asker, mine.order_id),
                await history.by_client_id(asker, mine.cl_ord_id),
                *await history.events(asker, mine.order_id, count_max=1),
                *await history.page(asker, OrderFilter(client_order_id=mine.cl_ord_id), before=None, count_max=1),
            ]
            assert [it is not None for it in found] == ([True] * 4 if is_there else [False] * 2)
            assert bool(await history.fills(asker, mine.order_id)) <= is_there

    with_store(store_url, story)


def test_a_batch_that_fails_moves_nothing(store_url: str) -> None:
    reports = told(19, 40)
    trade = next(it for it in reports if it.exec_type == "Trade")

    async def story(database: Database) -> None:
        tables = SqlProjections(database)
        before = await _in_batches(database, [])
        with pytest.raises(KeyError):
            await tables.apply(reports[: reports.index(trade) + 1], {})
        assert await dump(database) == before
        assert (await tables.followed()).position == BEGINNING

    with_store(store_url, story)


def test_another_form_of_the_tables_counts_as_none(store_url: str) -> None:
    async def story(database: Database) -> None:
        tables = SqlProjections(database)
        assert (await tables.followed()).log_id == ""
        await _in_batches(database, [told(23, 10)])
        assert (await tables.followed()).log_id == "log"
        await tables.begin("other")
        followed = await tables.followed()
        assert (followed.log_id, followed.position, followed.is_whole) == ("other", BEGINNING, True)
        assert {name: len(rows) for name, rows in (await dump(database)).items() if rows} == {"projection_cursor": 1}

    with_store(store_url, story)
