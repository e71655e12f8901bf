"""What every answer has: an id to find it by, headers that keep browsers safe, and nothing of the inside."""

import asyncio
import logging
from pathlib import Path

import pytest
import yaml
from litestar import get
from tests.web.desks import Desk, at_desk
from tools import openapi

from fairlead.domain.access.errors import (
    AccessError,
    AuthenticationError,
    AuthorizationError,
    ConflictError,
    LockedOutError,
    ValidationError,
    WeakSecretError,
)
from fairlead.errors import DataError, InternalError, NotFoundError, UnavailableError, UsageError
from fairlead.web import app as application
from fairlead.web.identity import PUBLIC, is_public
from fairlead.web.routes import ROUTES

# Texts of the inside: a path, a statement, an address.
INSIDE = "/srv/venue/store.sqlite3 SELECT 10.0.0.1:5432"


@pytest.mark.parametrize("given", ["abc", "A-b_c.9", "x" * 64])
def test_the_id_of_the_caller_comes_back(tmp_path: Path, given: str) -> None:
    async def story(desk: Desk) -> None:
        for path in ("/time", "/nowhere", "/me"):
            answer = await desk.get(path, headers={"X-Correlation-Id": given})
            assert answer.headers.get_list("x-correlation-id") == [given]

    at_desk(tmp_path, story)


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\tb", "a;b", '<script>"', "é".encode("latin-1")])
def test_an_id_of_other_characters_is_not_taken(tmp_path: Path, given: str | bytes) -> None:
    async def story(desk: Desk) -> None:
        answers = [await desk.get("/time", headers={b"X-Correlation-Id": given}) for _ in range(2)]
        ids = {answer.headers["x-correlation-id"] for answer in answers}
        assert len(ids) == 2
        assert all(len(one) == 32 and set(one) <= set("0123456789abcdef") for one in ids)

    at_desk(tmp_path, story)


def test_every_answer_has_the_headers_that_keep_browsers_safe(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for path in ("/time", "/nowhere", "/me"):
            headers = (await desk.get(path, headers={"Origin": "https://evil.example"})).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert headers["content-security-policy"].startswith("default-src 'none'")
            assert "access-control-allow-origin" not in headers

    at_desk(tmp_path, story)


def test_only_the_pages_of_the_configuration_may_read_answers(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ours = await desk.get("/time", headers={"Origin": "https://desk.example"})
        assert ours.headers["access-control-allow-origin"] == "https://desk.example"
        for origin in ("https://evil.example", "https://desk.example.evil.example", "null"):
            answer = await desk.get("/time", headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers

    at_desk(tmp_path, story, allowed_origins=("https://desk.example",))


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (ValidationError("x", field="email"), 400, "VALIDATION_ERROR"),
        (UsageError("x"), 400, "VALIDATION_ERROR"),
        (AuthenticationError("x", cause="y"), 401, "AUTHENTICATION_ERROR"),
        (AuthorizationError("x"), 403, "AUTHORIZATION_ERROR"),
        (NotFoundError("x"), 404, "NOT_FOUND_ERROR"),
        (ConflictError("x"), 409, "CONFLICT_ERROR"),
        (LockedOutError(retry_after_s=7), 429, "TOO_MANY_ATTEMPTS"),
        (UnavailableError(INSIDE), 503, "SERVICE_UNAVAILABLE"),
        (DataError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
        (InternalError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
        (WeakSecretError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
        (AccessError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
        (ZeroDivisionError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
        (KeyError(INSIDE), 500, "INTERNAL_SERVER_ERROR"),
    ],
)
def test_each_error_has_one_answer_and_none_tells_of_the_inside(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    status: int,
    code: str,
) -> None:
    @get("/planted", opt=PUBLIC)
    async def planted() -> None:
        raise error

    async def story(desk: Desk) -> None:
        answer = await desk.get("/planted")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert INSIDE not in answer.text
        assert not any(word in answer.text for word in INSIDE.split())
        assert "Traceback" not in answer.text
        if status in {429, 503}:
            assert int(answer.headers["retry-after"]) >= 1
        if status >= 500:
            assert answer.json()["correlationId"] in caplog.text

    monkeypatch.setattr(application, "ROUTES", (planted,))
    with caplog.at_level(logging.INFO, logger="fairlead.web"):
        at_desk(tmp_path, story)


def test_a_request_that_takes_too_long_ends_with_its_outcome_in_doubt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    @get("/stuck", opt=PUBLIC)
    async def stuck() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("stuck")

    async def story(desk: Desk) -> None:
        answer = await desk.get("/stuck")
        assert (answer.status_code, answer.json()["code"]) == (503, "REQUEST_TIMEOUT")
        assert answer.json()["limit"] == "0.01 s"
        assert answer.headers["x-correlation-id"] == answer.json()["correlationId"]
        assert ended == ["stuck"]

    monkeypatch.setattr(application, "ROUTES", (stuck,))
    at_desk(tmp_path, story, timeout_s=0.01)


def test_a_route_that_says_nothing_of_who_may_call_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @get("/forgotten")
    async def forgotten() -> None:
        raise AssertionError("reached")

    async def story(desk: Desk) -> None:
        assert (await desk.get("/forgotten")).status_code == 403

    monkeypatch.setattr(application, "ROUTES", (forgotten,))
    at_desk(tmp_path, story)


def test_only_these_routes_are_public() -> None:
    public = {path for route in ROUTES for path in route.paths if is_public(route)}
    assert public == {
        "/auth/register",
        "/auth/verify",
        "/auth/login",
        "/auth/refresh",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/time",
        "/health",
        "/ready",
        "/metrics",
        "/markets",
        "/markets/{symbol:str}",
        "/markets/{symbol:str}/calendar",
        "/markets/{symbol:str}/book",
        "/markets/{symbol:str}/trades",
        "/markets/{symbol:str}/candles",
        "/markets/{symbol:str}/stats",
        "/markets/{symbol:str}/microstructure",
        "/outcomes/{symbol:str}",
        "/circuit-breaker/status",
    }


def test_ready_names_what_is_missing_and_asks_at_most_once_a_second(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        desk.parts.missing.add("engine")
        answer = await desk.get("/ready")
        assert answer.status_code == 503
        assert answer.json() == {
            "status": "NOT_READY",
            "parts": [{"name": "engine", "isReady": False}, {"name": "store", "isReady": True}],
        }
        desk.parts.missing.clear()
        assert (await desk.get("/ready")).status_code == 503
        assert desk.parts.asked == 2
        desk.house.clock.pass_s(1)
        assert (await desk.get("/ready")).json()["status"] == "READY"
        assert (await desk.get("/health")).status_code == 200

    at_desk(tmp_path, story)


def test_the_time_is_that_of_the_clock(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        now = (await desk.get("/time")).json()
        assert now == {"time": "2023-11-14T22:13:20.000000000Z", "unixMs": 1_700_000_000_000}

    at_desk(tmp_path, story)


def test_the_committed_description_is_that_of_the_routes_and_is_served(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        served = await desk.get("/openapi.json")
        assert served.json() == yaml.safe_load(openapi.text())

    assert openapi.PAGE.read_text(encoding="utf-8") == openapi.text(), "run: python tools/openapi.py"
    assert yaml.safe_load(openapi.text())["openapi"].startswith("3.1")
    at_desk(tmp_path, story)
