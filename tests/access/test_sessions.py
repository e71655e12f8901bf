"""Coming in and going: no enumeration, lockout, rotation, reuse, revocation."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.access.houses import ANN, BOB, PASSWORD, START_S, WRONG, House, in_house

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError, LockedOutError, ValidationError
from fairlead.domain.access.policy import NS_PER_S, AccessPolicy
from fairlead.domain.access.roles import Role, Scope
from fairlead.domain.access.secret import Secret
from fairlead.services.access import TokenPair, UserDesk, sweep


async def _cause(house: House, *, email: str, password: Secret = WRONG) -> AuthenticationError:
    with pytest.raises(AuthenticationError) as refused:
        await house.entry.login(email=email, password=password)
    return refused.value


async def _refused_refresh(house: House, token: Secret) -> str:
    with pytest.raises(AuthenticationError) as refused:
        await house.entry.refresh(token)
    return refused.value.cause


async def _is_in(house: House, pair: TokenPair) -> bool:
    try:
        await house.entry.authenticate(pair.access)
    except AuthenticationError:
        return False
    return True


def test_a_password_gives_a_token_that_says_who_asks(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()

        pair = await house.entry.login(email=ANN.swapcase(), password=PASSWORD)
        who = await house.entry.authenticate(pair.access)

        assert (who.user_id, who.account, who.role) == (ann.user_id, ann.account, Role.TRADER)
        assert who.scopes == {Scope.READ, Scope.TRADE}
        assert who.until_ns == pair.access_until_ns == (START_S + 900) * NS_PER_S

    in_house(tmp_path, story)


def test_an_unknown_address_and_a_wrong_password_cannot_be_told_apart(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        await _cause(house, email=BOB)  # the hash that stands in for an unknown user's is made once
        work = {}
        answers = {}
        for email in (ANN, BOB):
            house.hasher.done.clear()
            error = await _cause(house, email=email)
            work[email], answers[email] = house.hasher.done.copy(), (type(error), str(error))

        assert work[ANN] == work[BOB] == ["verify"]
        assert answers[ANN] == answers[BOB]
        assert (await _cause(house, email=ANN)).cause == "password"
        assert (await _cause(house, email=BOB)).cause == "unknown"

    in_house(tmp_path, story)


@pytest.mark.parametrize("email", [ANN, BOB])
def test_an_address_is_locked_after_five_attempts_whether_it_is_known_or_not(tmp_path: Path, email: str) -> None:
    async def story(house: House) -> None:
        await house.trader()
        for _ in range(5):
            assert not isinstance(await _cause(house, email=email), LockedOutError)
        house.hasher.done.clear()

        locked = await _cause(house, email=email.upper(), password=PASSWORD)

        assert isinstance(locked, LockedOutError)
        assert locked.retry_after_s == 900
        assert str(locked) == "TOO_MANY_ATTEMPTS: too many attempts: retry_after_s=900"
        assert house.hasher.done == []
        house.clock.pass_s(899)
        assert isinstance(await _cause(house, email=email, password=PASSWORD), LockedOutError)
        house.clock.pass_s(1)
        assert not isinstance(await _cause(house, email=email), LockedOutError)

    in_house(tmp_path, story)


def test_a_right_password_clears_what_was_counted_and_a_lock_ends_no_session(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        pairs = []
        for _ in range(3):
            for _ in range(4):
                await _cause(house, email=ANN)
            pairs.append(await house.entry.login(email=ANN, password=PASSWORD))
        causes = [await _cause(house, email=ANN) for _ in range(6)]

        assert isinstance(causes[-1], LockedOutError)
        assert await _is_in(house, pairs[-1])
        assert await _is_in(house, await house.entry.refresh(pairs[-1].refresh))

    in_house(tmp_path, story)


def test_guesses_at_once_are_counted_before_they_are_looked_at(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        await _cause(house, email=BOB)
        house.hasher.done.clear()

        await asyncio.gather(*(_cause(house, email=ANN) for _ in range(20)))

        assert house.hasher.done == ["verify"] * 5

    in_house(tmp_path, story)


def test_a_hash_with_old_settings_is_made_again_at_the_next_login(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()
        house.hasher.version = "v2"

        await house.entry.login(email=ANN, password=PASSWORD)

        found = await house.needs.users.by_id(ann.user_id)
        assert found is not None
        assert found.password_hash.startswith("v2$")

    in_house(tmp_path, story)


def test_a_refresh_token_is_exchanged_once_and_a_second_time_ends_the_session(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        other = await house.entry.login(email=ANN, password=PASSWORD)
        first = await house.entry.login(email=ANN, password=PASSWORD)
        second = await house.entry.refresh(first.refresh)
        assert await _is_in(house, second)

        assert await _refused_refresh(house, first.refresh) == "reused"

        assert not await _is_in(house, second)
        assert not await _is_in(house, first)
        assert await _refused_refresh(house, second.refresh) == "ended"
        assert await _is_in(house, other)
        assert await _is_in(house, await house.entry.refresh(other.refresh))

    in_house(tmp_path, story)


def test_of_refreshes_at_once_one_wins_and_the_reuse_is_seen(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        pair = await house.entry.login(email=ANN, password=PASSWORD)

        done = await asyncio.gather(*(house.entry.refresh(pair.refresh) for _ in range(6)), return_exceptions=True)

        won = [one for one in done if isinstance(one, TokenPair)]
        lost = [one for one in done if isinstance(one, AuthenticationError)]
        assert (len(won), len(lost)) == (1, 5)
        assert {one.cause for one in lost} <= {"reused", "ended"}
        assert "reused" in {one.cause for one in lost}
        assert await _refused_refresh(house, won[0].refresh) == "ended"
        assert not await _is_in(house, won[0])

    in_house(tmp_path, story)


def test_tokens_end_in_their_time(tmp_path: Path) -> None:
    policy = AccessPolicy(access_s=60, leeway_s=10, refresh_s=100, session_s=150)

    async def story(house: House) -> None:
        await house.trader()
        idle = await house.entry.login(email=ANN, password=PASSWORD)
        busy = await house.entry.login(email=ANN, password=PASSWORD)
        house.clock.pass_s(69)
        assert await _is_in(house, busy)
        house.clock.pass_s(1)
        assert not await _is_in(house, busy)

        house.clock.pass_s(29)
        busy = await house.entry.refresh(busy.refresh)
        house.clock.pass_s(1)
        assert await _refused_refresh(house, idle.refresh) == "ended"
        house.clock.pass_s(49)
        assert busy.refresh_until_ns == (START_S + 150) * NS_PER_S
        busy = await house.entry.refresh(busy.refresh)
        house.clock.pass_s(1)
        assert await _refused_refresh(house, busy.refresh) == "ended"
        assert not await _is_in(house, busy)

    in_house(tmp_path, story, policy=policy)


def test_logging_out_ends_one_session_at_once(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        gone = await house.entry.login(email=ANN, password=PASSWORD)
        stays = await house.entry.login(email=ANN, password=PASSWORD)

        await house.entry.logout(await house.entry.authenticate(gone.access))

        assert not await _is_in(house, gone)
        assert await _refused_refresh(house, gone.refresh) == "ended"
        assert await _is_in(house, stays)

    in_house(tmp_path, story)


def test_a_larger_epoch_ends_everything_of_one_user_and_nothing_of_another(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        await house.trader(BOB)
        anns = [await house.entry.login(email=ANN, password=PASSWORD) for _ in range(2)]
        bobs = await house.entry.login(email=BOB, password=PASSWORD)

        epoch = await house.entry.revoke_all(await house.entry.authenticate(anns[0].access))

        assert epoch == 1
        for pair in anns:
            assert not await _is_in(house, pair)
            assert await _refused_refresh(house, pair.refresh) == "ended"
        assert await _is_in(house, bobs)
        assert await _is_in(house, await house.entry.login(email=ANN, password=PASSWORD))

    in_house(tmp_path, story)


def test_a_token_of_another_epoch_or_user_than_its_session_does_not_count(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        bob = await house.trader(BOB)
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        said = dict(house.needs.signer.open(pair.access).payload)
        assert await _is_in(house, replace(pair, access=house.needs.signer.sign(said)))

        for change in ({"epoch": 1}, {"sub": bob.user_id}, {"sub": f"usr_{0:032x}"}, {"sid": f"ses_{0:032x}"}):
            forged = house.needs.signer.sign(said | change)
            assert not await _is_in(house, replace(pair, access=forged))

    in_house(tmp_path, story)


def test_only_who_manages_users_ends_the_sessions_of_others(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann, bob = await house.trader(), await house.trader(BOB)
        admin = await house.operator("root@example.com", role=Role.ADMIN)
        pairs = {email: await house.entry.login(email=email, password=PASSWORD) for email in (ANN, BOB, admin.email)}
        as_ann = await house.entry.authenticate(pairs[ANN].access)
        as_admin = await house.entry.authenticate(pairs[admin.email].access)

        with pytest.raises(AuthorizationError, match="manage_users"):
            await house.entry.revoke_all(as_ann, user_id=bob.user_id)
        assert await _is_in(house, pairs[BOB])
        await house.entry.revoke_all(as_admin, user_id=ann.user_id)

        assert not await _is_in(house, pairs[ANN])
        assert await _is_in(house, pairs[admin.email])

    in_house(tmp_path, story)


def test_missing_fields_are_named(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        with pytest.raises(ValidationError, match="Missing required fields: email, password"):
            await house.entry.login(email="", password=Secret(""))
        with pytest.raises(ValidationError, match="Missing required fields: refreshToken"):
            await house.entry.refresh(Secret(""))
        assert await _refused_refresh(house, Secret("guess")) == "unknown"

    in_house(tmp_path, story)


def test_a_sweep_forgets_what_is_over(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.trader()
        await house.registration.register(email=BOB, password=PASSWORD)
        await _cause(house, email=BOB)
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        assert await sweep(house.needs) == 0
        assert await _is_in(house, pair)
        house.clock.pass_s(house.needs.policy.session_s + 1)

        assert await sweep(house.needs) == 3
        assert await sweep(house.needs) == 0

    in_house(tmp_path, story)


def test_a_disabled_user_gets_the_answer_of_a_wrong_password(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        user = await house.trader()
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        desk = UserDesk(house.needs)
        await desk.disable(email=ANN)

        with pytest.raises(AuthenticationError) as refused:
            await house.entry.login(email=ANN, password=PASSWORD)
        with pytest.raises(AuthenticationError) as wrong:
            await house.entry.login(email=ANN, password=WRONG)
        assert str(refused.value) == str(wrong.value)
        assert (refused.value.cause, wrong.value.cause) == ("disabled", "password")
        with pytest.raises(AuthenticationError):
            await house.entry.authenticate(pair.access)
        with pytest.raises(AuthenticationError):
            await house.entry.refresh(pair.refresh)
        assert [one.user_id for one in await desk.every()] == [user.user_id]

    in_house(tmp_path, story)
