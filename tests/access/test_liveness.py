"""A live socket's owner is asked about again: expiry, logout, revocation and a larger epoch end it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.access.houses import ANN, PASSWORD, House, in_house

from fairlead.domain.access.roles import Principal, Role
from fairlead.domain.access.signing import SignedRequest, sign
from fairlead.services.access import still_counts


async def _person(house: House) -> Principal:
    return await house.entry.authenticate((await house.entry.login(email=ANN, password=PASSWORD)).access)


async def _machine(house: House, person: Principal) -> Principal:
    made = await house.desk.create(person, name="bot", scopes=["read"])
    plain = SignedRequest(
        key_id=made.key.key_id,
        timestamp=str(house.clock.ns // 1_000_000),
        nonce="nonce-0123456789",
        method="GET",
        target="/ws",
        body=b"",
        signature="",
    )
    return await house.desk.authenticate(replace(plain, signature=sign(plain, made.secret)))


async def _logs_out(house: House, person: Principal, _machine: Principal) -> None:
    await house.entry.logout(person)


async def _revokes_the_key(house: House, person: Principal, machine: Principal) -> None:
    assert machine.key_id is not None
    await house.desk.revoke(person, machine.key_id)


async def _ends_everything(house: House, person: Principal, _machine: Principal) -> None:
    await house.entry.revoke_all(person)


async def _waits(house: House, _person: Principal, _machine: Principal) -> None:
    house.clock.pass_s(900)


Deed = Callable[[House, Principal, Principal], Awaitable[None]]


@pytest.mark.parametrize(
    ("deed", "left"),
    [
        (_logs_out, [False, True]),
        (_revokes_the_key, [True, False]),
        (_ends_everything, [False, False]),
        (_waits, [False, True]),
    ],
)
def test_who_was_let_in_is_out_after_what_ends_it_and_not_before(tmp_path: Path, deed: Deed, left: list[bool]) -> None:
    async def story(house: House) -> None:
        await house.trader()
        person = await _person(house)
        machine = await _machine(house, person)
        assert [await still_counts(house.needs, who) for who in (person, machine)] == [True, True]

        await deed(house, person, machine)

        assert [await still_counts(house.needs, who) for who in (person, machine)] == left

    in_house(tmp_path, story)


def test_another_role_or_account_or_no_proof_at_all_does_not_count(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        person = await _person(house)

        for changed in (
            replace(person, role=Role.OPERATOR),
            replace(person, account=person.account + 1),
            replace(person, user_id="usr_none"),
            replace(person, session_id="ses_none"),
            replace(person, session_id=None),
            replace(person, session_id=None, key_id="key_none"),
        ):
            assert not await still_counts(house.needs, changed)

    in_house(tmp_path, story)
