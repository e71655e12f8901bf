"""Another name of a market does wherever its symbol does: the same command, and an answer with the symbol."""

from pathlib import Path
from typing import Any, Final

import pytest
from tests.access.houses import PASSWORD
from tests.hostile.walk import BODIES, PARTS, Route, routes
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role

SYMBOL, OTHER, NOBODYS = "BTC-USD", "BTC", "XYZ"
_SWITCH: Final = {"scope": "SYMBOL", "reason": "x"}
# Those that name a market in a path, and all bodies of operators that name one.
IN_PATHS: Final = [route for route in routes() if "{symbol}" in route.path]
IN_BODIES: Final = [
    (route, field)
    for route in routes()
    for name, field in (
        ("POST /kill-switch", "symbol"),
        ("POST /kill-switch/release", "symbol"),
        ("PUT /accounts/{account}/limits/{symbol}", "symbol"),
    )
    if route.name == name
]


async def _people(desk: Desk) -> list[dict[str, str]]:
    people = [bearer(await desk.become())]
    for name, role in (("ops", Role.OPERATOR), ("risk", Role.RISK_MANAGER)):
        await desk.house.operator(f"{name}@example.com", role=role)
        login = await desk.post("/auth/login", {"email": f"{name}@example.com", "password": PASSWORD.reveal()})
        people.append(bearer(login.json()))
    return people


def _told(tmp_path: Path, route: Route, symbol: str, body: dict[str, Any] | None) -> tuple[int, Any, Any]:
    """Return what a request is answered, and the commands it became."""
    told: list[tuple[int, Any, Any]] = []

    async def story(desk: Desk) -> None:
        desk.feed.open(SYMBOL)
        desk.feed.snapshot(SYMBOL, bids=[(10_000, 5)], asks=[(10_005, 2)])
        for headers in await _people(desk):
            url = route.url(PARTS | {"symbol": symbol})
            answer = await desk.client.request(route.method, url, json=body, headers=headers)
            if answer.status_code != 403:
                said = answer.json() if answer.content else None
                if isinstance(said, dict):
                    said.pop("correlationId", None)
                told.append((answer.status_code, said, desk.venue.asked))
                return

    at_desk(tmp_path, story)
    return told[0]


@pytest.mark.parametrize("route", IN_PATHS, ids=lambda route: route.name)
def test_in_a_path_another_name_is_as_good_as_the_symbol(tmp_path: Path, route: Route) -> None:
    body: Any = BODIES.get(route.name)
    (by_symbol := tmp_path / "symbol").mkdir()
    (by_other := tmp_path / "other").mkdir()

    asked = _told(by_symbol, route, SYMBOL, body)

    assert _told(by_other, route, OTHER, body) == asked
    # What has neither a calendar nor an event says so; all others do what they are for.
    assert asked[0] == 404 if route.name in _HAS_NONE else asked[0] in {200, 201, 204}, asked


_HAS_NONE: Final = {"GET /markets/{symbol}/calendar", "DELETE /markets/{symbol}/calendar", "GET /outcomes/{symbol}"}


@pytest.mark.parametrize(("route", "field"), IN_BODIES, ids=lambda it: it.name if isinstance(it, Route) else it)
def test_in_a_body_too(tmp_path: Path, route: Route, field: str) -> None:
    body = {} if "{symbol}" in route.path else _SWITCH
    (by_symbol := tmp_path / "symbol").mkdir()
    (by_other := tmp_path / "other").mkdir()

    asked = _told(by_symbol, route, SYMBOL, body | {field: SYMBOL})

    assert _told(by_other, route, SYMBOL, body | {field: OTHER}) == asked
    assert asked[0] == 200


@pytest.mark.parametrize("route", IN_PATHS, ids=lambda route: route.name)
def test_a_name_that_nothing_has_stays_unknown(tmp_path: Path, route: Route) -> None:
    status, said, commands = _told(tmp_path, route, NOBODYS, BODIES.get(route.name))  # type: ignore[arg-type]

    assert (status, said["code"], commands) == (404, "NOT_FOUND_ERROR", [])


def test_every_operator_route_that_names_a_market_is_looked_at() -> None:
    assert {route.name for route in IN_PATHS} >= {
        "POST /markets/{symbol}/halt",
        "POST /markets/{symbol}/resume",
        "PATCH /markets/{symbol}",
        "PUT /markets/{symbol}/ticks",
        "PUT /markets/{symbol}/calendar",
        "PUT /outcomes/{symbol}",
        "POST /outcomes/{symbol}/settle",
        "PUT /accounts/{account}/limits/{symbol}",
    }
    assert len(IN_BODIES) == 3
