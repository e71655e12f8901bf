"""What is old goes, and nothing else: sums, open orders and positions are as if everything was kept."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from tests.contract.dump import dump
from tests.contract.stores import with_store
from tests.contract.told import ACCOUNTS, LISTINGS, told

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlMoneyHistory, SqlOrderHistory, SqlProjections, SqlUpkeep
from fairlead.errors import NotFoundError
from fairlead.model.report import BEGINNING, Position
from fairlead.ports.order_history import OrderFilter

_STEPS: Final = 2_000
_ROUNDS_MAX: Final = 200
# Less than a portion may be left of each.
_PORTION: Final = 500
_OPEN: Final = {"OPEN", "PARTIALLY_FILLED", "PENDING_TRIGGER"}
REPORTS: Final = told(41, _STEPS)
NOW_NS: Final = REPORTS[-1].ts_ns
# Half of it.
KEPT_FROM_NS: Final = REPORTS[len(REPORTS) // 2].ts_ns

Rows = dict[str, list[tuple[Any, ...]]]


async def _at_once(_: object) -> bool:
    return True


async def _tidied(database: Database, *, keep_ns: int | None, held_from_seq: int | None = None) -> None:
    upkeep = SqlUpkeep(database, keep_ns=keep_ns, held_from_seq=lambda: held_from_seq)
    for _ in range(_ROUNDS_MAX):
        if not await upkeep.tidy(NOW_NS):
            return
    raise AssertionError("it does not end")


def _on(url: str, story: Callable[[Database, Rows], Awaitable[None]]) -> None:
    async def filled(database: Database) -> None:
        tables = SqlProjections(database)
        await tables.begin("log")
        for begin in range(0, len(REPORTS), _PORTION):
            await tables.apply(REPORTS[begin : begin + _PORTION], LISTINGS)
        await story(database, await dump(database))

    with_store(url, filled)


def _is_old(name: str, row: tuple[Any, ...]) -> bool:
    """Whether a row of a log is older than what is kept."""
    place = {"order_events": 7, "fills": 13, "ledger": 11, "trades": 1}[name]
    return bool(row[place] < KEPT_FROM_NS)


def test_only_what_is_old_goes(store_url: str) -> None:
    async def story(database: Database, before: Rows) -> None:
        await database.direct.step(lambda step: step.execute("INSERT INTO order_terms SELECT order_id, '' FROM orders"))
        await _tidied(database, keep_ns=NOW_NS - KEPT_FROM_NS)
        after = await dump(database)
        for name in ("order_events", "fills", "ledger"):
            young = [row for row in before[name] if not _is_old(name, row)]
            assert len(before[name]) - len(young) > 0, f"the story has old rows: {name}"
            assert after[name][-len(young) :] == young, name
            assert len(after[name]) < len(young) + _PORTION, name
        assert {row[0] for row in before["trades"] if not _is_old("trades", row)} <= {row[0] for row in after["trades"]}
        for name in ("balances", "positions", "circuit_breaker_events", "instruments"):
            assert after[name] == before[name], name
        coarse = [row for row in before["candles"] if row[1] != 1]
        assert [row for row in after["candles"] if row[1] != 1] == coarse
        orders = {row[0]: row for row in before["orders"]}
        stays = {number for number, row in orders.items() if row[8] in _OPEN or row[19] >= KEPT_FROM_NS}
        assert {row[0] for row in after["orders"]} == stays
        assert len(stays) < len(orders)
        assert {row[2] for row in after["order_client_ids"]} == stays
        assert {row[0] for row in after["order_terms"]} == stays

    _on(store_url, story)


def test_events_that_somebody_still_wants_stay(store_url: str) -> None:
    wanted_from = REPORTS[len(REPORTS) // 4].position
    assert wanted_from is not None

    async def story(database: Database, before: Rows) -> None:
        await _tidied(database, keep_ns=NOW_NS - KEPT_FROM_NS, held_from_seq=wanted_from.event_seq)
        after = await dump(database)
        wanted = [row for row in before["order_events"] if row[0] >= wanted_from.event_seq]
        assert after["order_events"][-len(wanted) :] == wanted
        assert len(wanted) <= len(after["order_events"]) < len(wanted) + _PORTION
        assert any(_is_old("order_events", row) for row in wanted)
        old_fills = [row for row in after["fills"] if _is_old("fills", row)]
        assert len(old_fills) < _PORTION, "what nobody waits for goes"

    _on(store_url, story)


def test_for_ever_is_for_ever(store_url: str) -> None:
    async def story(database: Database, before: Rows) -> None:
        await _tidied(database, keep_ns=None)
        assert await dump(database) == before

    _on(store_url, story)


def test_the_tables_go_on_from_the_same_sums(tmp_path: Path) -> None:
    more = told(41, _STEPS + 200)[len(REPORTS) :]

    async def plainly(database: Database, _: Rows) -> None:
        await SqlProjections(database).apply(more, LISTINGS)
        whole.update(await dump(database))

    async def pruned(database: Database, _: Rows) -> None:
        await _tidied(database, keep_ns=NOW_NS - KEPT_FROM_NS)
        await SqlProjections(database).apply(more, LISTINGS)
        after = await dump(database)
        assert after["balances"] == whole["balances"]
        assert after["positions"] == whole["positions"]
        young = [row for row in whole["ledger"] if not _is_old("ledger", row)]
        assert after["ledger"][-len(young) :] == young

    whole: Rows = {}
    _on(f"sqlite:///{tmp_path / 'whole.db'}", plainly)
    _on(f"sqlite:///{tmp_path / 'pruned.db'}", pruned)


def test_tables_made_again_leave_out_what_is_old(store_url: str) -> None:
    async def story(database: Database, before: Rows) -> None:
        tables = SqlProjections(database, kept_from_ns=lambda: KEPT_FROM_NS)
        await tables.begin("log")
        for begin in range(0, len(REPORTS), _PORTION):
            await tables.apply(REPORTS[begin : begin + _PORTION], LISTINGS)
        again = await dump(database)
        for name in ("order_events", "fills", "ledger", "trades"):
            assert again[name] == [row for row in before[name] if not _is_old(name, row)], name
        for name in ("balances", "positions", "orders", "order_client_ids"):
            assert again[name] == before[name], name

    _on(store_url, story)


def test_who_wants_what_is_gone_is_told_so(store_url: str) -> None:
    async def story(database: Database, _: Rows) -> None:
        history = SqlOrderHistory(database, reached=_at_once)
        account = ACCOUNTS[0]
        early = Position(3, 0, 0)
        assert await history.events_after(account, early, count_max=1)
        await _tidied(database, keep_ns=NOW_NS - KEPT_FROM_NS)
        for whose in (account, None):
            with pytest.raises(NotFoundError, match=r"after=3\.0\.0 kept_after="):
                await history.events_after(whose, early, count_max=1)
        (oldest,) = await history.events_after(account, BEGINNING, count_max=1)
        assert oldest.position is not None
        assert await history.events_after(account, oldest.position, count_max=1)

    _on(store_url, story)


def test_a_position_has_a_price_when_its_trades_are_gone(tmp_path: Path) -> None:
    async def story(database: Database, _: Rows) -> None:
        money = SqlMoneyHistory(database)
        before = {it.symbol: it.last_price for it in await money.positions(ACCOUNTS[0])}
        await database.direct.step(lambda step: step.execute("DELETE FROM trades"))
        assert {it.symbol: it.last_price for it in await money.positions(ACCOUNTS[0])} == before
        assert None not in before.values()
        assert await SqlOrderHistory(database, reached=_at_once).page(
            ACCOUNTS[0], OrderFilter(), before=None, count_max=1
        )

    _on(f"sqlite:///{tmp_path / 'store.db'}", story)


def test_a_file_does_not_grow_while_as_much_goes_as_comes(tmp_path: Path) -> None:
    path = tmp_path / "store.db"

    async def story(database: Database, _: Rows) -> None:
        await _tidied(database, keep_ns=NOW_NS - KEPT_FROM_NS)
        ((free,),) = await database.direct.rows("PRAGMA freelist_count")
        ((pages,),) = await database.direct.rows("PRAGMA page_count")
        more = told(41, _STEPS + 300)[len(REPORTS) :]
        await SqlProjections(database).apply(more, LISTINGS)
        assert free > 0
        assert await database.direct.rows("PRAGMA page_count") == [(pages,)]

    _on(f"sqlite:///{path}", story)
