"""Bytes of a live connection, and orders for each trade, at a running service."""

import asyncio
import json
from functools import partial
from pathlib import Path

import httpx
import pytest
from tests.e2e.crews import OFTEN, WORKERS, doors, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_sockets import _code, _url
from tests.e2e.test_trading import LIMIT, Venue
from websockets.asyncio.client import connect

_FREE, _MOST = 4, 3
_RATIO = (
    *("--set", f"limits.order_to_trade_max={_MOST}"),
    *("--set", f"limits.order_to_trade_free={_FREE}"),
    *("--set", "limits.order_to_trade_window_s=86400"),
)


def test_a_live_connection_that_sends_too_many_bytes_is_ended(directory: Path) -> None:
    small = ("--set", "limits.connection_bytes_per_s=1024", "--set", "limits.burst_s=2")

    async def run(service: Service) -> None:
        talkative = await connect(_url(service, "/ws"), proxy=None)
        quiet = await connect(_url(service, "/ws"), proxy=None)
        for number in range(100):
            await quiet.send(json.dumps({"op": "ping", "id": str(number)}))
        for _ in range(3):
            await talkative.send(json.dumps({"op": "x" * 1_000}))
        assert await _code(talkative) == 4429
        assert "connection_bytes_per_s" in str(talkative.close_reason)
        answer = json.loads(await quiet.recv())
        assert answer["type"] in {"RESPONSE", "HEARTBEAT"}
        await quiet.close()

    with Service(directory, *small) as service:
        asyncio.run(run(service))


@pytest.mark.parametrize("several", [(), WORKERS])
def test_an_account_enters_no_more_than_its_trades_allow(directory: Path, several: tuple[str, ...]) -> None:
    with Service(directory, *several, *OFTEN, *_RATIO) as service:
        venue = Venue(service, directory)
        asked = list(doors(service).values()) if several else [service.http]
        try:
            _enter(venue, asked)
        finally:
            for door in asked if several else ():
                door.close()


def _enter(venue: Venue, asked: list[httpx.Client]) -> None:
    ann, bob = venue.ann, venue.bob

    def place(number: int) -> httpx.Response:
        order = LIMIT | {"clientOrderId": f"caps-{number}", "price": "50.00", "quantity": "1"}
        return asked[number % len(asked)].post("/orders", json=order, headers=ann.headers)

    def refusal(number: int) -> httpx.Response | None:
        answer = place(number)
        return answer if answer.status_code == 429 else None

    orders = [place(number).json()["orderId"] for number in range(_FREE)]
    # Each worker hears of what came through another, a moment later.
    for number in range(_FREE, _FREE + len(asked)):
        refused = eventually(partial(refusal, number))
        problem = refused.json()
        assert (problem["code"], problem["limit"]) == ("ORDER_TO_TRADE", str(_FREE))
        assert int(problem["value"]) > _FREE
        assert 1 <= int(refused.headers["retry-after"]) <= 86_400
        assert f'"order-to-trade";q={_FREE};w=86400' in refused.headers["ratelimit-policy"]
    # A batch is refused whole; cancels and reads are not refused.
    batch = {"orders": [LIMIT | {"clientOrderId": "caps-b", "price": "50.00", "quantity": "1"}]}
    assert ann.ask("POST", "/orders/batch", batch).json()["code"] == "ORDER_TO_TRADE"
    assert ann.ask("DELETE", f"/orders/{orders[0]}").status_code == 200
    assert ann.ask("GET", "/orders").status_code == 200
    # Three trades are worth nine orders.
    for number in range(3):
        sold = bob.place(clientOrderId=f"caps-sell-{number}", side="SELL", price="50.00", quantity="1")
        assert sold.json()["status"] == "FILLED", sold.text
    eventually(lambda: place(10).status_code == 201)
