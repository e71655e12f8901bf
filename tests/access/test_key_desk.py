"""API keys: made by a person, shown once, limited by scope, taken back, and signed requests that count once."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.access.houses import ANN, BOB, PASSWORD, House, in_house

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError, ConflictError, ValidationError
from fairlead.domain.access.policy import AccessPolicy
from fairlead.domain.access.roles import Permission, Principal, Scope, may
from fairlead.domain.access.signing import SignedRequest, sign
from fairlead.errors import NotFoundError
from fairlead.services.access import NewApiKey


async def _person(house: House, email: str = ANN) -> Principal:
    await house.trader(email)
    return await house.entry.authenticate((await house.entry.login(email=email, password=PASSWORD)).access)


def _signed(
    house: House, made: NewApiKey, *, nonce: str = "nonce-0123456789", target: str = "/orders"
) -> SignedRequest:
    plain = SignedRequest(
        key_id=made.key.key_id,
        timestamp=str(house.clock.ns // 1_000_000),
        nonce=nonce,
        method="GET",
        target=target,
        body=b"",
        signature="",
    )
    return replace(plain, signature=sign(plain, made.secret))


async def _refused(house: House, request: SignedRequest) -> str:
    with pytest.raises(AuthenticationError) as refused:
        await house.desk.authenticate(request)
    assert str(refused.value) == (
        "AUTHENTICATION_ERROR: signed request does not count: check key, clock, nonce and canonical text"
    )
    return refused.value.cause


def test_a_signed_request_says_who_asks_within_the_scopes_of_its_key(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await _person(house)
        made = await house.desk.create(ann, name="bot", scopes=["read"])

        who = await house.desk.authenticate(_signed(house, made))

        assert (who.user_id, who.account, who.key_id) == (ann.user_id, ann.account, made.key.key_id)
        assert who.scopes == {Scope.READ}
        assert may(who, Permission.READ_OWN)
        assert not may(who, Permission.TRADE_OWN)
        assert await house.desk.list_keys(ann) == [made.key]

    in_house(tmp_path, story)


def test_a_request_counts_once_and_a_changed_one_never(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        made = await house.desk.create(await _person(house), name="bot", scopes=["read", "trade"])
        request = _signed(house, made)

        assert await _refused(house, replace(request, target="/orders/1")) == "signature"
        await house.desk.authenticate(request)
        assert await _refused(house, request) == "replayed"
        house.clock.pass_s(30)
        assert await _refused(house, request) == "replayed"
        house.clock.pass_s(1)
        assert await _refused(house, request) == "timestamp too old"
        await house.desk.authenticate(_signed(house, made, nonce="nonce-9876543210"))

    in_house(tmp_path, story)


def test_an_unknown_key_gets_the_same_answer(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        made = await house.desk.create(await _person(house), name="bot", scopes=["read"])
        unknown = replace(made.key, key_id=f"key_{7:032x}")
        derived = NewApiKey(key=unknown, secret=house.needs.vault.secret_of(unknown.key_id))

        assert await _refused(house, _signed(house, replace(derived, secret=made.secret))) == "unknown key"
        assert await _refused(house, _signed(house, derived)) == "unknown key"

    in_house(tmp_path, story)


def test_a_key_ends_when_it_is_taken_back_expires_or_its_user_ends_everything(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await _person(house)
        gone = await house.desk.create(ann, name="gone", scopes=["read"])
        short = await house.desk.create(ann, name="short", scopes=["read"], expires_ts_ns=house.clock.ns + 10**10)
        stays = await house.desk.create(ann, name="stays", scopes=["read"])

        await house.desk.revoke(ann, gone.key.key_id)
        await house.desk.revoke(ann, gone.key.key_id)
        assert await _refused(house, _signed(house, gone)) == "revoked or expired key"
        await house.desk.authenticate(_signed(house, short))
        house.clock.pass_s(10)
        assert await _refused(house, _signed(house, short)) == "revoked or expired key"
        await house.desk.authenticate(_signed(house, stays))
        await house.entry.revoke_all(ann)
        assert await _refused(house, _signed(house, stays, nonce="nonce-9876543210")) == "revoked or expired key"

    in_house(tmp_path, story)


def test_a_key_of_another_user_is_as_one_that_does_not_exist(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann, bob = await _person(house), await _person(house, BOB)
        made = await house.desk.create(ann, name="bot", scopes=["read"])
        texts = []
        for key_id in (made.key.key_id, f"key_{7:032x}"):
            with pytest.raises(NotFoundError) as refused:
                await house.desk.revoke(bob, key_id)
            texts.append(str(refused.value).replace(key_id, "ID"))

        assert texts[0] == texts[1]
        assert await house.desk.list_keys(bob) == []
        await house.desk.authenticate(_signed(house, made))

    in_house(tmp_path, story)


def test_a_key_makes_lists_and_revokes_no_keys_and_has_no_session(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        made = await house.desk.create(await _person(house), name="bot", scopes=["read", "trade"])
        machine = await house.desk.authenticate(_signed(house, made))

        with pytest.raises(AuthorizationError):
            await house.desk.create(machine, name="more", scopes=["trade"])
        with pytest.raises(AuthorizationError):
            await house.desk.list_keys(machine)
        with pytest.raises(AuthorizationError):
            await house.desk.revoke(machine, made.key.key_id)
        with pytest.raises(AuthorizationError):
            await house.entry.logout(machine)

    in_house(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "scopes", "after_ns", "field"),
    [
        ("", ["read"], None, "name"),
        ("n" * 65, ["read"], None, "name"),
        ("a\nb", ["read"], None, "name"),
        ("bot", [], None, "scopes"),
        ("bot", ["admin"], None, "scopes"),
        ("bot", ["read"], 0, "expiresAt"),
        ("bot", ["read"], 2**63, "expiresAt"),
    ],
)
def test_a_key_that_breaks_a_rule_is_refused(
    tmp_path: Path, name: str, scopes: list[str], after_ns: int | None, field: str
) -> None:
    async def story(house: House) -> None:
        ann = await _person(house)
        end = None if after_ns is None else house.clock.ns + after_ns

        with pytest.raises(ValidationError) as refused:
            await house.desk.create(ann, name=name, scopes=scopes, expires_ts_ns=end)

        assert refused.value.field == field
        assert await house.desk.list_keys(ann) == []

    in_house(tmp_path, story)


def test_there_are_no_more_keys_than_may_be(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        ann = await _person(house)
        first = await house.desk.create(ann, name="1", scopes=["read"])
        await house.desk.create(ann, name="2", scopes=["read"])

        with pytest.raises(ConflictError, match="too many API keys: max=2"):
            await house.desk.create(ann, name="3", scopes=["read"])
        await house.desk.revoke(ann, first.key.key_id)
        await house.desk.create(ann, name="3", scopes=["read"])

    in_house(tmp_path, story, policy=AccessPolicy(keys_max=2))
