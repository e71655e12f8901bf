"""Tables made step by step are the tables the program knows, and a store is opened safely or not at all."""

import asyncio
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, text
from tests.contract.stores import with_store

from fairlead.adapters.stores import Database, migrate, open_database
from fairlead.adapters.stores.every_table import METADATA
from fairlead.errors import UnavailableError, UsageError


def _differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "include_name": _is_no_partition}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), METADATA))


def _is_no_partition(name: str | None, kind: str, _: object) -> bool:
    """Whether a name is part of the form of the tables: partitions come and go."""
    partitioned = [
        table.name for table in METADATA.sorted_tables if table.dialect_options["postgresql"]["partition_by"]
    ]
    return kind != "table" or name is None or not any(name.startswith(f"{parent}_") for parent in partitioned)


def test_an_empty_store_grows_to_exactly_the_tables_that_are_known(store_url: str) -> None:
    async def story(database: Database) -> None:
        async with database.read() as view:
            assert await view.run_sync(_differences) == []

    with_store(store_url, story)


def test_a_missing_index_would_be_seen(store_url: str) -> None:
    async def story(database: Database) -> None:
        async with database.write() as step:
            await step.execute(text("DROP INDEX ix_sessions_user_id"))
        async with database.read() as view:
            assert await view.run_sync(_differences) != []

    with_store(store_url, story)


def test_checks_and_keys_of_sqlite_are_those_that_are_known(tmp_path: Path) -> None:
    made, known = tmp_path / "made.db", tmp_path / "known.db"
    with_store(f"sqlite+aiosqlite:///{made}", lambda _: asyncio.sleep(0))
    engine = create_engine(f"sqlite:///{known}")
    METADATA.create_all(engine)
    engine.dispose()

    assert _rules(made) == _rules(known)


def _rules(path: Path) -> set[tuple[str, str]]:
    """Return each table and index with the words of its definition, in an order that does not matter."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    engine.dispose()
    # A table that was written anew has its name in quotes.
    return {
        (name, " ".join(sorted(line.strip().rstrip(",") for line in sql.replace('"', "").splitlines())))
        for name, sql in rows
        if name != "alembic_version"
    }


def test_migrating_again_changes_nothing(store_url: str) -> None:
    async def story(database: Database) -> None:
        await migrate(database)
        async with database.read() as view:
            last = (await view.execute(text("SELECT last FROM account_numbers"))).scalars().all()
        assert last == [1_000]

    with_store(store_url, story)


def test_a_step_that_fails_leaves_nothing(store_url: str) -> None:
    async def story(database: Database) -> None:
        async def half() -> None:
            async with database.write() as step:
                await step.execute(text("UPDATE account_numbers SET last = 5000"))
                raise KeyError("half")

        with pytest.raises(KeyError):
            await half()

        async with database.read() as view:
            assert (await view.execute(text("SELECT last FROM account_numbers"))).scalar_one() == 1_000

    with_store(store_url, story)


def test_sqlite_keeps_its_promises_and_its_file_private(tmp_path: Path) -> None:
    path = tmp_path / "store.db"

    async def story(database: Database) -> None:
        async with database.read() as view:
            asked = ("journal_mode", "foreign_keys", "synchronous")
            found = [(await view.execute(text(f"PRAGMA {name}"))).scalar_one() for name in asked]
        assert found == ["wal", 1, 2]
        modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
        assert set(modes) >= {"store.db", "store.db-wal"}
        assert set(modes.values()) == {0o600}

    with_store(f"sqlite+aiosqlite:///{path}", story)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "sqlite+pysqlite:///x.db",
        "postgresql+asyncpg://me:canary-7@host/db",
        "mysql+aiomysql://root:canary-7@host/db",
        "sqlite+aiosqlite:///",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
        "postgresql+psycopg://me:canary-7@host:port/db",
    ],
)
def test_another_kind_of_store_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        open_database(url)

    assert "canary-7" not in str(refused.value)


def test_who_waits_too_long_for_a_connection_or_a_lock_is_told_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first, second = open_database(url, pool_size=1, wait_ms=1), open_database(url, pool_size=1, wait_ms=1)

    async def story() -> None:
        await migrate(first)
        async with first.write():
            with pytest.raises(UnavailableError, match="too many wait for the store"):
                async with first.read():
                    pytest.fail("there was one connection")
            with pytest.raises(UnavailableError, match="why=OperationalError"):
                async with second.write():
                    pytest.fail("somebody writes")
        async with second.write() as step:
            await step.execute(text("UPDATE account_numbers SET last = last"))
        await first.close()
        await second.close()

    asyncio.run(story())


def test_a_file_that_is_no_store_says_so_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"no database" * 100)

    with pytest.raises(UnavailableError):
        with_store(f"sqlite+aiosqlite:///{path}", lambda _: asyncio.sleep(0))

    assert path.read_bytes() == b"no database" * 100


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No such file"):
        open_database(f"sqlite+aiosqlite:///{tmp_path / 'none' / 'store.db'}")
