"""``fairlead serve --workers 2``: whichever worker is asked, it is one exchange."""

import asyncio
import functools
import json
import secrets
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.crews import OFTEN, WORKERS, doors, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, PASSWORD, Venue
from tests.e2e.venues import write_keys
from websockets.asyncio.client import ClientConnection, connect

from fairlead.domain.access.secret import Secret
from fairlead.sdk.identity import Signer

_WAIT_S = 30.0
_CROWD = 8


@pytest.fixture(scope="module", name="venue")
def _venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    directory = tmp_path_factory.mktemp("workers") / "venue"
    write_keys(directory)
    with Service(directory, *WORKERS, *OFTEN) as service:
        yield Venue(service, directory)


@pytest.fixture(scope="module", name="both")
def _both(venue: Venue) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    one, other = doors(venue.service).values()
    yield one, other
    one.close()
    other.close()


@pytest.fixture(autouse=True)
def _emptied(venue: Venue) -> Iterator[None]:
    yield
    for trader in (venue.ann, venue.bob):
        assert trader.ask("DELETE", "/orders").status_code == 200


def _shows(door: httpx.Client, figure: str) -> bool:
    return figure in door.get("/metrics").text


def _trades_beside(door: httpx.Client, best_bid: dict[str, Any]) -> Any:
    """Return the trades once the book begins with a level."""
    bids = door.get("/markets/ABC-USD/book").json()["bids"]
    return door.get("/markets/ABC-USD/trades").json()["trades"] if bids[:1] == [best_bid] else None


def test_every_worker_has_all_its_parts(both: tuple[httpx.Client, httpx.Client]) -> None:
    for door in both:
        parts = door.get("/ready").json()["parts"]
        assert {part["name"]: part["isReady"] for part in parts} == dict.fromkeys(
            ("journal", "engine", "store", "projections", "bus", "cache"), True
        )
        figures = door.get("/metrics").text
        assert 'process="leader"' not in figures
        # Of the engine, which is another process, and tells once a second.
        eventually(functools.partial(_shows, door, "trade_execution_latency_us_count{"))


def test_a_client_id_is_one_order_over_both_workers(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = both
    body, headers = LIMIT | {"quantity": "1"}, venue.ann.headers | {"Idempotency-Key": "over-both"}
    first, again = (door.post("/orders", json=body, headers=headers) for door in (one, other))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["orderId"] == again.json()["orderId"]
    differs = other.post("/orders", json=body | {"quantity": "2"}, headers=headers)
    assert (differs.status_code, differs.json()["code"]) == (409, "DUPLICATE_CLORDID")


def test_many_at_once_with_one_client_id_are_one_order(venue: Venue) -> None:
    headers = venue.ann.headers | {"Idempotency-Key": "crowd"}

    async def many() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=str(venue.service.http.base_url), timeout=60) as http:
            return await asyncio.gather(*(http.post("/orders", json=LIMIT, headers=headers) for _ in range(40)))

    answers = asyncio.run(many())
    assert sorted(answer.status_code for answer in answers) == [200] * 39 + [201]
    assert len({answer.json()["orderId"] for answer in answers}) == 1


def test_what_one_worker_did_the_other_reads_at_once(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    mine = venue.ann.headers
    for turn in range(30):
        one, other = both if turn % 2 else both[::-1]
        placed = one.post("/orders", json=LIMIT | {"clientOrderId": f"turn-{turn}"}, headers=mine).json()
        order = f"/orders/{placed['orderId']}"
        assert other.get(order, headers=mine).json()["status"] == "OPEN"
        listed = other.get("/orders?status=OPEN", headers=mine).json()["orders"]
        assert placed["orderId"] in {line["orderId"] for line in listed}
        changed = other.patch(order, json={"quantity": "4"}, headers=mine)
        assert (changed.status_code, changed.json()["quantity"]) == (200, "4")
        assert one.get(order, headers=mine).json()["quantity"] == "4"
        assert one.delete(order, headers=mine).json()["status"] == "CANCELED"
        gone = other.delete(order, headers=mine)
        assert (gone.status_code, gone.json()["code"]) == (422, "ORDER_FINISHED")


def test_trades_and_balances_of_one_worker_are_those_of_the_other(
    venue: Venue, both: tuple[httpx.Client, httpx.Client]
) -> None:
    one, other = both
    placed = one.post("/orders", json=LIMIT, headers=venue.ann.headers).json()
    sold = other.post("/orders", json=LIMIT | {"side": "SELL", "quantity": "2"}, headers=venue.bob.headers)
    assert sold.json()["status"] == "FILLED"
    for door in both:
        fills = door.get(f"/orders/{placed['orderId']}/fills", headers=venue.ann.headers).json()["fills"]
        assert [Decimal(fill["quantity"]) for fill in fills] == [2]
    balances = [door.get("/balances", headers=venue.ann.headers).json() for door in both]
    assert balances[0] == balances[1]


def test_orders_that_wait_are_listed_by_the_other_worker(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = both
    stop = {"symbol": "ABC-USD", "side": "SELL", "quantity": "2", "triggerPrice": "50.00"}
    placed = one.post("/advanced-orders/stop-loss", json=stop, headers=venue.ann.headers)
    assert placed.status_code == 201, placed.text
    listed = other.get("/advanced-orders", headers=venue.ann.headers).json()["orders"]
    assert placed.json()["orderId"] in {line["id"] for line in listed}
    gone = other.delete(f"/advanced-orders/{placed.json()['orderId']}", headers=venue.ann.headers)
    assert gone.status_code == 204


def test_nobody_reads_or_cancels_anothers_order_at_any_worker(
    venue: Venue, both: tuple[httpx.Client, httpx.Client]
) -> None:
    one, other = both
    placed = one.post("/orders", json=LIMIT, headers=venue.ann.headers).json()
    for door in (one, other):
        for method in ("GET", "DELETE"):
            refused = door.request(method, f"/orders/{placed['orderId']}", headers=venue.bob.headers)
            assert refused.status_code == 404, refused.text


def test_a_signature_counts_once_over_both_workers(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = both
    body = {"name": "machine", "scopes": ["read"]}
    made = one.post("/api-keys", json=body, headers=venue.ann.headers).json()
    nonce = functools.partial(secrets.token_hex, 16)
    signer = Signer(key_id=made["keyId"], secret=Secret(made["secret"]), now_ns=time.time_ns, nonce=nonce)
    signed = dict(signer.proof("GET", "/me", b""))
    assert one.get("/me", headers=signed).status_code == 200
    for door in (other, one):
        assert door.get("/me", headers=signed).status_code == 401


def test_what_one_worker_revokes_the_other_refuses(both: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = both
    login = one.post("/auth/login", json={"email": "ann@example.com", "password": PASSWORD}).json()
    mine = {"Authorization": f"Bearer {login['accessToken']}"}
    assert [door.get("/me", headers=mine).status_code for door in both] == [200, 200]
    assert one.post("/auth/logout", headers=mine).status_code in {200, 204}
    assert one.get("/me", headers=mine).status_code == 401
    eventually(lambda: other.get("/me", headers=mine).status_code == 401)


def test_both_workers_show_the_market(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    one, other = both
    level = {"price": "98.00", "quantity": "2", "orders": 1}
    one.post("/orders", json=LIMIT | {"price": "98.00", "quantity": "3"}, headers=venue.ann.headers)
    other.post("/orders", json=LIMIT | {"price": "98.00", "quantity": "1", "side": "SELL"}, headers=venue.bob.headers)
    for door in both:
        trades = eventually(functools.partial(_trades_beside, door, level))
        assert (trades[0]["price"], trades[0]["quantity"]) == ("98.00", "1")
        assert door.get("/markets/ABC-USD/stats").status_code == 200
        assert door.get("/markets/NO-SUCH/book").status_code == 404


def test_users_who_come_at_once_have_accounts_of_their_own(venue: Venue) -> None:
    place = venue.service.ready["data"]

    async def register(http: httpx.AsyncClient, number: int) -> None:
        asked = {"email": f"crowd-{number}@example.com", "password": PASSWORD}
        assert (await http.post("/auth/register", json=asked)).status_code == 202

    async def verify(http: httpx.AsyncClient, token: str) -> int:
        answer = await http.post("/auth/verify", json={"token": token})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["account"])

    async def place_one(http: httpx.AsyncClient, number: int) -> str:
        asked = {"email": f"crowd-{number}@example.com", "password": PASSWORD}
        login = (await http.post("/auth/login", json=asked)).json()
        mine = {"Authorization": f"Bearer {login['accessToken']}"}
        return str((await http.post("/orders", json=LIMIT, headers=mine)).json()["code"])

    async def crowd() -> tuple[list[int], list[str]]:
        async with httpx.AsyncClient(base_url=str(venue.service.http.base_url), timeout=60) as http:
            await asyncio.gather(*(register(http, number) for number in range(_CROWD)))
            lines = (Path(place) / "outbox.jsonl").read_text().splitlines()[-_CROWD:]
            accounts = await asyncio.gather(*(verify(http, json.loads(line)["token"]) for line in lines))
            return accounts, await asyncio.gather(*(place_one(http, number) for number in range(_CROWD)))

    accounts, codes = asyncio.run(crowd())
    assert len({*accounts, venue.ann.account, venue.bob.account}) == _CROWD + 2
    # They have no money, and it is their own that they do not have.
    assert codes == ["INSUFFICIENT_FUNDS"] * _CROWD


async def _until(socket: ClientConnection, key: str, value: str) -> list[dict[str, Any]]:
    heard: list[dict[str, Any]] = []
    async with asyncio.timeout(_WAIT_S):
        while not heard or heard[-1].get(key) != value:
            heard.append(json.loads(await socket.recv()))
    return [message for message in heard if message["type"] != "HEARTBEAT"]


async def _hear(venue: Venue, user: str, resume_from: str | None, order_ids: list[str]) -> list[dict[str, Any]]:
    """Connect to whichever worker answers, go on from a place, and return the events up to those of these orders."""
    at = f"ws://127.0.0.1:{venue.service.ready['port']}/ws/{user}"
    async with connect(at, additional_headers=venue.ann.headers, proxy=None) as socket:
        asked = {"op": "subscribe", "id": "s", "channels": [{"name": "orders"}]}
        await socket.send(json.dumps(asked | ({} if resume_from is None else {"resumeFrom": resume_from})))
        heard = await _until(socket, "id", "s")
        assert heard[-1]["status"] == 200, heard[-1]
        missing = set(order_ids)
        events = [message for message in heard if message.get("channel") == "orders"]
        missing -= {event["data"].get("orderId") for event in events}
        async with asyncio.timeout(_WAIT_S):
            while missing:
                message = json.loads(await socket.recv())
                if message.get("channel") == "orders":
                    events.append(message)
                    missing.discard(message["data"].get("orderId"))
        return events


def test_a_socket_goes_on_at_any_worker(venue: Venue, both: tuple[httpx.Client, httpx.Client]) -> None:
    user = str(venue.ann.ask("GET", "/me").json()["userId"])
    ids: list[str] = []
    place: str | None = "0.0.0"
    told: list[str] = []
    # Enough connections that both workers have some.
    for turn in range(12):
        placed = both[turn % 2].post("/orders", json=LIMIT | {"quantity": "1"}, headers=venue.ann.headers).json()
        ids.append(placed["orderId"])
        events = asyncio.run(_hear(venue, user, place, ids[-1:]))
        place = events[-1]["position"]
        told += [event["data"].get("orderId") for event in events if event["type"] == "ORDER_CREATED"]
    assert [order for order in told if order in ids] == ids
    counts = [door.get("/metrics").text.count("websocket_connections{") for door in both]
    assert counts == [2, 2]
