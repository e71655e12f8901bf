"""Markets that are listed and declared by one worker are the same at the other, without a restart."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.crews import OFTEN, WORKERS, doors, eventually
from tests.e2e.opened import Opened, definition
from tests.e2e.test_serve import Service
from websockets.asyncio.client import ClientConnection, connect

_WAIT_S = 30.0
# Enough connections that both workers have some.
_SOCKETS = 12
_EVENT = definition("RAIN", tickSize="0.01", minPrice="0.01", maxPrice="0.99")


@pytest.fixture(name="service")
def _service(directory: Path) -> Iterator[Service]:
    with Service(directory, *WORKERS, *OFTEN) as service:
        yield service


def _tells(door: httpx.Client, no_asset: str | None) -> bool:
    """Whether a worker knows the market, and tells so of its other asset."""
    answer = door.get("/markets/RAIN")
    return answer.status_code == 200 and answer.json()["noAsset"] == no_asset


def test_both_workers_tell_the_no_asset_that_one_declared(service: Service, directory: Path) -> None:
    one, other = doors(service).values()
    market = Opened(service, directory, _EVENT)
    for door in (one, other):
        # Both have told of it as of one that is no event's.
        eventually(partial(_tells, door, None))

    declared = one.put("/outcomes/RAIN", json={"noAsset": "NO-RAIN"}, headers=market.ops)

    assert declared.status_code == 200
    for door in (one, other):
        eventually(partial(_tells, door, "NO-RAIN"))
        assert [it["noAsset"] for it in door.get("/markets").json()["markets"]] == ["NO-RAIN"]
        door.close()


def test_sockets_of_both_workers_have_the_decimals_of_a_market_that_is_new(service: Service, directory: Path) -> None:
    market = Opened(service, directory, definition("NEW", tickSize="0.05", minPrice="0.05", maxPrice="1000"))
    market.open(funds=Decimal(10_000), assets=["quote", "base"])

    told = asyncio.run(_told(market))

    assert [(it["symbol"], it["price"], it["quantity"]) for it in told] == [("NEW", "99.95", "3")] * _SOCKETS


async def _told(market: Opened) -> list[dict[str, Any]]:
    """Return what sockets are told of an order that one of the workers takes."""
    user = market.ann.ask("GET", "/me").json()["userId"]
    at = f"ws://127.0.0.1:{market.service.ready['port']}/ws/{user}"
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(at, additional_headers=market.ann.headers, proxy=None))
            for _ in range(_SOCKETS)
        ]
        for socket in sockets:
            await socket.send(json.dumps({"op": "subscribe", "id": "s", "channels": [{"name": "orders"}]}))
            await _message(socket, id="s")
        order = {"symbol": "NEW", "side": "SELL", "orderType": "LIMIT", "quantity": "3", "price": "99.95"}
        placed = await asyncio.to_thread(market.ann.ask, "POST", "/orders", order)
        assert placed.status_code == 201, placed.text
        return [(await _message(socket, type="ORDER_CREATED"))["data"] for socket in sockets]


async def _message(socket: ClientConnection, **wanted: str) -> dict[str, Any]:
    async with asyncio.timeout(_WAIT_S):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if wanted.items() <= message.items():
                return message
