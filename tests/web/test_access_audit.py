"""What people did is written down: who came in and went, whose proofs were ended, and what was ordered by whom."""

from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import BOB, PASSWORD, WRONG
from tests.web.desks import Desk, at_desk, bearer
from tests.web.knocks import knock

from fairlead.domain.access.roles import Role
from fairlead.errors import UnavailableError

_HALT = "/markets/BTC-USD/halt"


async def _as(desk: Desk, role: Role, email: str) -> dict[str, str]:
    await desk.house.operator(email, role=role)
    answer = await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})
    return bearer(answer.json())


async def _told(desk: Desk, headers: dict[str, str], query: str = "") -> list[dict[str, Any]]:
    answer = await desk.get(f"/audit/access{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


def test_who_came_in_and_went_is_told(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        ann = bearer(tokens := await desk.become())
        me = (await desk.get("/me", headers=ann)).json()["userId"]
        made = await desk.post("/api-keys", {"name": "bot", "scopes": ["read"]}, headers=ann)
        key = made.json()["keyId"]
        assert (await desk.client.delete(f"/api-keys/{key}", headers=ann)).status_code == 204
        assert (await desk.client.delete(f"/api-keys/{'key_' + '0' * 32}", headers=ann)).status_code == 404
        for email in ("Ann@example.com", "nobody@example.com"):
            wrong = await desk.post("/auth/login", {"email": email, "password": WRONG.reveal()})
            assert wrong.status_code == 401
        await desk.post("/auth/refresh", {"refreshToken": tokens["refreshToken"]})
        await desk.post("/auth/refresh", {"refreshToken": tokens["refreshToken"]})
        again = bearer(
            (await desk.post("/auth/login", {"email": "Ann@example.com", "password": PASSWORD.reveal()})).json()
        )
        assert (await desk.client.post("/auth/logout", headers=again)).status_code == 204
        found = await _told(desk, eyes, f"?userId={me}")
        assert [it["action"] for it in reversed(found)] == [
            "USER_MADE",
            "LOGIN",
            "KEY_MADE",
            "KEY_REVOKED",
            "LOGIN_FAILED",
            "TOKEN_REUSED",
            "LOGIN",
            "LOGOUT",
        ]
        assert [it["subject"] for it in found if it["action"].startswith("KEY")] == [key, key]
        assert all(it["correlationId"] for it in found)
        unknown = [it for it in await _told(desk, eyes, "?action=LOGIN_FAILED") if it["userId"] is None]
        assert len(unknown) == 1
        assert PASSWORD.reveal() not in str(await _told(desk, eyes))

    at_desk(tmp_path, story)


def test_what_is_ordered_is_written_down_with_who_did_before_it_is_done(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        desk.feed.open("BTC-USD")
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        ops = await _as(desk, Role.OPERATOR, "ops@example.com")
        ann = bearer(await desk.become(BOB))
        assert (await desk.post(_HALT, {"reason": "x"}, headers=ops)).status_code == 200
        desk.venue.is_silent = True
        assert (await desk.post(_HALT, {"reason": "x"}, headers=ops)).status_code == 503
        assert (await desk.post(_HALT, {"reason": "x"}, headers=ann)).status_code == 403
        assert (await desk.get("/circuit-breaker/status")).status_code == 200
        found = await _told(desk, eyes, "?action=ORDERED")
        who = (await desk.get("/me", headers=ops)).json()["userId"]
        assert [(it["userId"], it["subject"]) for it in found] == [(who, f"POST {_HALT}")] * 2

    at_desk(tmp_path, story)


def test_where_it_cannot_be_written_down_only_what_stops_trading_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise UnavailableError("the store does not answer")

    async def story(desk: Desk) -> None:
        desk.feed.open("BTC-USD")
        ops = await _as(desk, Role.OPERATOR, "ops@example.com")
        monkeypatch.setattr(type(desk.house.needs.trail), "add", away)
        assert (await desk.post(_HALT, {"reason": "x"}, headers=ops)).status_code == 200
        kill = {"scope": "VENUE", "reason": "x"}
        assert (await desk.post("/kill-switch", kill, headers=ops)).status_code == 200
        for path, body in (("/markets/BTC-USD/resume", {"reason": "x"}), ("/kill-switch/release", kill)):
            assert (await desk.post(path, body, headers=ops)).status_code == 503
        assert [kind for kind, _, _ in desk.venue.asked] == ["Halt", "KillSwitch"]

    at_desk(tmp_path, story)


@pytest.mark.parametrize("user_id", ["zz", "usr_" + "0" * 32, "", "\u0663"])
def test_a_user_that_there_is_not_is_refused_in_both_audits(tmp_path: Path, user_id: str) -> None:
    async def story(desk: Desk) -> None:
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        answers = [
            await desk.get(path, params={"userId": user_id}, headers=eyes) for path in ("/audit", "/audit/access")
        ]
        told = [(it.status_code, it.json()["code"], it.json()["detail"]) for it in answers]
        assert told[0][:2] == (404, "NOT_FOUND_ERROR")
        assert told[1] == told[0]
        # Who did nothing yet is there.
        trader = await desk.house.trader("quiet@example.com")
        assert {it["userId"] for it in await _told(desk, eyes, f"?userId={trader.user_id}")} <= {trader.user_id}

    at_desk(tmp_path, story)


def test_it_is_read_page_by_page_by_who_may_and_asked_for_exactly(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        ops = await _as(desk, Role.OPERATOR, "ops@example.com")
        every = await _told(desk, eyes)
        assert len(every) == 4
        first = (await desk.get("/audit/access?limit=3", headers=eyes)).json()
        rest = (await desk.get(f"/audit/access?limit=3&cursor={first['nextCursor']}", headers=eyes)).json()
        assert (first["entries"] + rest["entries"], rest["nextCursor"]) == (every, None)
        ms = desk.house.clock.now_ns() // 1_000_000
        assert (await _told(desk, eyes, f"?from={ms}&to={ms}"), await _told(desk, eyes, f"?from={ms + 1}")) == (
            every,
            [],
        )
        assert await _told(desk, eyes, f"?to={ms - 1}") == []
        for query, field in (
            ("action=login", "action"),
            ("action=", "action"),
            ("from=2&to=1", "from"),
            ("cursor=x", "cursor"),
            ("account=1", "account"),
        ):
            answer = await desk.get(f"/audit/access?{query}", headers=eyes)
            assert (answer.status_code, answer.json()["field"]) == (400, field)
        assert (await desk.get("/audit/access", headers=ops)).status_code == 403
        assert (await desk.get("/audit/access")).status_code == 401

    at_desk(tmp_path, story)


def _copy(account: object, **more: object) -> dict[str, Any]:
    return {"op": "subscribe", "channels": [{"name": "drop_copy", "account": account}], **more}


async def _hear(desk: Desk, headers: dict[str, str], *said: object) -> tuple[str, list[dict[str, Any]]]:
    """Say something over a live connection; return whose it is, and the answers."""
    user: str = (await desk.get("/me", headers=headers)).json()["userId"]
    return user, (await knock(desk.app, f"/ws/{user}", list(headers.items()), say=said)).answers


def test_who_begins_to_hear_of_others_is_written_down_each_time(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        ops = await _as(desk, Role.OPERATOR, "ops@example.com")
        ended = _copy("ALL") | {"op": "unsubscribe"}
        # Asked for again while it runs, it does not begin; from another place it does.
        said = (_copy("ALL"), _copy("ALL"), _copy("ALL", resumeFrom="0.0.0"), ended, _copy(1_099))

        who, answers = await _hear(desk, ops, *said)

        assert [one.get("status") for one in answers] == [200, 200, None, 200, 200]
        found = await _told(desk, eyes, "?action=ORDERED")
        assert {it["userId"] for it in found} == {who}
        path = f"SUBSCRIBE /ws/{who} drop_copy"
        assert [it["subject"] for it in reversed(found)] == [*[f"{path} account=ALL"] * 2, f"{path} account=1099"]
        assert all(it["correlationId"] for it in found)

    at_desk(tmp_path, story)


def test_who_hears_of_themselves_or_is_refused_is_not_written_down(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        eyes = await _as(desk, Role.COMPLIANCE, "eyes@example.com")
        ann = bearer(await desk.become(BOB))
        account = (await desk.get("/me", headers=ann)).json()["account"]
        own = {"op": "subscribe", "channels": [{"name": "orders"}, {"name": "drop_copy", "account": account}]}
        _, answers = await _hear(desk, ann, own, _copy("ALL"))
        assert [(one["type"], one.get("status")) for one in answers] == [("RESPONSE", 200), ("ERROR", None)]
        assert await _told(desk, eyes, "?action=ORDERED") == []

    at_desk(tmp_path, story)


def test_nobody_hears_of_others_where_that_cannot_be_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise UnavailableError("the store does not answer")

    async def story(desk: Desk) -> None:
        ops = await _as(desk, Role.OPERATOR, "ops@example.com")
        monkeypatch.setattr(type(desk.house.needs.trail), "add", away)
        both = {"op": "subscribe", "channels": [{"name": "orders"}, {"name": "drop_copy", "account": "ALL"}]}
        end = {"op": "unsubscribe", "channels": [{"name": "orders"}]}
        _, (refused, left) = await _hear(desk, ops, both, end)
        assert refused["problem"]["status"] == 503
        assert left["data"] == {"subscriptions": 0}

    at_desk(tmp_path, story)
