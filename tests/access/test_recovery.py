"""A forgotten password: a letter that works once and not for long, ends every proof, and tells nobody who is here."""

import asyncio
from pathlib import Path

import pytest
from tests.access.houses import ANN, BOB, PASSWORD, WRONG, House, in_house

from fairlead.domain.access.errors import AuthenticationError, LockedOutError, ValidationError
from fairlead.domain.access.secret import Secret
from fairlead.ports.mailer import MailKind
from fairlead.services.access import Recovery

FRESH = Secret("harbour-lantern-77")
OTHER = Secret("copper-meadow-31")


async def _token(house: House, email: str = ANN) -> Secret:
    await Recovery(house.needs).forgot(email=email)
    return house.mailed_token()


async def _refused(house: House, token: Secret, cause: str) -> None:
    with pytest.raises(AuthenticationError, match="wrong, used or too old") as refused:
        await Recovery(house.needs).reset(token=token, password=OTHER)
    assert refused.value.cause == f"reset: {cause}"


def test_who_reads_the_letter_chooses_another_password_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        token = await _token(house)
        assert (house.mailer.kept[-1].to, house.mailer.kept[-1].kind) == (ANN, MailKind.RESET)

        await Recovery(house.needs).reset(token=token, password=FRESH)

        await house.entry.login(email=ANN, password=FRESH)
        with pytest.raises(AuthenticationError):
            await house.entry.login(email=ANN, password=PASSWORD)
        await _refused(house, token, "forged or used")
        await house.entry.login(email=ANN, password=FRESH)

    in_house(tmp_path, story)


def test_every_session_and_key_of_before_ends(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        bob = await house.trader(BOB)
        his = await house.entry.login(email=BOB, password=PASSWORD)
        await house.entry.authenticate(pair.access)

        await Recovery(house.needs).reset(token=await _token(house), password=FRESH)

        for ended in (house.entry.authenticate(pair.access), house.entry.refresh(pair.refresh)):
            with pytest.raises(AuthenticationError):
                await ended
        assert (await house.entry.authenticate(his.access)).user_id == bob.user_id

    in_house(tmp_path, story)


def test_a_token_ends_with_its_time_with_any_other_change_and_with_its_user(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()
        token = await _token(house)
        house.clock.pass_s(house.needs.policy.reset_s - 1)
        with pytest.raises(ValidationError):
            # A password that breaks a rule does not cost the token.
            await Recovery(house.needs).reset(token=token, password=Secret("short"))
        house.clock.pass_s(1)
        await _refused(house, token, "too old")

        token = await _token(house)
        await house.needs.users.raise_epoch(ann.user_id)
        await _refused(house, token, "forged or used")

        token = await _token(house)
        await house.needs.users.disable(ann.user_id, ts_ns=house.clock.now_ns())
        await _refused(house, token, "forged or used")
        assert (await house.needs.users.by_id(ann.user_id)) is not None

    in_house(tmp_path, story)


def test_a_token_of_one_is_none_of_another_and_cannot_be_made_longer(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        bob = await house.trader(BOB)
        owner, until, proof = (await _token(house)).reveal().split(".")
        for forged in (
            f"{bob.user_id}.{until}.{proof}",
            f"{owner}.{int(until) + 1}.{proof}",
            f"{owner}.{until}.{proof[:-1]}",
            f"{owner}.{until}.",
            f"{owner}.{until}.é",
        ):
            await _refused(house, Secret(forged), "forged or used")
        for nothing in (
            "guess",
            f"{owner}.x.{proof}",
            f"usr_{'0' * 32}.{until}.{proof}",
            f"{owner}.{'9' * 40}.{proof}",
        ):
            await _refused(house, Secret(nothing), "no token of ours")

    in_house(tmp_path, story)


def test_of_two_at_once_one_counts(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        token, desk = await _token(house), Recovery(house.needs)
        done = await asyncio.gather(
            desk.reset(token=token, password=FRESH), desk.reset(token=token, password=OTHER), return_exceptions=True
        )
        assert [type(one) for one in done].count(AuthenticationError) == 1
        assert done.count(None) == 1

    in_house(tmp_path, story)


def test_whoever_asks_learns_nothing_about_an_address(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()
        desk, before = Recovery(house.needs), len(house.mailer.kept)
        for email in (ANN, "nobody@example.com"):
            for _ in range(house.needs.policy.failures_max):
                assert (await desk.forgot(email=email)) is None  # type: ignore[func-returns-value]
            with pytest.raises(LockedOutError) as refused:
                await desk.forgot(email=email.upper())
            assert refused.value.retry_after_s == house.needs.policy.locked_s
        letters = house.mailer.kept[before:]
        assert len(letters) == 2 * house.needs.policy.failures_max
        assert {letter.kind for letter in letters if letter.to == "nobody@example.com"} == {MailKind.NO_ACCOUNT}
        assert all((letter.token is None) == (letter.kind is MailKind.NO_ACCOUNT) for letter in letters)

        await house.needs.users.disable(ann.user_id, ts_ns=house.clock.now_ns())
        house.clock.pass_s(house.needs.policy.locked_s)
        await desk.forgot(email=ANN)
        assert house.mailer.kept[-1].kind is MailKind.NO_ACCOUNT
        with pytest.raises(ValidationError):
            await desk.forgot(email="no address")

    in_house(tmp_path, story)


def test_letters_do_not_lock_logins_and_a_reset_unlocks_them(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        tokens = [await _token(house) for _ in range(house.needs.policy.failures_max)]
        await house.entry.login(email=ANN, password=PASSWORD)
        for _ in range(house.needs.policy.failures_max):
            with pytest.raises(AuthenticationError):
                await house.entry.login(email=ANN, password=WRONG)
        with pytest.raises(LockedOutError):
            await house.entry.login(email=ANN, password=PASSWORD)

        await Recovery(house.needs).reset(token=tokens[-1], password=FRESH)
        await house.entry.login(email=ANN, password=FRESH)

    in_house(tmp_path, story)
