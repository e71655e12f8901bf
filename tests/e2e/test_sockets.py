"""Live connections to ``fairlead serve``: who hears what, in which order, and how it goes on after a crash."""

import asyncio
import functools
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.crews import eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import write_keys
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from fairlead.domain.access.secret import Secret
from fairlead.sdk.identity import Signer

_WAIT_S = 30.0
DESK = "https://desk.example:8443"


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


async def _refusal(opening: Awaitable[ClientConnection]) -> int:
    """Return the status that a connection is refused with before it is opened."""
    with pytest.raises(InvalidStatus) as refused:
        await opening
    return refused.value.response.status_code


def _orders(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names or ("orders",)]


def test_each_hears_of_their_own_orders_and_of_nobody_elses(venue: Venue) -> None:
    async def run() -> None:
        ann, bob = await _open(venue.service, venue.ann), await _open(venue.service, venue.bob)
        assert (await _ask(ann, "subscribe", channels=_orders("orders", "balances")))["status"] == 200
        assert (await _ask(bob, "subscribe", channels=_orders()))["status"] == 200
        placed = await _ask(ann, "order.place", **LIMIT | {"postOnly": True})
        assert (placed["type"], placed["status"], placed["data"]["status"]) == ("RESPONSE", 201, "OPEN")
        order = placed["data"]["orderId"]
        for op, fields in (("order.cancel", {}), ("order.amend", {"quantity": "1"})):
            assert (await _ask(bob, op, orderId=order, **fields))["problem"]["status"] == 404
        foreign = await _ask(bob, "order.place", **LIMIT, accountId=venue.ann.account)
        assert foreign["problem"]["status"] == 403
        sold = json.loads(venue.bob.place(side="SELL", quantity=2).text)
        changed = await _ask(ann, "order.amend", orderId=placed["data"]["orderId"], quantity="4")
        assert (changed["data"]["quantity"], changed["data"]["postOnly"]) == ("4", True), changed
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


def test_events_say_what_the_routes_say(venue: Venue) -> None:
    async def run() -> None:
        socket = await _open(venue.service, venue.ann)
        await _ask(socket, "subscribe", channels=_orders())
        placed = venue.ann.place(clientOrderId="good").json()
        refused = venue.ann.place(clientOrderId="bad", price="100.03")
        changed = venue.ann.ask("PATCH", f"/orders/{placed['orderId']}", {"price": "99.97"})
        assert (refused.status_code, changed.status_code) == (422, 422), (refused.text, changed.text)
        venue.ann.ask("DELETE", "/orders")
        heard = await _until(socket, lambda message: message["type"] == "ORDER_CANCELED")
        await socket.close()
        told = {message["type"]: message["data"] for message in heard}
        shared = ("orderId", "clientOrderId", "symbol", "side", "orderType", "timeInForce", "price", "quantity")
        figures = ("status", "filledQuantity", "remainingQuantity")
        for name in (*shared, *figures):
            assert told["ORDER_CREATED"][name] == placed[name], name
        ended = venue.ann.ask("GET", f"/orders/{placed['orderId']}").json()
        for name in (*shared, "status", "reason"):
            assert told["ORDER_CANCELED"][name] == ended[name], name
        assert told["ORDER_CANCELED"]["time"] == ended["updatedAt"]
        for kind, problem in (("ORDER_REJECTED", refused.json()), ("ORDER_CHANGE_REJECTED", changed.json())):
            data = told[kind]
            assert (data["reason"], data["symbol"], data["side"]) == (problem["code"], "ABC-USD", "BUY")
            assert {name: data[name] for name in ("field", "value", "limit", "fix")} == {
                name: problem[name] for name in ("field", "value", "limit", "fix")
            }
        assert (told["ORDER_REJECTED"]["quantity"], told["ORDER_REJECTED"]["price"]) == (placed["quantity"], "100.03")

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


def _bids(venue: Venue, wanted: dict[str, str]) -> dict[str, Any] | None:
    """Return the book of the routes once it has these bids."""
    book: dict[str, Any] = venue.service.http.get("/markets/ABC-USD/book").json()
    return book if {level["price"]: level["quantity"] for level in book["bids"]} == wanted else None


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
        # An order is answered a moment before the book is told of it.
        shown = await asyncio.to_thread(eventually, lambda: _bids(venue, {"100.00": "8", "99.95": "5"}))
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
        assert [message["quantity"] for message in heard if message["type"] == "TRADE_EXECUTED"] == ["2"]
        await socket.close()

    asyncio.run(run())


def test_single_orders_candles_and_measures_are_told(venue: Venue) -> None:
    async def run() -> None:
        socket = await connect(_url(venue.service, "/ws"), proxy=None)
        named = [{"name": "book", "depth": "L3"}, {"name": "candles", "interval": "1m"}, {"name": "microstructure"}]
        channels = [{"symbol": "ABC-USD"} | one for one in named]
        await socket.send(json.dumps({"op": "subscribe", "channels": channels}))
        heard = await _until(socket, lambda message: message["type"] == "BOOK_SNAPSHOT")
        first, second = venue.ann.place(quantity=3), venue.ann.place(quantity=4)
        assert (first.status_code, second.status_code) == (201, 201)
        venue.bob.place(side="SELL", quantity=2)
        venue.ann.ask("DELETE", f"/orders/{second.json()['orderId']}")
        heard += await _until(
            socket, lambda message: any(it["action"] == "DELETED" for it in message.get("orders", ()))
        )
        heard += await _until(
            socket, lambda message: message["type"] == "MICROSTRUCTURE" and message["bidDepth"] == "1"
        )

        updates = [message for message in heard if message["type"] == "BOOK_UPDATE"]
        assert [it["prevSeq"] + 1 for it in updates] == [it["seq"] for it in updates]
        orders = [order for message in updates for order in message["orders"]]
        told = [(it["action"], it.get("side"), it.get("price"), it["quantity"]) for it in orders]
        assert told == [
            ("ADDED", "BUY", "100.00", "3"),
            ("ADDED", "BUY", "100.00", "4"),
            ("REDUCED", None, None, "1"),
            ("DELETED", None, None, "0"),
        ]
        assert [it["publicId"] for it in orders[2:]] == [it["publicId"] for it in orders[:2]]
        candle = next(message for message in heard if message["type"] == "CANDLE_UPDATE")
        assert (candle["open"], candle["close"], candle["volume"], candle["isClosed"]) == (
            "100.00",
            "100.00",
            "2",
            False,
        )
        assert all(message["seq"] > 0 for message in heard if "channel" in message)
        late = await connect(_url(venue.service, "/ws"), proxy=None)
        await _ask(late, "subscribe", channels=channels[:1])
        snapshot = (await _until(late, lambda message: message["type"] == "BOOK_SNAPSHOT"))[-1]
        assert snapshot["bids"] == [[orders[0]["publicId"], "100.00", "1"]]
        for wrong in ({"depth": "L4"}, {"interval": "1m"}):
            refused = await _ask(late, "subscribe", channels=[{"name": "book", "symbol": "ABC-USD"} | wrong])
            assert refused["problem"]["field"] == next(iter(wrong))
        await socket.close()
        await late.close()

    asyncio.run(run())


def test_who_may_not_come_in_is_told_by_a_code(venue: Venue) -> None:
    ann = _user(venue.ann)

    async def run() -> None:
        url = _url(venue.service, f"/ws/{ann}")
        assert await _refusal(connect(url, additional_headers=venue.bob.headers, proxy=None)) == 403
        bad = {"Authorization": "Bearer nonsense"}
        assert await _refusal(connect(url, additional_headers=bad, proxy=None)) == 401
        assert await _refusal(connect(_url(venue.service, "/wsx"), proxy=None)) == 404
        foreign = await connect(url, proxy=None)
        token = venue.bob.headers["Authorization"].removeprefix("Bearer ")
        await foreign.send(json.dumps({"op": "auth", "token": token}))
        assert await _code(foreign) == 4403
        forged = await connect(url, proxy=None)
        await forged.send(json.dumps({"op": "auth", "token": f"{token}x"}))
        assert await _code(forged) == 4401
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


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://evil.example", 403), ("null", 403), ("", 403), ("http://[", 403), ("own", 101), (DESK, 101)],
)
def test_a_live_connection_of_a_page_needs_a_known_origin(place: Path, origin: str, status: int) -> None:
    with Service(place, "--set", f"server.allowed_origins={DESK}") as service:
        port = service.ready["port"]
        said = f"http://127.0.0.1:{port}" if origin == "own" else origin

        async def run() -> tuple[int, str]:
            try:
                async with connect(_url(service, "/ws"), origin=Origin(said), proxy=None) as socket:
                    assert (await _ask(socket, "ping"))["status"] == 200
                    assert socket.response is not None
                    return socket.response.status_code, ""
            except InvalidStatus as refused:
                return refused.response.status_code, (refused.response.body or b"").decode()

        answered, body = asyncio.run(run())
        assert service.end() == (0, "")

    assert answered == status
    assert ("server.allowed_origins" in body) == (status == 403)


def _key(trader: Trader, *scopes: str) -> Signer:
    made = trader.ask("POST", "/api-keys", {"name": "bot", "scopes": scopes}).json()
    token = functools.partial(secrets.token_hex, 16)
    return Signer(key_id=made["keyId"], secret=Secret(made["secret"]), now_ns=time.time_ns, nonce=token)


async def _open_signed(service: Service, user_id: str, signer: Signer) -> ClientConnection:
    path = f"/ws/{user_id}"
    return await connect(_url(service, path), additional_headers=signer.proof("GET", path, b""), proxy=None)


def test_a_key_opens_a_connection_and_may_do_what_its_scopes_say(venue: Venue) -> None:
    ann, bob = _user(venue.ann), _user(venue.bob)
    reads, trades = _key(venue.ann, "read"), _key(venue.ann, "read", "trade")

    async def run() -> None:
        reading = await _open_signed(venue.service, ann, reads)
        assert (await _ask(reading, "subscribe", channels=_orders()))["status"] == 200
        refused = await _ask(reading, "order.place", **LIMIT)
        assert (refused["problem"]["status"], refused["problem"]["code"]) == (403, "AUTHORIZATION_ERROR")
        trading = await _open_signed(venue.service, ann, trades)
        placed = await _ask(trading, "order.place", **LIMIT)
        assert placed["status"] == 201, placed
        created = await _until(reading, lambda message: message["type"] == "ORDER_CREATED")
        assert created[-1]["data"]["orderId"] == placed["data"]["orderId"]
        assert await _refusal(_open_signed(venue.service, bob, reads)) == 403
        figures = venue.service.http.get("/metrics").text
        assert 'websocket_connections{kind="private"} 2.0' in figures
        assert 'websocket_subscriptions{channel="orders"} 1.0' in figures
        twice = dict(reads.proof("GET", f"/ws/{ann}", b""))
        once = await connect(_url(venue.service, f"/ws/{ann}"), additional_headers=twice, proxy=None)
        assert (await _ask(once, "ping"))["status"] == 200
        await once.close()
        again = connect(_url(venue.service, f"/ws/{ann}"), additional_headers=twice, proxy=None)
        assert await _refusal(again) == 401
        venue.ann.ask("DELETE", f"/api-keys/{trades.key_id}")
        assert (await _code(trading)) == 4401
        await reading.close()

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
