"""Live connections to ``fairlead serve``: who hears what, in which order, and how it goes on after a crash."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import write_keys
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

_WAIT_S = 30.0


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    directory = tmp_path / "venue"
    write_keys(directory)
    return directory


@pytest.fixture(name="venue")
def _venue(place: Path) -> Iterator[Venue]:
    with Service(place) as service:
        yield Venue(service, place)


def _url(service: Service, path: str) -> str:
    return f"ws://127.0.0.1:{service.ready['port']}{path}"


def _user(trader: Trader) -> str:
    return str(trader.ask("GET", "/me").json()["userId"])


async def _open(service: Service, trader: Trader) -> ClientConnection:
    return await connect(_url(service, f"/ws/{_user(trader)}"), additional_headers=trader.headers, proxy=None)


async def _until(socket: ClientConnection, is_it: Callable[[dict[str, Any]], bool]) -> list[dict[str, Any]]:
    """Return the messages up to the one that was waited for, heartbeats left out."""
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(_WAIT_S):
        while True:
            message = json.loads(await socket.recv())
            if message["type"] != "HEARTBEAT":
                heard.append(message)
                if is_it(message):
                    return heard


async def _ask(socket: ClientConnection, op: str, **fields: Any) -> dict[str, Any]:
    await socket.send(json.dumps({"op": op, "id": op, **fields}))
    return (await _until(socket, lambda message: message.get("id") == op))[-1]


async def _code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(_WAIT_S):
        while True:
            try:
                await socket.recv()
            except ConnectionClosed as ended:
                return None if ended.rcvd is None else ended.rcvd.code


def _orders(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names or ("orders",)]


def test_each_hears_of_their_own_orders_and_of_nobody_elses(venue: Venue) -> None:
    async def run() -> None:
        ann, bob = await _open(venue.service, venue.ann), await _open(venue.service, venue.bob)
        assert (await _ask(ann, "subscribe", channels=_orders("orders", "balances")))["status"] == 200
        assert (await _ask(bob, "subscribe", channels=_orders()))["status"] == 200
        placed = await _ask(ann, "order.place", **LIMIT)
        assert (placed["type"], placed["status"], placed["data"]["status"]) == ("RESPONSE", 201, "OPEN")
        sold = json.loads(venue.bob.place(side="SELL", quantity=2).text)
        changed = await _ask(ann, "order.amend", orderId=placed["data"]["orderId"], quantity="4")
        assert changed["data"]["quantity"] == "4", changed
        await ann.send(json.dumps({"op": "order.cancel", "id": "c", "orderId": placed["data"]["orderId"]}))

        heard = await _until(ann, lambda message: message["type"] == "ORDER_CANCELED")
        theirs = await _until(bob, lambda message: message["type"] == "ORDER_FILLED")
        assert {message["data"]["orderId"] for message in theirs if message.get("channel") == "orders"} == {
            sold["orderId"]
        }
        mine = [message for message in heard if message.get("channel") == "orders"]
        assert {message["data"]["orderId"] for message in mine} == {placed["data"]["orderId"]}
        assert [message["seq"] for message in mine] == sorted({message["seq"] for message in mine})
        await ann.close()
        await bob.close()

    asyncio.run(run())


def test_events_have_growing_numbers_and_are_all_there_after_a_crash(place: Path) -> None:
    async def first(venue: Venue) -> list[dict[str, Any]]:
        socket = await _open(venue.service, venue.ann)
        await _ask(socket, "subscribe", channels=_orders())
        placed = venue.ann.place().json()["orderId"]
        heard = await _until(socket, lambda message: message.get("data", {}).get("orderId") == placed)
        await socket.close()
        return heard

    async def again(service: Service, trader: Trader, position: str) -> list[dict[str, Any]]:
        socket = await _open(service, trader)
        await socket.send(json.dumps({"op": "subscribe", "channels": _orders(), "resumeFrom": position}))
        await _until(socket, lambda message: message.get("status") == 200)
        trader.ask("DELETE", "/orders")
        heard = await _until(socket, lambda message: message["type"] == "ORDER_CANCELED")
        await socket.close()
        return heard

    with Service(place) as service:
        venue = Venue(service, place)
        before = asyncio.run(first(venue))
        venue.bob.place(side="SELL", quantity=2)
        service.process.kill()
        service.process.communicate(timeout=60)
    with Service(place) as service:
        venue.ann._http = service.http
        after = asyncio.run(again(service, venue.ann, before[-1]["position"]))
        whole = asyncio.run(again_from_start(service, venue.ann, after[-1]["position"]))

    said = [message for message in before + after if "position" in message]
    assert [message["type"] for message in said] == ["ORDER_CREATED", "ORDER_FILLED", "ORDER_CANCELED"]
    assert [message["position"] for message in whole if "position" in message] == [it["position"] for it in said]
    assert [message["seq"] for message in whole if "position" in message] == [1, 2, 3]


async def again_from_start(service: Service, trader: Trader, last: str) -> list[dict[str, Any]]:
    socket = await _open(service, trader)
    await socket.send(json.dumps({"op": "subscribe", "channels": _orders(), "resumeFrom": "0.0.0"}))
    heard = await _until(socket, lambda message: message.get("position") == last)
    await socket.close()
    return heard


def test_the_book_of_the_socket_is_that_of_the_routes(venue: Venue) -> None:
    async def run() -> None:
        socket = await connect(_url(venue.service, "/ws"), proxy=None)
        book = {"name": "book", "symbol": "ABC-USD"}
        trades = {"name": "trades", "symbol": "ABC-USD"}
        await _ask(socket, "subscribe", channels=[book, trades])
        snapshot = (await _until(socket, lambda message: message["type"] == "BOOK_SNAPSHOT"))[-1]
        for price in ("100.00", "99.95", "100.00"):
            venue.ann.place(price=price)
        venue.bob.place(side="SELL", quantity=2)
        shown = venue.service.http.get("/markets/ABC-USD/book").json()
        heard = await _until(socket, lambda message: message.get("seq", 0) >= shown["seq"])
        levels = {price: quantity for price, quantity, _ in snapshot["bids"]}
        seq = snapshot["seq"]
        for message in heard:
            if message["type"] != "BOOK_UPDATE":
                continue
            assert message["prevSeq"] == seq
            seq = message["seq"]
            for price, quantity, _ in message["bids"]:
                levels[price] = quantity
                if quantity == "0":
                    del levels[price]
        assert seq == shown["seq"]
        assert levels == {"100.00": "8", "99.95": "5"}
        assert {level["price"]: level["quantity"] for level in shown["bids"]} == levels
        assert [message["quantity"] for message in heard if message["type"] == "TRADE_EXECUTED"] == ["2"]
        await socket.close()

    asyncio.run(run())


def test_who_may_not_come_in_is_told_by_a_code(venue: Venue) -> None:
    ann = _user(venue.ann)

    async def run() -> None:
        url = _url(venue.service, f"/ws/{ann}")
        assert await _code(await connect(url, additional_headers=venue.bob.headers, proxy=None)) == 4403
        bad = {"Authorization": "Bearer nonsense"}
        assert await _code(await connect(url, additional_headers=bad, proxy=None)) == 4401
        late = await connect(url, proxy=None)
        await late.send(json.dumps({"op": "subscribe", "channels": _orders()}))
        assert await _code(late) == 4401
        told = await connect(url, proxy=None)
        token = venue.ann.headers["Authorization"].removeprefix("Bearer ")
        await told.send(json.dumps({"op": "auth", "token": token}))
        assert (await _ask(told, "ping"))["status"] == 200
        venue.ann.ask("POST", "/auth/logout")
        assert await _code(told) == 4401

    asyncio.run(run())


def test_what_is_wrong_is_refused_and_what_is_too_much_ends_the_connection(venue: Venue) -> None:
    async def run() -> None:
        socket = await connect(_url(venue.service, "/ws"), proxy=None)
        await socket.send("{")
        refused = (await _until(socket, lambda message: message["type"] == "ERROR"))[-1]
        assert (refused["id"], refused["problem"]["status"]) == (None, 400)
        assert (await _ask(socket, "shout"))["problem"]["field"] == "op"
        assert (await _ask(socket, "ping", loud=True))["problem"]["field"] == "loud"
        assert (await _ask(socket, "order.place", **LIMIT))["problem"]["status"] == 403
        assert (await _ask(socket, "subscribe", channels=_orders()))["problem"]["status"] == 403
        unknown = await _ask(socket, "subscribe", channels=[{"name": "book", "symbol": "NO-SUCH"}])
        assert unknown["problem"]["status"] == 404
        await socket.send(b"\x00")
        assert await _code(socket) == 1003
        large = await connect(_url(venue.service, "/ws"), proxy=None)
        await large.send("x" * 70_000)
        assert await _code(large) == 1009
        flooding = await connect(_url(venue.service, "/ws"), proxy=None)
        for _ in range(2_000):
            try:
                await flooding.send('{"op":"ping"}')
            except ConnectionClosed:
                break
        assert await _code(flooding) == 4429

    asyncio.run(run())


def test_a_clean_end_says_so(venue: Venue) -> None:
    async def run() -> None:
        socket = await _open(venue.service, venue.ann)
        await _ask(socket, "ping")
        ended = asyncio.create_task(asyncio.to_thread(venue.service.end))
        assert await _code(socket) == 1012
        assert (await ended)[0] == 0

    asyncio.run(run())
