"""What every store of users does."""

import asyncio

import pytest
from tests.contract.stores import NOW_NS, new_user, pending, with_store

from fairlead.adapters.stores import Database, SqlUsers
from fairlead.domain.access.errors import ConflictError
from fairlead.domain.access.people import User
from fairlead.errors import NotFoundError


def test_a_user_is_found_by_address_and_by_id_as_it_was_added(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)

        added = await users.add(new_user())

        assert await users.by_email("user1@example.com") == added
        assert await users.by_id(added.user_id) == added
        assert (added.email, added.epoch, added.created_ts_ns) == ("User1@example.com", 0, NOW_NS)
        assert await users.by_email("User1@example.com") is None
        assert await users.by_email("other@example.com") is None
        assert await users.by_id("usr_0") is None

    with_store(store_url, story)


def test_addresses_that_differ_in_case_are_one(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        first = await users.add(new_user(1, email="Ann@Example.com"))

        with pytest.raises(ConflictError):
            await users.add(new_user(2, email="aNN@eXAMPLE.COM"))

        assert await users.by_email("ann@example.com") == first

    with_store(store_url, story)


def test_each_user_gets_the_next_account_and_none_twice(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)

        added = await asyncio.gather(*(users.add(new_user(number)) for number in range(8)))
        with pytest.raises(ConflictError):
            await users.add(new_user(3))
        after = await users.add(new_user(9))

        assert sorted(user.account for user in added) == list(range(1_001, 1_009))
        assert after.account == 1_009

    with_store(store_url, story)


def test_of_two_users_with_one_address_at_once_one_is_kept(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        same = [new_user(number, email="ann@example.com") for number in (1, 2)]

        done = await asyncio.gather(*(users.add(user) for user in same), return_exceptions=True)

        assert [type(one) for one in done if not isinstance(one, User)] == [ConflictError]

    with_store(store_url, story)


def test_a_confirmed_registration_is_a_trader_and_its_token_works_once(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        await users.pend(pending())
        assert await users.by_email("user1@example.com") is None

        user = await users.confirm(f"{1:064x}", user_id="usr_1", ts_ns=NOW_NS)

        assert user is not None
        assert user == await users.by_email("user1@example.com")
        assert (user.role, user.account, user.password_hash) == ("trader", 1_001, "hash-1")
        assert await users.confirm(f"{1:064x}", user_id="usr_2", ts_ns=NOW_NS) is None

    with_store(store_url, story)


def test_a_registration_counts_until_its_time_and_not_at_it(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        await users.pend(pending(1, email="a@example.com"))
        await users.pend(pending(2, email="b@example.com"))

        assert await users.confirm(f"{1:064x}", user_id="usr_1", ts_ns=NOW_NS + 99) is not None
        assert await users.confirm(f"{2:064x}", user_id="usr_2", ts_ns=NOW_NS + 100) is None

    with_store(store_url, story)


def test_a_second_registration_of_an_address_takes_the_place_of_the_first(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        await users.pend(pending(1))
        await users.pend(pending(2, email="USER1@example.com"))

        assert await users.confirm(f"{1:064x}", user_id="usr_1", ts_ns=NOW_NS) is None
        user = await users.confirm(f"{2:064x}", user_id="usr_2", ts_ns=NOW_NS)

        assert user is not None
        assert user.password_hash == "hash-2"

    with_store(store_url, story)


def test_a_registration_that_lost_its_address_is_refused_and_takes_no_account(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        await users.pend(pending())
        await users.add(new_user())

        with pytest.raises(ConflictError):
            await users.confirm(f"{1:064x}", user_id="usr_9", ts_ns=NOW_NS)

        assert await users.confirm(f"{1:064x}", user_id="usr_9", ts_ns=NOW_NS) is None
        assert (await users.add(new_user(2))).account == 1_002

    with_store(store_url, story)


def test_a_hash_is_replaced_only_where_it_is_the_one_that_was_read(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        user = await users.add(new_user())

        assert not await users.set_password_hash(user.user_id, old="other", new="fresh")
        assert await users.set_password_hash(user.user_id, old=user.password_hash, new="fresh")

        found = await users.by_id(user.user_id)
        assert found is not None
        assert found.password_hash == "fresh"

    with_store(store_url, story)


def test_an_epoch_grows_by_one_each_time_also_at_once(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        user = await users.add(new_user())

        raised = await asyncio.gather(*(users.raise_epoch(user.user_id) for _ in range(4)))

        assert sorted(raised) == [1, 2, 3, 4]
        with pytest.raises(NotFoundError, match="usr_none"):
            await users.raise_epoch("usr_none")

    with_store(store_url, story)


def test_a_purge_forgets_what_is_over_and_nothing_else(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        await users.pend(pending())

        assert await users.purge(before_ns=NOW_NS + 100) == 0
        assert await users.purge(before_ns=NOW_NS + 101) == 1
        assert await users.confirm(f"{1:064x}", user_id="usr_1", ts_ns=NOW_NS) is None

    with_store(store_url, story)


def test_text_of_sql_is_only_text(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        user = await users.add(new_user())

        assert await users.by_email("' OR 1=1 --") is None
        assert await users.by_id("x'; DROP TABLE users; --") is None

        assert await users.by_id(user.user_id) == user

    with_store(store_url, story)


def test_a_user_that_is_disabled_is_still_there_and_the_first_time_stays(store_url: str) -> None:
    async def story(database: Database) -> None:
        users = SqlUsers(database)
        ann, bob = await users.add(new_user(1)), await users.add(new_user(2))
        assert ann.disabled_ts_ns is None

        disabled = await users.disable(ann.user_id, ts_ns=NOW_NS)
        assert (disabled.disabled_ts_ns, disabled.epoch) == (NOW_NS, ann.epoch + 1)
        again = await users.disable(ann.user_id, ts_ns=NOW_NS + 1)
        assert (again.disabled_ts_ns, again.epoch) == (NOW_NS, ann.epoch + 2)

        assert await users.by_email(ann.email_key) == again == await users.by_id(ann.user_id)
        assert await users.every() == [again, bob]
        with pytest.raises(NotFoundError, match="usr_none"):
            await users.disable("usr_none", ts_ns=NOW_NS)

    with_store(store_url, story)
