"""An empty store for one test, and the records that fill it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from sqlalchemy import text

from fairlead.adapters.stores import Database, SqlUsers, migrate, open_database
from fairlead.domain.access.people import NewUser, PendingUser, User
from fairlead.domain.access.roles import Role

NOW_NS = 1_700_000_000_000_000_000


@asynccontextmanager
async def empty_store(url: str) -> AsyncIterator[Database]:
    """Open a store with tables and nothing in them."""
    database = open_database(url)
    try:
        if url.startswith("postgresql"):
            async with database.write() as step:
                await step.execute(text("DROP SCHEMA public CASCADE"))
                await step.execute(text("CREATE SCHEMA public"))
        await migrate(database)
        yield database
    finally:
        await database.close()


def with_store(url: str, story: Callable[[Database], Awaitable[None]]) -> None:
    """Run one story on an empty store."""

    async def run() -> None:
        async with empty_store(url) as database:
            await story(database)

    asyncio.run(run())


def new_user(number: int = 1, *, email: str | None = None) -> NewUser:
    """Return a user whose names come from ``number``."""
    address = f"User{number}@example.com" if email is None else email
    return NewUser(
        user_id=f"usr_{number:032x}",
        email=address,
        email_key=address.lower(),
        password_hash=f"hash-{number}",
        role=Role.TRADER,
        created_ts_ns=NOW_NS,
    )


def pending(number: int = 1, *, email: str = "User1@example.com") -> PendingUser:
    """Return a waiting registration whose token comes from ``number``."""
    return PendingUser(
        token_hash=f"{number:064x}",
        email=email,
        email_key=email.lower(),
        password_hash=f"hash-{number}",
        expires_ts_ns=NOW_NS + 100,
    )


async def add_user(database: Database, number: int = 1) -> User:
    """Keep a user."""
    return await SqlUsers(database).add(new_user(number))
