"""The paths of identity: become a user, come in, sign, go; and each way of not being let in."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.access.houses import ANN, BOB, PASSWORD, WRONG
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Principal, Role
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import SignedRequest, sign
from fairlead.web.identity import demand_own

CREDENTIALS = {"email": ANN, "password": PASSWORD.reveal()}


def signed(desk: Desk, key: dict[str, str], *, method: str, target: str, nonce: str) -> dict[str, str]:
    """Return the headers of a request that a key signs, without a body."""
    request = SignedRequest(
        key_id=key["keyId"],
        timestamp=str(desk.house.clock.now_ns() // 1_000_000),
        nonce=nonce,
        method=method,
        target=target,
        body=b"",
        signature="",
    )
    return {
        "X-Fairlead-Key": request.key_id,
        "X-Fairlead-Timestamp": request.timestamp,
        "X-Fairlead-Nonce": request.nonce,
        "X-Fairlead-Signature": sign(request, Secret(key["secret"])),
    }


def code_of(answer: httpx.Response, status: int) -> str:
    """Check the shape of a refusal and return its code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["correlationId"] == answer.headers["x-correlation-id"]
    assert body["detail"].startswith(f"{body['code']}: ")
    assert body["fix"]
    return str(body["code"])


def test_a_user_registers_comes_in_refreshes_and_goes(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        assert tokens["tokenType"] == "Bearer"
        me = await desk.get("/me", headers=bearer(tokens))
        assert me.json()["account"] == 1_001
        assert me.json()["scopes"] == ["read", "trade"]

        fresh = await desk.post("/auth/refresh", {"refreshToken": tokens["refreshToken"]})
        assert fresh.status_code == 200
        assert (await desk.client.post("/auth/logout", headers=bearer(fresh.json()))).status_code == 204
        assert code_of(await desk.get("/me", headers=bearer(fresh.json())), 401) == "AUTHENTICATION_ERROR"

    at_desk(tmp_path, story)


def test_everything_of_a_user_is_ended_at_once_by_the_user_and_by_an_admin(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann, also_ann = bearer(await desk.become()), bearer(await _login(desk, "ann@example.com"))
        bob = bearer(await desk.become("bob@example.com"))
        await desk.house.operator("root@example.com", role=Role.ADMIN)
        root = bearer(await _login(desk, "root@example.com"))

        assert (await desk.client.post("/auth/revoke", headers=ann)).status_code == 204
        for ended in (ann, also_ann):
            assert code_of(await desk.get("/me", headers=ended), 401) == "AUTHENTICATION_ERROR"
        whose = (await desk.get("/me", headers=bob)).json()["userId"]
        assert (await desk.client.post(f"/users/{whose}/revoke", headers=root)).status_code == 204
        assert code_of(await desk.get("/me", headers=bob), 401) == "AUTHENTICATION_ERROR"
        assert (await desk.get("/me", headers=root)).status_code == 200
        assert code_of(await desk.client.post("/users/usr_0/revoke", headers=root), 404) == "NOT_FOUND_ERROR"
        assert (await desk.get("/me", headers=bearer(await _login(desk, "bob@example.com")))).status_code == 200

    at_desk(tmp_path, story)


async def _login(desk: Desk, email: str) -> Any:
    return (await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})).json()


def test_a_refresh_token_that_comes_again_ends_the_session(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        body = {"refreshToken": tokens["refreshToken"]}
        fresh = (await desk.post("/auth/refresh", body)).json()
        assert code_of(await desk.post("/auth/refresh", body), 401) == "AUTHENTICATION_ERROR"
        assert code_of(await desk.get("/me", headers=bearer(fresh)), 401) == "AUTHENTICATION_ERROR"

    at_desk(tmp_path, story)


def test_registering_an_address_that_somebody_has_looks_the_same(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        first = await desk.post("/auth/register", CREDENTIALS)
        await desk.post("/auth/verify", {"token": desk.house.mailed_token().reveal()})
        again = await desk.post("/auth/register", CREDENTIALS)
        assert (again.status_code, again.content) == (first.status_code, first.content)

    at_desk(tmp_path, story)


def test_a_locked_address_says_when_to_come_back(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.become()
        wrong = {"email": ANN, "password": WRONG.reveal()}
        for _ in range(desk.house.needs.policy.failures_max):
            assert code_of(await desk.post("/auth/login", wrong), 401) == "AUTHENTICATION_ERROR"
        locked = await desk.post("/auth/login", CREDENTIALS)
        assert code_of(locked, 429) == "TOO_MANY_ATTEMPTS"
        assert int(locked.headers["retry-after"]) == desk.house.needs.policy.locked_s
        desk.house.clock.pass_s(int(locked.headers["retry-after"]))
        assert (await desk.post("/auth/login", CREDENTIALS)).status_code == 200

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic YW5uOng="},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Bearer " + "a" * 5_000},
        {"X-Fairlead-Key": "key_" + "0" * 32},
    ],
)
def test_what_is_no_proof_lets_nobody_in(tmp_path: Path, headers: dict[str, str]) -> None:
    async def story(desk: Desk) -> None:
        for path in ("/me", "/api-keys"):
            answer = await desk.get(path, headers=headers)
            assert code_of(answer, 401) == "AUTHENTICATION_ERROR"
            assert answer.headers["www-authenticate"] == "Bearer"

    at_desk(tmp_path, story)


def test_other_tokens_than_the_access_token_let_nobody_in(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        refresh = {"Authorization": f"Bearer {tokens['refreshToken']}"}
        assert code_of(await desk.get("/me", headers=refresh), 401) == "AUTHENTICATION_ERROR"
        twice = [("Authorization", f"Bearer {tokens['accessToken']}")] * 2
        assert code_of(await desk.get("/me", headers=twice), 401) == "AUTHENTICATION_ERROR"
        desk.house.clock.pass_s(1_000)
        assert code_of(await desk.get("/me", headers=bearer(tokens)), 401) == "AUTHENTICATION_ERROR"

    at_desk(tmp_path, story)


def test_a_key_signs_once_for_one_target_and_makes_no_keys(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        made = await desk.post("/api-keys", {"name": "bot", "scopes": ["read"]}, headers=bearer(tokens))
        assert made.status_code == 201, made.text
        key = made.json()
        headers = signed(desk, key, method="GET", target="/me?x=1", nonce="n" * 16)
        me = await desk.get("/me?x=1", headers=headers)
        assert me.status_code == 200, me.text
        assert (me.json()["keyId"], me.json()["scopes"]) == (key["keyId"], ["read"])
        assert code_of(await desk.get("/me?x=1", headers=headers), 401) == "AUTHENTICATION_ERROR"
        other = signed(desk, key, method="GET", target="/me?x=1", nonce="m" * 16)
        assert code_of(await desk.get("/me?x=2", headers=other), 401) == "AUTHENTICATION_ERROR"
        lists = signed(desk, key, method="GET", target="/api-keys", nonce="o" * 16)
        assert code_of(await desk.get("/api-keys", headers=lists), 403) == "AUTHORIZATION_ERROR"
        both = signed(desk, key, method="GET", target="/me", nonce="p" * 16) | bearer(tokens)
        assert code_of(await desk.get("/me", headers=both), 401) == "AUTHENTICATION_ERROR"

    at_desk(tmp_path, story)


def test_a_key_may_do_what_its_scopes_say_and_no_more(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        key = (await desk.post("/api-keys", {"name": "bot", "scopes": ["trade"]}, headers=bearer(tokens))).json()
        headers = signed(desk, key, method="GET", target="/me", nonce="n" * 16)
        assert code_of(await desk.get("/me", headers=headers), 403) == "AUTHORIZATION_ERROR"

    at_desk(tmp_path, story)


def test_a_key_is_listed_without_its_secret_and_taken_back_by_its_owner_only(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann, bob = await desk.become(), await desk.become(BOB)
        key = (await desk.post("/api-keys", {"name": "bot", "scopes": ["read"]}, headers=bearer(ann))).json()
        listed = await desk.get("/api-keys", headers=bearer(ann))
        assert [line["keyId"] for line in listed.json()["keys"]] == [key["keyId"]]
        assert key["secret"] not in listed.text
        path = f"/api-keys/{key['keyId']}"
        assert code_of(await desk.client.delete(path, headers=bearer(bob)), 404) == "NOT_FOUND_ERROR"
        assert (await desk.client.delete(path, headers=bearer(ann))).status_code == 204
        headers = signed(desk, key, method="GET", target="/me", nonce="n" * 16)
        assert code_of(await desk.get("/me", headers=headers), 401) == "AUTHENTICATION_ERROR"

    at_desk(tmp_path, story)


def test_a_scope_that_the_role_has_not_is_refused_with_those_it_has(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        answer = await desk.post("/api-keys", {"name": "bot", "scopes": ["admin"]}, headers=bearer(tokens))
        assert code_of(answer, 400) == "VALIDATION_ERROR"
        assert (answer.json()["field"], answer.json()["limit"]) == ("scopes", "read, trade")

    at_desk(tmp_path, story)


def test_the_user_id_of_another_is_refused_whoever_asks() -> None:
    ann = Principal(user_id="usr_" + "a" * 32, account=1_001, role=Role.ADMIN, scopes=frozenset())
    demand_own(ann, "usr_" + "a" * 32)
    for other in ("usr_" + "b" * 32, "", hashlib.sha256(b"").hexdigest()):
        with pytest.raises(AuthorizationError):
            demand_own(ann, other)


def test_a_forgotten_password_is_replaced_by_letter(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        answers = [await desk.post("/auth/forgot-password", {"email": email}) for email in ("no@example.com", ANN)]
        assert [(answer.status_code, answer.json()) for answer in answers] == [(202, {"status": "LETTER_SENT"})] * 2
        wish = {"token": desk.house.mailed_token().reveal(), "password": "harbour-lantern-77"}

        assert (await desk.post("/auth/reset-password", wish)).status_code == 204
        again = await desk.post("/auth/reset-password", wish)
        assert (again.status_code, again.json()["code"]) == (401, "AUTHENTICATION_ERROR")
        assert (await desk.get("/me", headers=bearer(tokens))).status_code == 401
        login = await desk.post("/auth/login", {"email": ANN, "password": wish["password"]})
        assert login.status_code == 200

    at_desk(tmp_path, story)
