"""What SQLite waits for: a step of users is on the disk when it ends, a step of what follows the log need not be."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from fairlead.adapters.stores import open_database
from fairlead.adapters.stores.step import Row, Step
from fairlead.errors import UnavailableError

FULL, NORMAL = 2, 1


def test_only_what_follows_the_log_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    async def story() -> list[int]:
        # One connection of each kind, so that each step finds what the one before left.
        database = open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}", pool_size=1)
        found: list[int] = []
        for is_followed in (False, True, False, True, True, False):
            if is_followed:
                found += await database.direct.step(lambda step: step.rows("PRAGMA synchronous")[0])
            else:
                async with database.write() as connection:
                    found.append((await connection.execute(text("PRAGMA synchronous"))).scalar_one())
        await database.close()
        return found

    assert asyncio.run(story()) == [FULL, NORMAL, FULL, NORMAL, NORMAL, FULL]


def test_a_step_that_fails_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    def half(step: Step) -> None:
        step.execute("INSERT INTO kept VALUES (?)", (1,))
        raise ValueError("half-way")

    async def story() -> list[Row]:
        database = open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}", pool_size=1)
        await database.direct.step(lambda step: step.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)"))
        with pytest.raises(ValueError, match="half-way"):
            await database.direct.step(half)
        await database.direct.step(lambda step: step.execute("INSERT INTO kept VALUES (?)", (2,)))
        found = await database.direct.read(lambda view: view.rows("SELECT id FROM kept"))
        await database.close()
        return found

    assert asyncio.run(story()) == [(2,)]


def test_a_row_that_contradicts_another_is_no_outage(tmp_path: Path) -> None:
    async def story() -> None:
        database = open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}", pool_size=1)
        await database.direct.step(lambda step: step.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY)"))
        await database.direct.step(lambda step: step.execute("INSERT INTO kept VALUES (?)", (1,)))
        with pytest.raises(RuntimeError, match="contradicts another"):
            await database.direct.step(lambda step: step.execute("INSERT INTO kept VALUES (?)", (1,)))
        await database.close()

    asyncio.run(story())


def test_who_waits_too_long_for_a_lock_is_told_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"

    async def story() -> None:
        database, other = open_database(url), open_database(url, wait_ms=1)
        async with database.write():
            with pytest.raises(UnavailableError, match="why=OperationalError"):
                await other.direct.step(lambda step: step.rows("SELECT 1"))
        assert await other.direct.step(lambda step: step.rows("SELECT 1")) == [(1,)]
        await database.close()
        await other.close()

    asyncio.run(story())
