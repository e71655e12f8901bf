"""Each user has an account of the exchange that nobody else has, whoever else makes accounts there."""

import asyncio
from pathlib import Path

import pytest
from tests.access.houses import House, in_house
from tests.web.fronts import FakeFront

from fairlead.adapters.stores import SqlAccountNumbers
from fairlead.errors import UnavailableError
from fairlead.services.trading import EngineAccounts


def _accounts(front: FakeFront, house: House) -> EngineAccounts:
    return EngineAccounts(front, SqlAccountNumbers(house.database), secrets=house.needs.secrets)


def test_accounts_are_made_up_to_the_number_of_the_user(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        front = FakeFront()
        front.last_account = 0
        ann, bob = await house.trader(), await house.trader("bob@example.com")
        accounts = _accounts(front, house)

        assert await accounts.ensure(ann.user_id, ann.account) == 1_001
        assert front.last_account == 1_001
        assert await accounts.ensure(bob.user_id, bob.account) == 1_002
        assert await accounts.ensure(ann.user_id, ann.account) == 1_001
        # Another life of the service makes nothing again.
        assert await _accounts(front, house).ensure(bob.user_id, bob.account) == 1_002
        assert front.last_account == 1_002

    in_house(tmp_path, story)


@pytest.mark.parametrize("taken", [1_001, 1_002, 1_500])
def test_a_number_that_the_exchange_gave_to_somebody_else_is_never_a_users(tmp_path: Path, taken: int) -> None:
    async def story(house: House) -> None:
        front = FakeFront()
        front.last_account = taken
        users = [await house.trader(f"user{number}@example.com") for number in range(4)]
        accounts = _accounts(front, house)

        given = await asyncio.gather(*(accounts.ensure(user.user_id, user.account) for user in users))

        assert len(set(given)) == 4
        assert min(given) > taken
        assert max(given) <= front.last_account
        kept = [await house.needs.users.by_id(user.user_id) for user in users]
        assert [user.account for user in kept if user is not None] == given
        # Who comes later gets a number beyond all of these.
        late = await house.trader("late@example.com")
        assert await accounts.ensure(late.user_id, late.account) not in given

    in_house(tmp_path, story)


def test_nothing_counts_as_made_where_the_exchange_says_nothing_or_no(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        front = FakeFront()
        ann = await house.trader()
        accounts = _accounts(front, house)
        front.is_silent = True

        with pytest.raises(UnavailableError):
            await accounts.ensure(ann.user_id, ann.account)
        assert await accounts.try_ensure(ann.user_id, ann.account) == ann.account
        assert not await SqlAccountNumbers(house.database).is_made(ann.account)

        front.is_silent = False
        assert await accounts.ensure(ann.user_id, ann.account) == 1_001

    in_house(tmp_path, story)
