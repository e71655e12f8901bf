"""A route that is called at once answers as it does through the framework, to good requests and to bad ones."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer

from fairlead.services.trading import OrderDesk
from fairlead.web import straight

ORDER: dict[str, Any] = {
    "symbol": "BTC-USD",
    "side": "BUY",
    "orderType": "LIMIT",
    "quantity": "0.5",
    "price": 100.10,
    "clientOrderId": "A1",
}
JSON = ("content-type", "application/json")
KEY = "Idempotency-Key"
# Path, headers beside the proof, whether there is a proof, body.
ASKED: dict[str, tuple[str, list[tuple[str, str]], bool, bytes]] = {
    "good": ("/orders", [JSON], True, json.dumps(ORDER).encode()),
    "named by the header": ("/orders", [JSON, (KEY, "A1")], True, json.dumps(ORDER).encode()),
    "named twice": ("/orders", [JSON, (KEY, "B1"), (KEY, "A1")], True, json.dumps(ORDER).encode()),
    "other bytes in a header": ("/orders", [JSON, (KEY, "\u00e9")], True, json.dumps(ORDER).encode()),
    "nobody": ("/orders", [JSON], False, json.dumps(ORDER).encode()),
    "no kind": ("/orders", [], True, json.dumps(ORDER).encode()),
    "other kind": ("/orders", [("content-type", "text/plain")], True, json.dumps(ORDER).encode()),
    "kind with parameter": ("/orders", [(JSON[0], 'application/json; charset="UTF-8"')], True, b"{}"),
    "empty": ("/orders", [JSON], True, b""),
    "no object": ("/orders", [JSON], True, b"[]"),
    "twice": ("/orders", [JSON], True, json.dumps(ORDER).encode()[:-1] + b', "side": "SELL"}'),
    "twice, colon in a text": ("/orders", [JSON], True, b'{"symbol": "A:B", "symbol": "C"}'),
    "colon in a text": ("/orders", [JSON], True, json.dumps(ORDER | {"symbol": "A:B"}).encode()),
    "unknown field": ("/orders", [JSON], True, json.dumps(ORDER | {"x": 1}).encode()),
    "wrong type": ("/orders", [JSON], True, json.dumps(ORDER | {"postOnly": 1}).encode()),
    "no number": ("/orders", [JSON], True, json.dumps(ORDER | {"price": "1e5"}).encode()),
    "too large": ("/orders", [JSON], True, b'"' + b"a" * 70_000 + b'"'),
    "of another": ("/orders", [JSON], True, json.dumps(ORDER | {"accountId": "1"}).encode()),
    "no such instrument": ("/orders", [JSON], True, json.dumps(ORDER | {"symbol": "ETH-USD"}).encode()),
    "a slash behind it": ("/orders/", [JSON], True, json.dumps(ORDER).encode()),
    "an odd host": ("/orders", [JSON, ("host", "desk.test/?")], True, json.dumps(ORDER).encode()),
    "a host with a port": ("/orders", [JSON, ("host", "[::1]:8080")], True, json.dumps(ORDER).encode()),
    "a page": ("/orders", [JSON, ("origin", "https://desk.example")], True, json.dumps(ORDER).encode()),
    "a page, refused": ("/orders", [JSON, ("origin", "https://desk.example")], True, b"{}"),
    "another page": ("/orders", [JSON, ("origin", "https://other.example")], True, json.dumps(ORDER).encode()),
    "signed and with a token": ("/orders", [JSON, ("x-fairlead-key", "k")], True, json.dumps(ORDER).encode()),
    "half signed": ("/orders", [JSON, ("x-fairlead-key", "k")], False, json.dumps(ORDER).encode()),
    "signed twice": ("/orders", [JSON, *[("x-fairlead-key", "k")] * 4], False, json.dumps(ORDER).encode()),
    "a list inside": ("/orders", [JSON], True, json.dumps(ORDER | {"price": [[1]]}).encode()),
    "twice, inside": ("/orders", [JSON], True, b'{"symbol": {"a": 1, "a": 2}}'),
    "a brace in a text": ("/orders", [JSON], True, json.dumps(ORDER | {"symbol": "{[:"}).encode()),
    "a query": ("/orders?x=%00", [JSON], True, json.dumps(ORDER).encode()),
    "batch": ("/orders/batch", [JSON], True, json.dumps({"orders": [ORDER, ORDER | {"side": "UP"}]}).encode()),
    "batch of none": ("/orders/batch", [JSON], True, b'{"orders": []}'),
}
# What is of the request alone.
_OWN = frozenset({"correlationId", "orderId", "seq", "x-correlation-id", "ratelimit"})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in _OWN}
    return [_plain(one) for one in value] if isinstance(value, list) else value


async def _ask(desk: Desk, proof: dict[str, str], name: str, *, pieces: int) -> tuple[int, Any, Any]:
    """Send a request as the server hands it on, its body in so many pieces."""
    path, given, is_proven, body = ASKED[name]
    headers = [*given, ("content-length", str(len(body))), *(proof.items() if is_proven else ())]
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "client": ("127.0.0.1", 5),
        "server": ("desk.test", 80),
        "headers": [(key.lower().encode(), value.encode("latin-1")) for key, value in headers],
    }
    size = -(-len(body) // pieces) or 1
    parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: Any) -> None:
        sent.append(message)

    app: Any = desk.client._transport
    await app.app(scope, receive, send)
    told = {key.decode().lower(): value.decode() for key, value in sent[0]["headers"]}
    answer = json.loads(b"".join(one.get("body", b"") for one in sent[1:]))
    del told["content-length"]
    return sent[0]["status"], _plain(told), _plain(answer)


def _answers(directory: Path, *, pieces: int) -> dict[str, tuple[int, Any, Any]]:
    answers: dict[str, tuple[int, Any, Any]] = {}

    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        for name in ASKED:
            answers[name] = await _ask(desk, mine, name, pieces=pieces)

    directory.mkdir()
    at_desk(directory, story, allowed_origins=("https://desk.example",))
    return answers


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_straight_route_answers_as_through_the_framework(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    at_once = _answers(tmp_path / "straight", pieces=pieces)
    monkeypatch.setattr(straight, "_OPTION", "no such option")
    around = _answers(tmp_path / "framework", pieces=pieces)

    for name in ASKED:
        assert at_once[name] == around[name], name
    statuses = {name: status for name, (status, _, _) in at_once.items()}
    assert {name for name, status in statuses.items() if status < 300} >= {"good", "named by the header", "batch"}
    assert statuses | {"nobody": 401, "no kind": 415, "too large": 413, "twice": 400, "of another": 403} == statuses
    assert statuses | {"an odd host": 400, "half signed": 401, "signed twice": 401} == statuses
    assert {name for name, (_, told, _) in at_once.items() if "access-control-allow-origin" in told} == {
        "a page",
        "a page, refused",
    }


@pytest.mark.parametrize("is_straight", [True, False])
def test_a_request_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_straight: bool
) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())

        async def never(*_: Any, **__: Any) -> Any:
            await asyncio.Event().wait()

        monkeypatch.setattr(OrderDesk, "place", never)
        status, told, answer = await _ask(desk, mine, "good", pieces=1)
        assert (status, told["retry-after"], answer["code"]) == (503, "1", "REQUEST_TIMEOUT")

    monkeypatch.setattr(straight, "_OPTION", straight._OPTION if is_straight else "no such option")
    # Those before it, which make a user, are in time on a busy machine too.
    at_desk(tmp_path, story, timeout_s=2.0)
