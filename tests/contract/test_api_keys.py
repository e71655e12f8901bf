"""What every store of API keys does."""

import asyncio
from dataclasses import replace

from tests.contract.stores import NOW_NS, add_user, with_store

from fairlead.adapters.stores import Database, SqlApiKeys
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Scope


def _key(user_id: str, number: int = 1) -> ApiKey:
    return ApiKey(
        key_id=f"key_{number:032x}",
        user_id=user_id,
        name=f"bot {number}",
        scopes=frozenset({Scope.READ, Scope.TRADE}),
        epoch=0,
        created_ts_ns=NOW_NS + number,
        expires_ts_ns=NOW_NS + 1_000,
    )


def test_keys_are_found_as_they_were_added_and_only_by_their_owner(store_url: str) -> None:
    async def story(database: Database) -> None:
        keys = SqlApiKeys(database)
        ann, bob = await add_user(database, 1), await add_user(database, 2)
        first, second, other = _key(ann.user_id, 1), _key(ann.user_id, 2), _key(bob.user_id, 3)

        for key in (second, first, other):
            assert await keys.add(key, live_max=2)

        assert await keys.find(first.key_id) == first
        assert await keys.find("key_none") is None
        assert await keys.of_user(ann.user_id) == [first, second]

    with_store(store_url, story)


def test_a_key_is_taken_back_by_its_owner_only_and_the_first_time_stays(store_url: str) -> None:
    async def story(database: Database) -> None:
        keys = SqlApiKeys(database)
        ann, bob = await add_user(database, 1), await add_user(database, 2)
        key = _key(ann.user_id)
        await keys.add(key, live_max=1)

        assert not await keys.revoke(key.key_id, user_id=bob.user_id, ts_ns=NOW_NS + 3)
        assert await keys.find(key.key_id) == key
        assert await keys.revoke(key.key_id, user_id=ann.user_id, ts_ns=NOW_NS + 4)
        assert await keys.revoke(key.key_id, user_id=ann.user_id, ts_ns=NOW_NS + 5)

        assert await keys.find(key.key_id) == replace(key, revoked_ts_ns=NOW_NS + 4)

    with_store(store_url, story)


def test_no_more_keys_than_may_be_also_at_once(store_url: str) -> None:
    async def story(database: Database) -> None:
        keys = SqlApiKeys(database)
        user = await add_user(database)

        added = await asyncio.gather(*(keys.add(_key(user.user_id, number), live_max=3) for number in range(6)))

        assert added.count(True) == 3
        assert len(await keys.of_user(user.user_id)) == 3

    with_store(store_url, story)


def test_keys_that_count_no_more_leave_room(store_url: str) -> None:
    async def story(database: Database) -> None:
        keys = SqlApiKeys(database)
        user = await add_user(database)
        revoked, expired, earlier = (_key(user.user_id, number) for number in (1, 2, 3))
        await keys.add(revoked, live_max=1)
        await keys.revoke(revoked.key_id, user_id=user.user_id, ts_ns=NOW_NS)
        assert await keys.add(replace(expired, expires_ts_ns=NOW_NS + 4), live_max=1)

        assert await keys.add(replace(earlier, created_ts_ns=NOW_NS + 4), live_max=1)
        assert not await keys.add(_key(user.user_id, 5), live_max=1)
        assert await keys.add(replace(_key(user.user_id, 6), epoch=1), live_max=1)

    with_store(store_url, story)
