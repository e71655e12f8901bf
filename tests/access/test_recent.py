"""Proofs that were checked a moment ago: how long they count, and what ends them at once."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.access.houses import ANN, PASSWORD, House, in_house

from fairlead.domain.access.errors import AuthenticationError
from fairlead.domain.access.policy import AccessPolicy
from fairlead.domain.access.roles import Principal, Role, Scope
from fairlead.domain.access.signing import SignedRequest, sign
from fairlead.services.access import NewApiKey
from fairlead.services.access.recent import Recent

NOW_NS = 1_700_000_000_000_000_000
WHO = Principal(user_id="usr_1", account=1_001, role=Role.TRADER, scopes=frozenset({Scope.READ}), session_id="ses_1")


def test_a_proof_counts_for_a_moment_and_not_before_it_was_checked() -> None:
    recent = Recent()
    recent.put("proof", WHO, now_ns=NOW_NS)

    found = [recent.get("proof", now_ns=NOW_NS + after, age_ns_max=100) for after in (-1, 0, 99, 100)]

    assert found == [None, WHO, WHO, None]
    assert recent.get("other", now_ns=NOW_NS, age_ns_max=100) is None
    assert recent.get("proof", now_ns=NOW_NS, age_ns_max=0) is None


def test_a_proof_that_has_ended_does_not_count_however_recent() -> None:
    recent = Recent()
    recent.put("proof", replace(WHO, until_ns=NOW_NS + 10), now_ns=NOW_NS)

    assert recent.get("proof", now_ns=NOW_NS + 9, age_ns_max=100) is not None
    assert recent.get("proof", now_ns=NOW_NS + 10, age_ns_max=100) is None


def test_no_more_are_kept_than_may_be_and_the_oldest_go_first() -> None:
    recent = Recent(kept_max=2)
    for proof in ("a", "b", "a", "c"):
        recent.put(proof, WHO, now_ns=NOW_NS)

    assert [recent.get(proof, now_ns=NOW_NS, age_ns_max=1) is not None for proof in "abc"] == [True, False, True]


def test_one_user_is_forgotten_and_no_other() -> None:
    recent = Recent()
    other = replace(WHO, user_id="usr_2")
    for proof, who in (("a", WHO), ("b", other), ("c", WHO)):
        recent.put(proof, who, now_ns=NOW_NS)

    recent.forget("usr_1")

    assert [recent.get(proof, now_ns=NOW_NS, age_ns_max=1) for proof in "abc"] == [None, other, None]


@pytest.mark.parametrize(("recheck_ms", "after_ms", "counts"), [(500, 499, True), (500, 500, False), (0, 0, False)])
def test_what_another_process_revokes_counts_after_the_moment(
    tmp_path: Path, recheck_ms: int, after_ms: int, counts: bool
) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        await house.entry.authenticate(pair.access)

        await house.needs.users.raise_epoch(ann.user_id)
        house.clock.ns += after_ms * 1_000_000

        if counts:
            assert (await house.entry.authenticate(pair.access)).user_id == ann.user_id
        else:
            with pytest.raises(AuthenticationError):
                await house.entry.authenticate(pair.access)

    in_house(tmp_path, story, policy=AccessPolicy(recheck_ms=recheck_ms))


async def _made_key(house: House) -> tuple[Principal, NewApiKey]:
    await house.trader()
    ann = await house.entry.authenticate((await house.entry.login(email=ANN, password=PASSWORD)).access)
    return ann, await house.desk.create(ann, name="bot", scopes=["read"])


def _signed(house: House, made: NewApiKey, *, nonce: str) -> SignedRequest:
    plain = SignedRequest(
        key_id=made.key.key_id,
        timestamp=str(house.clock.ns // 1_000_000),
        nonce=nonce,
        method="GET",
        target="/orders",
        body=b"",
        signature="",
    )
    return replace(plain, signature=sign(plain, made.secret))


def test_a_key_that_just_signed_well_lets_no_forged_request_through(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        _, made = await _made_key(house)
        good = _signed(house, made, nonce="nonce-0123456789")
        await house.desk.authenticate(good)

        for forged in (
            replace(good, nonce="nonce-9876543210"),
            replace(good, nonce="nonce-9876543210", signature="0" * 64),
            replace(good, nonce="nonce-9876543210", body=b"more"),
        ):
            with pytest.raises(AuthenticationError) as refused:
                await house.desk.authenticate(forged)
            assert refused.value.cause == "signature"
        with pytest.raises(AuthenticationError) as refused:
            await house.desk.authenticate(good)
        assert refused.value.cause == "replayed"

    in_house(tmp_path, story)


def test_a_key_that_is_taken_back_counts_no_more_a_moment_after_it_did(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann, made = await _made_key(house)
        await house.desk.authenticate(_signed(house, made, nonce="nonce-0123456789"))

        await house.desk.revoke(ann, made.key.key_id)

        with pytest.raises(AuthenticationError) as refused:
            await house.desk.authenticate(_signed(house, made, nonce="nonce-9876543210"))
        assert refused.value.cause == "revoked or expired key"

    in_house(tmp_path, story)


def test_who_asks_at_the_same_time_asks_the_store_once() -> None:
    asked: list[int] = []

    async def story() -> None:
        recent, go = Recent(), asyncio.Event()

        async def check() -> Principal:
            asked.append(1)
            await go.wait()
            return WHO

        async def one(now_ns: int) -> Principal:
            return await recent.once("proof", check, now_ns=now_ns, age_ns_max=100)

        first, second = asyncio.create_task(one(NOW_NS)), asyncio.create_task(one(NOW_NS + 99))
        await asyncio.sleep(0)
        first.cancel()
        late = asyncio.create_task(one(NOW_NS + 100))
        await asyncio.sleep(0)
        go.set()
        assert (await second, await late) == (WHO, WHO)
        assert len(asked) == 2, "a check that began too long ago is made again"
        assert recent.get("proof", now_ns=NOW_NS + 199, age_ns_max=100) == WHO
        assert recent.get("proof", now_ns=NOW_NS + 200, age_ns_max=100) is None

    asyncio.run(story())


def test_a_check_that_began_before_something_was_taken_back_is_not_remembered() -> None:
    async def story() -> None:
        recent, go = Recent(), asyncio.Event()

        async def before() -> Principal:
            await go.wait()
            return WHO

        async def gone() -> Principal:
            raise AuthenticationError("revoked", cause="revoked")

        early = asyncio.create_task(recent.once("proof", before, now_ns=NOW_NS, age_ns_max=100))
        await asyncio.sleep(0)
        recent.forget("usr_1")
        with pytest.raises(AuthenticationError):
            await recent.once("proof", gone, now_ns=NOW_NS, age_ns_max=100)
        go.set()
        assert await early == WHO
        assert recent.get("proof", now_ns=NOW_NS, age_ns_max=100) is None

    asyncio.run(story())


def test_while_somebody_goes_on_asking_nobody_waits_for_a_check(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await house.trader()
        pair = await house.entry.login(email=ANN, password=PASSWORD)
        who = await house.entry.authenticate(pair.access)
        # Each at half the time: the check behind it has ended before the next, and none counts longer than its own.
        for _ in range(5):
            house.clock.ns += 250 * 1_000_000
            assert await house.entry.authenticate(pair.access) == who
            await _checks_end()

        await house.needs.users.raise_epoch(ann.user_id)
        house.clock.ns += 250 * 1_000_000
        assert await house.entry.authenticate(pair.access) == who, "it is remembered from the last check"
        await _checks_end()
        with pytest.raises(AuthenticationError):
            await house.entry.authenticate(pair.access)

    in_house(tmp_path, story, policy=AccessPolicy(recheck_ms=500))


async def _checks_end() -> None:
    await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()})


def test_a_proof_is_renewed_at_half_its_time_once_and_ends_all_the_same_where_no_answer_comes() -> None:
    async def story() -> None:
        recent, asked, go = Recent(), list[int](), asyncio.Event()
        recent.put("proof", WHO, now_ns=NOW_NS)

        async def check() -> Principal:
            asked.append(1)
            await go.wait()
            return WHO

        for after in (0, 49, 50, 60, 99):
            recent.renew("proof", check, now_ns=NOW_NS + after, age_ns_max=100)
            await asyncio.sleep(0)
            assert len(asked) == (after >= 50)
        assert recent.get("proof", now_ns=NOW_NS + 100, age_ns_max=100) is None
        go.set()
        await _checks_end()
        # It counts from when it was asked, not from when the answer came.
        found = [recent.get("proof", now_ns=NOW_NS + after, age_ns_max=100) for after in (149, 150)]
        assert found == [WHO, None]
        recent.renew("other", check, now_ns=NOW_NS, age_ns_max=100)
        assert len(asked) == 1, "what nobody remembers is not renewed"

    asyncio.run(story())
