"""Partitions of PostgreSQL: room ahead, nothing lost from the default, all indexes and keys, old ones dropped whole."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from tests.contract.dump import dump
from tests.contract.stores import with_store
from tests.contract.told import LISTINGS, START_NS, told

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlProjections, SqlUpkeep
from fairlead.adapters.stores.projections.periods import DAYS, MONTHS
from fairlead.errors import UnavailableError

_STEPS_MAX: Final = 100
_CHILDREN: Final = (
    "SELECT child.relname FROM pg_inherits JOIN pg_class AS child ON child.oid = inhrelid"
    " JOIN pg_class AS parent ON parent.oid = inhparent WHERE parent.relname = ? ORDER BY 1"
)
# Of a table, what its indexes are over, and to where its keys point.
_INDEXES: Final = "SELECT regexp_replace(indexdef, '^.* USING ', '') FROM pg_indexes WHERE tablename = ? ORDER BY 1"
_KEYS: Final = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(?)"


async def _tidy(database: Database, now_ns: int, *, keep_ns: int | None = None) -> None:
    upkeep = SqlUpkeep(database, keep_ns=keep_ns)
    for _ in range(_STEPS_MAX):
        if not await upkeep.tidy(now_ns):
            return
    raise AssertionError("it does not end")


async def _column(database: Database, text: str, *values: object) -> list[Any]:
    return [row[0] for row in await database.direct.rows(text, *values)]


def _on(url: str, story: Callable[[Database], Awaitable[None]]) -> None:
    async def filled(database: Database) -> None:
        tables = SqlProjections(database)
        await tables.begin("log")
        await tables.apply(told(7, 150), LISTINGS)
        await story(database)

    with_store(url, filled)


def test_partitions_are_there_before_their_time(postgres_url: str) -> None:
    async def story(database: Database) -> None:
        # The last day of a year.
        now_ns = 1_735_603_200_000_000_000
        await _tidy(database, now_ns)
        assert await _column(database, _CHILDREN, "trades") >= ["trades_2024_12", "trades_2025_01", "trades_2025_02"]
        await _tidy(database, now_ns)
        months, days = await _column(database, _CHILDREN, "trades"), await _column(database, _CHILDREN, "position_days")
        assert months == ["trades_2024_12", "trades_2025_01", "trades_2025_02", "trades_default"]
        assert days[0] == "position_days_2024_12_31"
        assert days[-2:] == ["position_days_2025_01_07", "position_days_default"]
        assert len(days) == 1 + 7 + 1

    with_store(postgres_url, story)


def test_what_the_default_has_moves_and_is_the_same(postgres_url: str) -> None:
    async def story(database: Database) -> None:
        before = await dump(database)
        assert await _column(database, "SELECT count(*) FROM trades_default") == [len(before["trades"])]
        await _tidy(database, START_NS)
        assert await _column(database, "SELECT count(*) FROM trades_default") == [0]
        assert await _column(database, "SELECT count(*) FROM position_days_default") == [0]
        assert await dump(database) == before
        name = f"trades_{MONTHS.of(START_NS).name}"
        assert await _column(database, f"SELECT count(*) > 0 FROM {name}") == [True]
        # What comes now goes where it belongs at once.
        await SqlProjections(database).apply(told(7, 200), LISTINGS)
        assert await _column(database, f"SELECT count(*) FROM {name} WHERE ts_ns < ?", START_NS) == [0]

    _on(postgres_url, story)


def test_indexes_and_keys_are_those_of_the_table(postgres_url: str) -> None:
    async def story(database: Database) -> None:
        key = "ALTER TABLE trades ADD CONSTRAINT fk_known FOREIGN KEY (symbol) REFERENCES known"
        for text in ("CREATE TABLE known (symbol varchar(36) PRIMARY KEY)", key):
            await database.direct.step(lambda step, text=text: step.execute(text))  # type: ignore[misc]
        await _tidy(database, START_NS)
        for table, periods in (("trades", MONTHS), ("position_days", DAYS)):
            child = f"{table}_{periods.of(START_NS).name}"
            indexes = await _column(database, _INDEXES, child)
            assert indexes
            assert indexes == await _column(database, _INDEXES, f"{table}_default")
            assert await _column(database, _KEYS, child) == await _column(database, _KEYS, table)
        assert await _column(database, _KEYS, "trades") != []

    with_store(postgres_url, story)


def test_a_move_that_fails_moves_nothing(postgres_url: str) -> None:
    async def story(database: Database) -> None:
        before = await dump(database)
        # Somebody has the name.
        name = f"trades_{MONTHS.of(START_NS).name}"
        await database.direct.step(lambda step: step.execute(f"CREATE TABLE {name} (other integer)"))
        with pytest.raises(UnavailableError):
            await SqlUpkeep(database).tidy(START_NS)
        assert await dump(database) == before

    _on(postgres_url, story)


def test_partitions_are_dropped_when_all_of_them_is_old(postgres_url: str) -> None:
    async def story(database: Database) -> None:
        before = await dump(database)
        days = sorted({row[2] for row in before["position_days"]})
        assert len(days) > 2, "the story of the test goes over days"
        await _tidy(database, START_NS)
        # A little of the second day is kept, so the day is kept whole.
        kept_from_ns = days[1] + 1
        await _tidy(database, days[-1], keep_ns=days[-1] - kept_from_ns)
        after = await dump(database)
        assert after["position_days"] == [row for row in before["position_days"] if row[2] >= days[1]]
        assert after["trades"] == before["trades"]
        assert after["positions"] == before["positions"]
        assert after["balances"] == before["balances"]

    _on(postgres_url, story)


def test_sqlite_has_none(tmp_path: Path) -> None:
    async def story(database: Database) -> None:
        assert not await SqlUpkeep(database).tidy(START_NS)

    with_store(f"sqlite:///{tmp_path / 'store.db'}", story)
