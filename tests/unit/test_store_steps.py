"""What SQLite waits for: a step of users is on the disk when it ends, a step of what follows the log need not be."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from fairlead.adapters.stores import open_database

FULL, NORMAL = 2, 1


def test_only_what_follows_the_log_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    async def story() -> list[int]:
        # One connection, so that each step finds what the one before left.
        database, found = open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}", pool_size=1), []
        for step in (database.write, database.follow, database.write, database.follow, database.follow, database.write):
            async with step() as connection:
                found.append((await connection.execute(text("PRAGMA synchronous"))).scalar_one())
        await database.close()
        return found

    assert asyncio.run(story()) == [FULL, NORMAL, FULL, NORMAL, NORMAL, FULL]


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async def story() -> int:
        database = open_database(f"sqlite:///{tmp_path / 'store.sqlite3'}", pool_size=1)
        async with database.write() as step:
            await step.execute(text("CREATE TABLE kept (id INTEGER)"))

        async def fail() -> None:
            async with database.follow() as step:
                await step.execute(text("INSERT INTO kept VALUES (1)"))
                raise ValueError("half-way")

        with pytest.raises(ValueError, match="half-way"):
            await fail()
        async with database.read() as view:
            count: int = (await view.execute(text("SELECT count(*) FROM kept"))).scalar_one()
        await database.close()
        return count

    assert asyncio.run(story()) == 0
