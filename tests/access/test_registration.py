"""Registering: the letter, the proof, the account, and that nobody learns who is registered."""

from pathlib import Path

import pytest
from tests.access.houses import ANN, BOB, PASSWORD, WRONG, House, in_house

from fairlead.domain.access.errors import AuthenticationError, ConflictError, ValidationError
from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret
from fairlead.ports.mailer import MailKind


def test_whoever_reads_the_letter_becomes_a_trader_with_an_account(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.registration.register(email=ANN, password=PASSWORD)
        (letter,) = house.mailer.kept
        with pytest.raises(AuthenticationError):
            await house.entry.login(email=ANN, password=PASSWORD)

        ann = await house.registration.verify(house.mailed_token())
        bob = await house.trader(BOB)

        assert (letter.to, letter.kind) == (ANN, MailKind.VERIFY)
        assert (ann.role, ann.email, ann.account) == (Role.TRADER, ANN, 1_001)
        assert bob.account == 1_002

    in_house(tmp_path, story)


def test_a_token_works_once_and_not_after_its_time(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.registration.register(email=ANN, password=PASSWORD)
        token = house.mailed_token()
        await house.registration.verify(token)
        await house.registration.register(email=BOB, password=PASSWORD)
        house.clock.pass_s(house.needs.policy.verify_s)

        for shown in (token, house.mailed_token(), Secret("guess")):
            with pytest.raises(AuthenticationError, match="wrong, used or too old"):
                await house.registration.verify(shown)
        with pytest.raises(ValidationError, match="Missing required fields: token"):
            await house.registration.verify(Secret(""))

    in_house(tmp_path, story)


def test_registering_an_address_that_has_an_account_looks_the_same_and_changes_nothing(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        house.hasher.done.clear()

        await house.registration.register(email="new@example.com", password=WRONG)
        for_new, letters = house.hasher.done.copy(), len(house.mailer.kept)
        house.hasher.done.clear()
        await house.registration.register(email=ANN.upper(), password=WRONG)

        assert house.hasher.done == for_new == ["hash"]
        assert len(house.mailer.kept) == letters + 1
        assert house.mailer.kept[-1].token is None
        assert (house.mailer.kept[-1].to, house.mailer.kept[-1].kind) == (ANN, MailKind.ALREADY_REGISTERED)
        await house.entry.login(email=ANN, password=PASSWORD)
        with pytest.raises(AuthenticationError):
            await house.entry.login(email=ANN, password=WRONG)
        # Both wrote to the store: each left one registration that is never verified.
        house.clock.pass_s(house.needs.policy.verify_s + 1)
        assert await house.needs.users.purge(before_ns=house.clock.ns) == 2

    in_house(tmp_path, story)


def test_the_latest_registration_of_an_address_is_the_one_that_waits(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.registration.register(email=ANN, password=WRONG)
        earlier = house.mailed_token()
        await house.registration.register(email=ANN, password=PASSWORD)

        with pytest.raises(AuthenticationError):
            await house.registration.verify(earlier)
        await house.registration.verify(house.mailed_token())

        await house.entry.login(email=ANN, password=PASSWORD)

    in_house(tmp_path, story)


def test_missing_and_wrong_fields_are_named(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        with pytest.raises(ValidationError) as refused:
            await house.registration.register(email="", password=Secret(""))
        assert str(refused.value) == "VALIDATION_ERROR: Missing required fields: email, password"
        with pytest.raises(ValidationError, match="email is not an address"):
            await house.registration.register(email="ann", password=PASSWORD)
        with pytest.raises(ValidationError, match="password too short"):
            await house.registration.register(email=ANN, password=Secret("short"))
        assert house.mailer.kept == ()
        assert house.hasher.done == []

    in_house(tmp_path, story)


def test_the_first_operator_is_made_at_once_and_its_address_is_taken(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        operator = await house.operator()

        principal = await house.entry.authenticate(
            (await house.entry.login(email=operator.email, password=PASSWORD)).access
        )

        assert (principal.role, principal.account) == (Role.OPERATOR, operator.account)
        with pytest.raises(ConflictError, match="has an account"):
            await house.operator("OPS@example.com")

    in_house(tmp_path, story)
