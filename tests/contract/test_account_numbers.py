"""What every store of account numbers does."""

import asyncio

import pytest
from tests.contract.stores import new_user, with_store

from fairlead.adapters.stores import Database, SqlAccountNumbers, SqlUsers
from fairlead.errors import NotFoundError


def test_an_account_counts_as_made_from_when_it_was_noted(store_url: str) -> None:
    async def story(database: Database) -> None:
        numbers = SqlAccountNumbers(database)
        assert not await numbers.is_made(1_001)

        await numbers.note_made([1_001, 2**32 - 1])
        await numbers.note_made([1_001])
        await numbers.note_made([])

        assert await numbers.is_made(1_001)
        assert await numbers.is_made(2**32 - 1)
        assert not await numbers.is_made(1_002)

    with_store(store_url, story)


def test_a_number_is_that_of_the_user_who_has_it(store_url: str) -> None:
    async def story(database: Database) -> None:
        numbers, users = SqlAccountNumbers(database), SqlUsers(database)
        first, second = await users.add(new_user(1)), await users.add(new_user(2))
        assert await numbers.owner(first.account) == first.user_id
        assert await numbers.owner(second.account) == second.user_id
        assert await numbers.owner(second.account + 1) is None

        other = await numbers.renumber(first.user_id, at_least=5_000)
        assert await numbers.owner(first.account) is None
        assert await numbers.owner(other) == first.user_id

    with_store(store_url, story)


def test_a_user_whose_account_was_made_keeps_its_number(store_url: str) -> None:
    async def story(database: Database) -> None:
        numbers, users = SqlAccountNumbers(database), SqlUsers(database)
        user = await users.add(new_user())
        await numbers.note_made([user.account])

        assert await numbers.renumber(user.user_id, at_least=5_000) == user.account
        assert await users.by_id(user.user_id) == user

    with_store(store_url, story)


def test_another_number_is_one_that_no_user_had(store_url: str) -> None:
    async def story(database: Database) -> None:
        numbers, users = SqlAccountNumbers(database), SqlUsers(database)
        first, second = await users.add(new_user(1)), await users.add(new_user(2))

        above = await numbers.renumber(first.user_id, at_least=1_007)
        after = await numbers.renumber(second.user_id, at_least=1_003)
        third = await users.add(new_user(3))

        assert (above, after, third.account) == (1_007, 1_008, 1_009)
        found = await users.by_id(first.user_id)
        assert found is not None
        assert found.account == 1_007
        with pytest.raises(NotFoundError, match="usr_0"):
            await numbers.renumber("usr_0", at_least=1)

    with_store(store_url, story)


def test_many_at_once_get_numbers_of_their_own(store_url: str) -> None:
    async def story(database: Database) -> None:
        numbers, users = SqlAccountNumbers(database), SqlUsers(database)
        added = [await users.add(new_user(number)) for number in range(6)]

        given = await asyncio.gather(*(numbers.renumber(user.user_id, at_least=1_004) for user in added))

        assert sorted(given) == list(range(1_007, 1_013))

    with_store(store_url, story)
