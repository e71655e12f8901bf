"""What everything that remembers nonces does: in SQL and in memory."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from tests.contract.stores import NOW_NS, add_user, with_store

from fairlead.adapters.access import MemoryNonces
from fairlead.adapters.stores import Database, SqlApiKeys, SqlNonces
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Scope
from fairlead.errors import UnavailableError
from fairlead.ports.nonces import Nonces

NONCE = "n" * 16


def _with_nonces(store_url: str, kind: str, story: Callable[[Nonces, str, str], Awaitable[None]]) -> None:
    """Run a story with nonces and the ids of two keys."""

    async def run(database: Database) -> None:
        keys = SqlApiKeys(database)
        user = await add_user(database)
        first = ApiKey(
            key_id=f"key_{1:032x}",
            user_id=user.user_id,
            name="bot",
            scopes=frozenset({Scope.READ}),
            epoch=0,
            created_ts_ns=NOW_NS,
        )
        second = replace(first, key_id=f"key_{2:032x}")
        for key in (first, second):
            await keys.add(key, live_max=2)
        nonces: Nonces = SqlNonces(database, begin_ns=NOW_NS) if kind == "sql" else MemoryNonces(begin_ns=NOW_NS)
        await story(nonces, first.key_id, second.key_id)

    with_store(store_url, run)


@pytest.mark.parametrize("kind", ["sql", "memory"])
def test_a_nonce_of_a_key_is_spent_once_also_at_once(store_url: str, kind: str) -> None:
    async def story(nonces: Nonces, first: str, second: str) -> None:
        spends = (nonces.spend(first, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9) for _ in range(6))

        spent = await asyncio.gather(*spends)

        assert spent.count(True) == 1
        assert await nonces.spend(second, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9)
        assert await nonces.spend(first, "m" * 16, sent_ns=NOW_NS, until_ns=NOW_NS + 9)

    _with_nonces(store_url, kind, story)


@pytest.mark.parametrize("kind", ["sql", "memory"])
def test_a_purge_forgets_what_is_over_and_nothing_else(store_url: str, kind: str) -> None:
    async def story(nonces: Nonces, first: str, second: str) -> None:
        await nonces.spend(first, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9)
        await nonces.spend(second, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 5)

        assert await nonces.purge(before_ns=NOW_NS + 5) == 0
        assert await nonces.purge(before_ns=NOW_NS + 9) == 1
        assert not await nonces.spend(first, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9)
        assert await nonces.purge(before_ns=NOW_NS + 10) == 1
        assert await nonces.spend(first, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9)

    _with_nonces(store_url, kind, story)


@pytest.mark.parametrize("kind", ["sql", "memory"])
def test_what_may_have_come_to_an_earlier_service_is_refused(store_url: str, kind: str) -> None:
    async def story(nonces: Nonces, first: str, _: str) -> None:
        assert not await nonces.spend(first, NONCE, sent_ns=NOW_NS - 1, until_ns=NOW_NS + 9)
        assert await nonces.spend(first, NONCE, sent_ns=NOW_NS, until_ns=NOW_NS + 9)

    _with_nonces(store_url, kind, story)


def test_memory_that_is_full_refuses_and_takes_again_after_a_purge() -> None:
    async def story() -> None:
        nonces = MemoryNonces(begin_ns=NOW_NS, kept_max=2)
        for nonce in ("a", "b"):
            assert await nonces.spend("key_1", nonce, sent_ns=NOW_NS, until_ns=NOW_NS)

        with pytest.raises(UnavailableError, match="max=2"):
            await nonces.spend("key_1", "c", sent_ns=NOW_NS, until_ns=NOW_NS)
        await nonces.purge(before_ns=NOW_NS + 1)
        assert await nonces.spend("key_1", "c", sent_ns=NOW_NS, until_ns=NOW_NS)

    asyncio.run(story())
