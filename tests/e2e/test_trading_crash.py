"""kill -9 of the service while orders arrive over REST: every order that was answered is there, once."""

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Venue
from tests.e2e.venues import write_keys

_ORDERS, _AT_ONCE, _KILLED_AFTER = 120, 8, 40


async def _send(service: Service, headers: dict[str, str], *, kill_after: int | None) -> dict[str, httpx.Response]:
    """Send orders under ids of their own; return the answers that came, by id."""
    answers: dict[str, httpx.Response] = {}
    waiting = iter(range(_ORDERS))

    async def client(http: httpx.AsyncClient) -> None:
        for number in waiting:
            named = f"load-{number}"
            body: dict[str, Any] = LIMIT | {"quantity": "1", "price": "10.00", "clientOrderId": named}
            try:
                answers[named] = await http.post("/orders", json=body, headers=headers)
            except httpx.HTTPError:
                return
            if kill_after is not None and len(answers) == kill_after:
                service.process.kill()

    async with httpx.AsyncClient(base_url=str(service.http.base_url), timeout=60) as http:
        await asyncio.gather(*(client(http) for _ in range(_AT_ONCE)))
    return answers


def test_every_order_that_was_answered_is_there_once_after_a_kill(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    rates = ["--set", "limits.account_orders_per_s=10000", "--set", "limits.ip_requests_per_s=10000"]
    with Service(directory, *rates) as service:
        ann = Venue(service, directory).ann
        before = asyncio.run(_send(service, ann.headers, kill_after=_KILLED_AFTER))
        service.process.communicate(timeout=60)
    taken = {named: answer.json()["orderId"] for named, answer in before.items() if answer.status_code == 201}
    assert _KILLED_AFTER - _AT_ONCE <= len(taken) < _ORDERS

    with Service(directory, *rates) as service:
        # Whoever got no answer sends everything again: nothing comes twice.
        after = asyncio.run(_send(service, ann.headers, kill_after=None))

        assert len(after) == _ORDERS
        assert {answer.status_code for answer in after.values()} <= {200, 201}
        for named, order_id in taken.items():
            assert (after[named].status_code, after[named].json()["orderId"]) == (200, order_id)
        assert len({answer.json()["orderId"] for answer in after.values()}) == _ORDERS
        open_now = service.http.delete("/orders", headers=ann.headers)
        assert open_now.json() == {"canceled": _ORDERS}
        assert Decimal(after["load-0"].json()["quantity"]) == 1
