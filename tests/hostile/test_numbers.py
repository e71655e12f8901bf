"""Every number of every body, abused in every way: one answer with the field, and nothing reaches the exchange."""

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from tests.access.houses import PASSWORD
from tests.hostile.walk import BODIES, PARTS, Route, routes
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role
from fairlead.web.bodies import BodyLimits, parse_body

_HERE: Final = "@@HERE@@"
_SIMPLE: Final = {"symbol": "BTC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "0.5", "price": "100.10"}
# As they stand in the body. What is a number in one field and a word in none is refused everywhere.
_ABUSED: Final = (
    "NaN",
    "Infinity",
    "-Infinity",
    '"NaN"',
    '"Infinity"',
    '"nan"',
    "1e400",
    '"1e400"',
    "-1e400",
    "1e-400",
    "9" * 41,
    '"' + "9" * 41 + '"',
    "9" * 5_000,
    "0." + "0" * 60 + "1",
    '"\\u0661\\u0662"',
    '"\uff11"',
    '"\u00bd"',
    '"0x10"',
    "0x10",
    '" 1 "',
    '"1 "',
    '"1\\n"',
    '"+1"',
    '"1_0"',
    '"1,5"',
    "01",
    '"01"',
    '".5"',
    '"5."',
    "true",
    "false",
    "null",
    '""',
    "{}",
    "[]",
    "[1]",
    '{"value": 1}',
    '"1\\u0000"',
    '"1; DROP TABLE orders"',
)


def _leaves(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Find the numbers: those that are written as one."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*way, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*way, place))
    elif isinstance(value, int) or (isinstance(value, str) and value.replace(".", "", 1).isdecimal()):
        yield way


def _with(body: Mapping[str, Any], way: tuple[str | int, ...], text: str) -> bytes:
    changed = copy.deepcopy(dict(body))
    inner: Any = changed
    for step in way[:-1]:
        inner = inner[step]
    inner[way[-1]] = _HERE
    return json.dumps(changed, ensure_ascii=False).replace(f'"{_HERE}"', text).encode()


def _cases(name: str) -> Iterator[tuple[tuple[str | int, ...], str, bytes]]:
    for way in _leaves(BODIES[name]):
        for text in _ABUSED:
            yield way, text, _with(BODIES[name], way, text)


def _with_numbers() -> list[Route]:
    return [route for route in routes() if route.name in BODIES and any(_leaves(BODIES[route.name]))]


def test_the_samples_are_understood() -> None:
    for route in routes():
        if route.shape is not None:
            parse_body(json.dumps(BODIES[route.name]).encode(), route.shape, limits=BodyLimits())


@pytest.mark.parametrize("role", [Role.TRADER, Role.OPERATOR])
def test_no_abused_number_reaches_the_exchange(tmp_path: Path, role: Role) -> None:
    async def story(desk: Desk) -> None:
        if role is Role.TRADER:
            headers = bearer(await desk.become())
        else:
            await desk.house.operator()
            login = await desk.post("/auth/login", {"email": "ops@example.com", "password": PASSWORD.reveal()})
            headers = bearer(login.json())
        headers["Content-Type"] = "application/json"
        # Nobody looks for an order whose change cannot be meant.
        url_parts = PARTS | {
            "order_id": (await desk.post("/orders", _SIMPLE, headers=headers)).json().get("orderId", "1")
        }
        count = len(desk.front.sent)
        wrong: list[tuple[str, object, str, int]] = []
        tried = 0
        for route in _with_numbers():
            for way, text, raw in _cases(route.name):
                url = route.url(url_parts)
                answer = await desk.client.request(route.method, url, content=raw, headers=headers)
                if answer.status_code == 403:
                    break
                tried += 1
                is_batch = route.name == "POST /orders/batch" and answer.status_code == 200
                status = answer.json()["results"][0]["status"] if is_batch else answer.status_code
                if status != 400:
                    wrong.append((route.name, way, text[:40], status))
        assert wrong == []
        assert tried > 100
        assert len(desk.front.sent) == count
        assert desk.bank.log == []

    at_desk(tmp_path, story)
