"""Too many requests: who is refused, who is not disturbed, and what every answer says about what is left."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import delete, get, patch, post
from litestar.params import FromPath
from litestar.types import ASGIApp
from tests.access.houses import BOB
from tests.limits.plans import wide_plan
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Permission
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import RouteClass
from fairlead.web import app as application
from fairlead.web.identity import PUBLIC, needs
from fairlead.web.limits import class_of, heads_of
from fairlead.web.routes import ROUTES

TRADING = needs(Permission.TRADE_OWN)


@post("/orders", opt=TRADING, status_code=201)
async def place() -> None:
    """Stand for a route that enters orders."""


@patch("/orders/{order_id:str}", opt=TRADING)
async def amend(order_id: FromPath[str]) -> dict[str, str]:
    """Stand for a route that changes one."""
    return {"orderId": order_id}


@delete("/orders/{order_id:str}", opt=TRADING, status_code=200)
async def cancel(order_id: FromPath[str]) -> dict[str, str]:
    """Stand for a route that cancels one."""
    return {"orderId": order_id}


@get("/markets", opt=PUBLIC)
async def markets() -> dict[str, str]:
    """Stand for public market data."""
    return {}


PLANTED = (place, amend, cancel, markets)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put routes that trade beside those that are there."""
    mine = {path for route in PLANTED for path in route.paths}
    kept = tuple(route for route in ROUTES if not mine & set(route.paths))
    monkeypatch.setattr(application, "ROUTES", (*kept, *PLANTED))


def left_in(answer: httpx.Response) -> dict[str, int]:
    """Return what is left by bucket."""
    found = (part.split(";") for part in answer.headers["ratelimit"].split(", "))
    return {name.strip('"'): int(left.removeprefix("r=")) for name, left, _ in found}


async def place_some(desk: Desk, tokens: dict[str, str], count: int) -> list[int]:
    return [(await desk.post("/orders", {}, headers=bearer(tokens))).status_code for _ in range(count)]


@pytest.mark.usefixtures("planted")
def test_a_refusal_says_which_limit_and_when_to_come_back(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        assert await place_some(desk, ann, 3) == [201, 201, 429]
        answer = await desk.post("/orders", {}, headers=bearer(ann) | {"X-Correlation-Id": "mine"})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (429, "RATE_LIMITED")
        assert answer.headers["content-type"] == "application/problem+json"
        assert (problem["limit"], problem["correlationId"]) == ("1 in 4 s, 2 at once", "mine")
        assert "policy=orders" in problem["detail"]
        assert "Retry-After" in problem["fix"]
        assert answer.headers["retry-after"] == "4"
        desk.house.clock.pass_s(3)
        assert await place_some(desk, ann, 1) == [429]
        desk.house.clock.pass_s(1)
        assert await place_some(desk, ann, 2) == [201, 429]

    at_desk(tmp_path, story, plan=wide_plan(orders=Rate(count=1, period_s=4, burst=2)))


def test_a_page_of_the_configuration_can_read_a_refusal_at_the_edge(tmp_path: Path) -> None:
    ours, others = {"Origin": "https://desk.example"}, {"Origin": "https://evil.example"}

    async def story(desk: Desk) -> None:
        assert (await desk.get("/me", headers=ours)).status_code == 401
        refused = await desk.get("/me", headers=ours)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (429, ours["Origin"])
        assert refused.headers["vary"] == "Origin"
        assert "Retry-After" in refused.headers["access-control-expose-headers"].split(", ")
        for headers in (others, {}):
            refused = await desk.get("/me", headers=headers)
            assert refused.status_code == 429
            assert "access-control-allow-origin" not in refused.headers

    at_desk(tmp_path, story, plan=wide_plan(ip=Rate(count=1, period_s=9, burst=1)), allowed_origins=(ours["Origin"],))


@pytest.mark.usefixtures("planted")
def test_every_answer_says_what_is_left_in_each_bucket(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        first = await desk.post("/orders", {}, headers=bearer(ann))
        assert first.headers["ratelimit-policy"] == '"ip";q=100000;w=100, "orders";q=5;w=5'
        assert left_in(first)["orders"] == 4
        assert first.headers["ratelimit"].endswith(";t=1")
        assert left_in(await desk.post("/orders", {}, headers=bearer(ann)))["orders"] == 3
        for path in ("/me", "/nowhere", "/time", "/openapi.json"):
            assert left_in(await desk.get(path))
        desk.house.clock.pass_s(60)
        assert left_in(await desk.post("/orders", {}, headers=bearer(ann)))["orders"] == 4

    at_desk(tmp_path, story, plan=wide_plan(orders=Rate(count=1, burst=5)))


@pytest.mark.usefixtures("planted")
def test_two_accounts_do_not_disturb_each_other(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann, bob = await desk.become(), await desk.become(BOB)
        assert await place_some(desk, ann, 5) == [201, 201, 429, 429, 429]
        assert await place_some(desk, bob, 2) == [201, 201]

    at_desk(tmp_path, story, plan=wide_plan(orders=Rate(count=1, burst=2)))


@pytest.mark.usefixtures("planted")
def test_a_flood_of_orders_leaves_cancels_alone(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        flood = await place_some(desk, ann, 50)
        assert flood.count(429) > 40
        assert (await desk.get("/me", headers=bearer(ann))).status_code == 429
        for number in range(10):
            answer = await desk.client.delete(f"/orders/{number}", headers=bearer(ann))
            assert answer.status_code == 200
            assert set(left_in(answer)) == {"ip-cancels", "cancels"}

    # Both the account's tokens for orders and everything the address has are used up.
    narrow = wide_plan(orders=Rate(count=1, burst=2), ip=Rate(count=1, burst=12))
    at_desk(tmp_path, story, plan=narrow)


@pytest.mark.usefixtures("planted")
def test_cancels_have_a_limit_too(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        answers = [await desk.client.delete("/orders/1", headers=bearer(ann)) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert await place_some(desk, ann, 1) == [201]

    at_desk(tmp_path, story, plan=wide_plan(cancels=Rate(count=1, burst=2)))


@pytest.mark.usefixtures("planted")
def test_an_address_has_limits_before_anybody_is_known(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        async def statuses(path: str) -> list[int]:
            return [(await desk.get(path)).status_code for _ in range(3)]

        assert await statuses("/nowhere") == [404, 404, 429]
        assert await statuses("/me") == [429, 429, 429]
        assert await statuses("/markets") == [200, 200, 429]
        # Who keeps the service running must not take a flood for a fault.
        assert await statuses("/health") == [200, 200, 200]
        refused = await desk.get("/nowhere")
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert refused.headers["x-correlation-id"] == refused.json()["correlationId"]
        desk.house.clock.pass_s(1)
        assert (await desk.get("/nowhere")).status_code == 404

    two = Rate(count=1, burst=2)
    at_desk(tmp_path, story, plan=wide_plan(ip=two, ip_market_data=two))


def test_attempts_to_become_somebody_are_counted_by_address(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        statuses = []
        for number in range(4):
            guess = {"email": f"a{number}@example.com", "password": "violet-anchor-42"}
            statuses.append((await desk.post("/auth/login", guess)).status_code)
        assert statuses == [401, 401, 401, 429]
        assert (await desk.post("/auth/register", {"email": BOB, "password": "x"})).status_code == 429
        refreshed = await desk.post("/auth/refresh", {"refreshToken": "x"})
        assert refreshed.status_code == 401
        desk.house.clock.pass_s(20)
        assert (await desk.post("/auth/verify", {"token": "x"})).status_code != 429

    at_desk(tmp_path, story, plan=wide_plan(ip_logins=Rate(count=3, period_s=60, burst=3)))


@pytest.mark.usefixtures("planted")
def test_another_address_is_not_disturbed_and_nobody_chooses_his_own(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        async def ask(host: str, **headers: str) -> int:
            transport = httpx.ASGITransport(app=_app_of(desk), client=(host, 1))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
                return (await client.get("/markets", headers=headers)).status_code

        assert [await ask("10.0.0.1") for _ in range(2)] == [200, 429]
        assert await ask("10.0.0.2") == 200
        # What a client says of itself is not looked at.
        assert await ask("10.0.0.1", **{"X-Forwarded-For": "10.0.0.3", "Forwarded": "for=10.0.0.3"}) == 429
        # One customer has a network of 64 bits.
        assert [await ask("2001:db8::1"), await ask("2001:db8::ffff"), await ask("2001:db8:0:1::1")] == [200, 429, 200]

    at_desk(tmp_path, story, plan=wide_plan(ip_market_data=Rate(count=1, burst=1)))


def _app_of(desk: Desk) -> ASGIApp:
    transport: Any = desk.client._transport
    app: ASGIApp = transport.app
    return app


def test_no_path_shares_its_bucket_of_the_address_between_cancels_and_orders() -> None:
    heads = heads_of(ROUTES)
    for route in ROUTES:
        for method in route.http_methods:
            one = class_of(route, str(method))
            for path in route.paths:
                head = heads[str(method), path.strip("/").partition("/")[0]]
                assert (head is RouteClass.CANCELS) == (one is RouteClass.CANCELS) or one is RouteClass.READS, path


def test_an_address_sends_so_many_bytes_and_what_stops_things_is_not_refused_for_them(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        many = {"symbol": "x" * 2_000}
        answers = [await desk.post("/orders", many, headers=bearer(ann)) for _ in range(3)]
        refused = answers[-1]
        assert [it.status_code == 429 for it in answers] == [False, False, True]
        assert (refused.json()["code"], refused.json()["limit"]) == ("RATE_LIMITED", "1 in 60 s, 5000 at once")
        assert "too many bytes: policy=ip-bytes" in refused.json()["detail"]
        assert '"ip-bytes";q=5000;qu="content-bytes";w=300000' in refused.headers["ratelimit-policy"]
        assert (await desk.client.delete("/orders", headers=bearer(ann))).status_code == 200
        assert (await desk.get("/orders", headers=bearer(ann))).status_code == 200
        chunked = await desk.client.post("/orders", content=_pieces(), headers=bearer(ann))
        assert chunked.status_code == 429

    at_desk(tmp_path, story, plan=wide_plan(ip_bytes=Rate(count=1, period_s=60, burst=5_000)))


def test_an_account_pays_for_the_bytes_of_all_its_sessions(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.become()
        many = {"symbol": "x" * 2_000}
        answers = [await desk.post("/orders", many, headers=bearer(ann)) for _ in range(3)]
        assert [it.status_code == 429 for it in answers] == [False, False, True]
        assert "policy=bytes" in answers[-1].json()["detail"]
        other = await desk.become("bob@example.com")
        assert (await desk.post("/orders", many, headers=bearer(other))).status_code == 400

    at_desk(tmp_path, story, plan=wide_plan(bytes=Rate(count=1, period_s=60, burst=5_000)))


async def _pieces() -> AsyncIterator[bytes]:
    for _ in range(2):
        yield b"{}"
