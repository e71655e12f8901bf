"""A NUL byte in a path or a query is refused on every route, in every part: PostgreSQL cannot be asked for one."""

import json
from pathlib import Path
from typing import Final

from tests.hostile.walk import BODIES, PARTS, routes
from tests.web.desks import Desk, at_desk, bearer

# Numbers: a path with anything else in their place is no path.
_NUMBERS: Final = {"{account}", "{schedule}", "{trade_id}"}


def test_a_nul_in_a_path_or_a_query_is_refused_by_every_route(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        asked: list[str] = []
        for route in routes():
            for place in route.path.split("/"):
                if place.startswith("{") and place not in _NUMBERS:
                    asked.append(f"{route.method} {route.url(PARTS | {place[1:-1]: 'a%00b'})}")
            for query in ("?symbol=%00", "?clientOrderId=a%00", "?cursor=%00", "?%00=a"):
                asked.append(f"{route.method} {route.url(PARTS)}{query}")
        bodies = {f"{route.method} {route.url(PARTS)}": BODIES.get(route.name) for route in routes()}
        for one in asked:
            method, _, url = one.partition(" ")
            body = bodies.get(one.partition("?")[0])
            answer = await desk.client.request(method, url, content=json.dumps(body), headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), (one, answer.text)
            assert "NUL" in answer.json()["detail"], (one, answer.text)
        assert desk.front.sent == []

    at_desk(tmp_path, story)
