"""Which pages may open live connections: known ones and the service's own; what is no address is none of them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.limits.plans import wide_plan
from tests.web.desks import Desk, at_desk
from tests.web.knocks import Answer, Headers, knock

from fairlead.domain.limits.bucket import Rate
from fairlead.web.sockets.origins import known_origins

DESK = "https://desk.example:8443"
HOST = ("Host", "venue.example:8080")


async def _open(scope: Any, receive: Any, send: Any) -> None:
    del scope, receive
    await send({"type": "websocket.accept"})


def _knock(*headers: tuple[str, str], scheme: str = "ws") -> Answer:
    return asyncio.run(knock(known_origins(_open, allowed=(DESK,)), headers=headers, scheme=scheme))


@pytest.mark.parametrize(
    "headers",
    [
        [HOST],
        [],
        [HOST, ("Origin", DESK)],
        [("Origin", DESK)],
        [HOST, ("Origin", "http://venue.example:8080")],
        [HOST, ("Origin", "https://venue.example:8080")],
        [HOST, ("Origin", "HTTP://Venue.Example:8080")],
        [("Host", "VENUE.example"), ("Origin", "http://venue.example")],
        [("Host", "[::1]:8080"), ("Origin", "http://[::1]:8080")],
        [("Host", "[FE80::1]"), ("Origin", "http://[fe80::1]")],
    ],
)
def test_programs_known_pages_and_the_services_own_come_in(headers: Headers) -> None:
    assert _knock(*headers).status == 101


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "null",
        "http://[",
        "http://]venue.example:8080",
        "http://",
        "://venue.example:8080",
        "venue.example:8080",
        "http:venue.example:8080",
        "http://venue.example:8080/",
        "http://venue.example:8081",
        "http://venue.example",
        "http://venue.example.evil.example:8080",
        "http://eve@venue.example:8080",
        "http://[::1]:8080",
        "http://http://venue.example:8080",
        "file://venue.example:8080",
        "chrome-extension://venue.example:8080",
        "https://DESK.example:8443",
        "https://desk.example:8443, http://venue.example:8080",
        "http://venue.ex\xe4mple:8080",
    ],
)
def test_another_page_is_refused_in_words_however_its_origin_is_written(origin: str) -> None:
    answer = _knock(HOST, ("Origin", origin))
    assert (answer.status, answer.problem["code"]) == (403, "AUTHORIZATION_ERROR")
    assert "server.allowed_origins" in answer.problem["detail"]
    assert (answer.problem["field"], answer.problem.get("value")) == ("Origin", origin)
    assert "server.allowed_origins" in answer.problem["fix"]
    assert answer.headers["content-length"] == str(len(answer.body))


@pytest.mark.parametrize("origin", ["http://", "", "null", "http://venue.example:8080"])
def test_without_a_host_no_page_is_the_services_own(origin: str) -> None:
    assert _knock(("Origin", origin)).status == 403
    assert _knock(("Host", ""), ("Origin", origin)).status == 403


def test_what_is_said_twice_is_refused() -> None:
    own = ("Origin", "http://venue.example:8080")
    assert _knock(HOST, own, own).status == 403
    assert _knock(HOST, HOST, own).status == 403
    assert _knock(HOST, ("Origin", DESK), ("Origin", "https://evil.example")).status == 403


def test_a_connection_that_is_encrypted_takes_no_page_that_came_in_the_clear() -> None:
    assert _knock(HOST, ("Origin", "https://venue.example:8080"), scheme="wss").status == 101
    assert _knock(HOST, ("Origin", "http://venue.example:8080"), scheme="wss").status == 403


def test_a_refusal_has_what_every_answer_has_and_is_counted(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        refused = await knock(desk.app, headers=[HOST, ("Origin", "http://["), ("X-Correlation-Id", "mine")])
        assert (refused.status, refused.problem["correlationId"]) == (403, "mine")
        assert (refused.headers["x-correlation-id"], refused.headers["cache-control"]) == ("mine", "no-store")
        assert 'status="403"' in (await desk.get("/metrics")).text

    at_desk(tmp_path, story)


def test_an_address_that_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        assert (await knock(desk.app)).status == 101
        refused = await knock(desk.app)
        assert (refused.status, refused.problem["code"], refused.headers["retry-after"]) == (429, "RATE_LIMITED", "9")

    at_desk(tmp_path, story, plan=wide_plan(ip=Rate(count=1, period_s=9, burst=1)))
