"""What every store of attempts does."""

import asyncio
from dataclasses import replace
from functools import partial

from tests.contract.stores import with_store

from fairlead.adapters.stores import Database, SqlLoginAttempts
from fairlead.domain.access.lockout import Attempts

KEY = "a" * 64


def _replaced(_before: Attempts, *, by: Attempts) -> Attempts:
    return by


def _one_more(attempts: Attempts) -> Attempts:
    return replace(attempts, count=attempts.count + 1, since_ns=7)


def test_changes_of_one_key_at_once_all_count(store_url: str) -> None:
    async def story(database: Database) -> None:
        attempts = SqlLoginAttempts(database)

        seen = await asyncio.gather(*(attempts.change(KEY, _one_more) for _ in range(8)))

        assert sorted(one.count for one in seen) == list(range(1, 9))
        assert await attempts.change("b" * 64, _one_more) == Attempts(count=1, since_ns=7)

    with_store(store_url, story)


def test_what_is_cleared_begins_again(store_url: str) -> None:
    async def story(database: Database) -> None:
        attempts = SqlLoginAttempts(database)
        await attempts.change(KEY, _one_more)

        await attempts.clear(KEY)

        assert await attempts.change(KEY, lambda before: before) == Attempts()

    with_store(store_url, story)


def test_a_purge_keeps_what_is_recent_or_locked(store_url: str) -> None:
    async def story(database: Database) -> None:
        attempts = SqlLoginAttempts(database)
        kept = {"b" * 64: Attempts(count=1, since_ns=100), "c" * 64: Attempts(count=6, since_ns=1, locked_until_ns=100)}
        await attempts.change(KEY, lambda _: Attempts(count=1, since_ns=99, locked_until_ns=99))
        for key, one in kept.items():
            await attempts.change(key, partial(_replaced, by=one))

        assert await attempts.purge(before_ns=100) == 1

        for key, one in kept.items():
            assert await attempts.change(key, lambda before: before) == one
        assert await attempts.change(KEY, lambda before: before) == Attempts()

    with_store(store_url, story)
