"""Who is let in: what headers prove is looked at before a connection is opened, and a no is an answer that says why."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import BOB, TestClock
from tests.web.desks import Desk, at_desk, bearer
from tests.web.knocks import Answer, knock

from fairlead.errors import UnavailableError
from fairlead.web.sockets import connection
from fairlead.web.sockets.connection import Connection
from fairlead.web.sockets.ending import EndError, Ending


async def _path(desk: Desk, tokens: dict[str, str]) -> str:
    return "/ws/" + str((await desk.get("/me", headers=bearer(tokens))).json()["userId"])


async def _knock(desk: Desk, path: str, headers: dict[str, str]) -> Answer:
    return await knock(desk.app, path, list(headers.items()))


def test_a_header_opens_the_path_of_its_user_and_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(desk: Desk) -> None:
        ann, bob = await desk.become(), await desk.become(BOB)
        mine, theirs = await _path(desk, ann), await _path(desk, bob)
        assert (await _knock(desk, mine, bearer(ann))).status == 101
        for path in (theirs, "/ws/usr_" + "0" * 32, "/ws/" + mine[4:].upper(), f"{mine}x", "/ws/%20"):
            refused = await _knock(desk, path, bearer(ann))
            assert (refused.status, refused.problem["code"]) == (403, "AUTHORIZATION_ERROR"), path
            assert refused.headers["content-type"] == "application/problem+json"
            assert refused.problem["detail"].endswith("not allowed: the user id is another's")
        assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []

    at_desk(tmp_path, story)


def test_a_header_that_proves_nothing_is_refused_whatever_the_path(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        mine = await _path(desk, ann)
        token = ann["accessToken"]
        bad = [
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Bearer "},
            {"Authorization": f"Basic {token}"},
            {"Authorization": f"Bearer {token[:-2]}"},
            {"Authorization": f"Bearer {token}", "X-Fairlead-Key": "key_" + "0" * 32},
            {"X-Fairlead-Key": "key_" + "0" * 32},
        ]
        for headers in bad:
            for path in (mine, "/ws/usr_" + "0" * 32):
                refused = await _knock(desk, path, headers)
                assert (refused.status, refused.problem["code"]) == (401, "AUTHENTICATION_ERROR"), headers
                assert refused.headers["www-authenticate"] == "Bearer"
                assert token.encode() not in refused.body
        # Whoever can set no header shows the token later.
        assert (await _knock(desk, mine, {})).status == 101

    at_desk(tmp_path, story)


def test_a_token_that_is_too_old_or_was_taken_back_opens_nothing(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann, bob = await desk.become(), await desk.become(BOB)
        mine, theirs = await _path(desk, ann), await _path(desk, bob)
        assert (await desk.client.post("/auth/logout", headers=bearer(ann))).status_code == 204
        assert (await _knock(desk, mine, bearer(ann))).status == 401
        assert (await _knock(desk, theirs, bearer(bob))).status == 101
        desk.house.clock.pass_s(16 * 60)
        assert (await _knock(desk, theirs, bearer(bob))).status == 401

    at_desk(tmp_path, story)


FAULTS = [
    (UnavailableError("10.0.0.1 does not answer"), 503, "SERVICE_UNAVAILABLE", 1013),
    (RuntimeError("a bug at 10.0.0.1"), 500, "INTERNAL_SERVER_ERROR", 1011),
]


@pytest.mark.parametrize(("error", "status", "code"), [fault[:3] for fault in FAULTS])
def test_what_does_not_answer_and_what_fails_is_no_refusal_of_the_caller(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    code: str,
) -> None:
    async def fail(*_: Any) -> None:
        raise error

    async def story(desk: Desk) -> None:
        ann = await desk.become()
        mine = await _path(desk, ann)
        monkeypatch.setattr(desk.accounts, "ensure", fail)
        refused = await _knock(desk, mine, bearer(ann))
        assert (refused.status, refused.problem["code"]) == (status, code)
        assert b"10.0.0.1" not in refused.body
        assert len([record for record in caplog.records if record.exc_info]) == 1

    at_desk(tmp_path, story)


@pytest.mark.parametrize(("error", "code"), [(fault[0], fault[3]) for fault in FAULTS])
def test_what_fails_later_ends_the_connection_by_a_code_and_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception, code: int
) -> None:
    async def fail(_: Connection) -> None:
        raise error

    async def story(desk: Desk) -> None:
        answer = await knock(desk.app)
        assert (answer.status, answer.end[:1]) == (101, (code,))
        assert "10.0.0.1" not in answer.end[1]
        (written,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert str(error) in caplog.text
        assert written.levelname == ("ERROR" if code == 1011 else "WARNING")

    monkeypatch.setattr(Connection, "run", fail)
    at_desk(tmp_path, story)


Look = Callable[[int], None]


def _watched(directory: Path, monkeypatch: pytest.MonkeyPatch, look: Look) -> tuple[int, str]:
    """Open a connection whose owner is looked at each three seconds, and return how it ends; no heartbeat helps."""
    ends = list[tuple[int, str]]()

    async def check(_: Connection) -> None:
        looks.append(len(looks))
        clocks[0].pass_s(3)
        look(looks[-1])

    async def story(desk: Desk) -> None:
        ann = await desk.become()
        mine = await _path(desk, ann)
        clocks.append(desk.house.clock)
        async with asyncio.timeout(30):
            ends.append((await knock(desk.app, mine, list(bearer(ann).items()), until="NEVER")).end)

    looks, clocks = list[int](), list[TestClock]()
    monkeypatch.setattr(Connection, "_check", check)
    for name, value in (("_LOOK_S", 0), ("_BEAT_S", 1e6)):
        monkeypatch.setattr(connection, name, value)
    at_desk(directory, story)
    return ends[0]


def _gone() -> None:
    raise EndError(Ending.NOT_AUTHENTICATED, "the session has ended")


def _away() -> None:
    raise UnavailableError("the store does not answer")


def test_whose_session_ends_is_gone_before_the_next_heartbeat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _watched(tmp_path, monkeypatch, lambda count: _gone() if count == 3 else None)[0] == 4401


def test_a_store_that_is_away_for_a_moment_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(count: int) -> None:
        if count in {1, 3, 5}:
            _away()
        elif count == 7:
            _gone()

    assert _watched(tmp_path, monkeypatch, look)[0] == 4401


def test_where_it_cannot_be_known_for_long_the_connection_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(count: int) -> None:
        if count:
            _away()

    assert _watched(tmp_path, monkeypatch, look)[0] == 1013


def test_who_is_gone_before_it_begins_hears_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _watched(tmp_path, monkeypatch, lambda _: _gone())[0] == 4401


@pytest.mark.parametrize("path", ["/wsx", "/ws/a/b", "/", "/orders", "/ws/" + "u" * 65, "/WS"])
def test_a_path_of_no_live_connection_is_not_found(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        refused = await knock(desk.app, path)
        assert (refused.status, refused.problem["code"]) == (404, "NOT_FOUND_ERROR")

    at_desk(tmp_path, story)
