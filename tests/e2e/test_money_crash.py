"""kill -9 of the service while orders are changed and cancelled and deposits confirmed: each yes still holds, once."""

import asyncio
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Venue
from tests.e2e.test_users import OPS, PASSWORD, created
from tests.e2e.venues import write_keys

_EACH: Final = 50
_KILLED_AFTER: Final = 75
_PRICE: Final = "11.00"
_WALLET: Final = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
_RATES: Final = [
    word
    for rate in ("account_orders_per_s", "account_cancels_per_s", "ip_requests_per_s", "ip_cancels_per_s")
    for word in ("--set", f"limits.{rate}=10000")
]


def _operator(service: Service) -> dict[str, str]:
    login = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
    assert login.status_code == 200, login.text
    return {"Authorization": f"Bearer {login.json()['accessToken']}"}


def _asked(service: Service, headers: dict[str, str]) -> tuple[list[str], list[str]]:
    """Place orders and ask for deposits of different amounts; return their ids."""
    orders, deposits = [], []
    for number in range(2 * _EACH):
        body: dict[str, Any] = LIMIT | {"quantity": "1", "price": "10.00", "clientOrderId": f"crash-{number}"}
        orders.append(service.http.post("/orders", json=body, headers=headers).json()["orderId"])
    for number in range(_EACH):
        body = {"asset": "USD", "amount": f"{number + 1}.00", "chain": "ethereum", "address": _WALLET}
        answer = service.http.post("/deposits", json=body | {"transactionHash": f"0x{number:064x}"}, headers=headers)
        assert answer.status_code == 201, answer.text
        deposits.append(answer.json()["id"])
    return orders, deposits


async def _attacked(service: Service, work: list[tuple[str, str, Any, dict[str, str]]]) -> set[tuple[str, str]]:
    """Do the work from several clients until the service is killed in the middle of it; return what got a yes."""
    done: set[tuple[str, str]] = set()
    waiting = iter(work)

    async def client(http: httpx.AsyncClient) -> None:
        for method, path, body, headers in waiting:
            try:
                answer = await http.request(method, path, json=body, headers=headers)
            except httpx.HTTPError:
                return
            assert answer.status_code == 200, (path, answer.text)
            done.add((method, path))
            if len(done) == _KILLED_AFTER:
                service.process.kill()

    async with httpx.AsyncClient(base_url=str(service.http.base_url), timeout=60) as http:
        await asyncio.gather(*(client(http) for _ in range(6)))
    service.process.communicate(timeout=60)
    return done


def _usd(service: Service, headers: dict[str, str]) -> Decimal:
    (line,) = [it for it in service.http.get("/balances", headers=headers).json()["balances"] if it["asset"] == "USD"]
    return Decimal(line["total"])


def test_what_was_changed_cancelled_or_confirmed_stays_so_after_a_kill(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    created(directory, OPS)
    with Service(directory, *_RATES) as service:
        mine, ops = Venue(service, directory).ann.headers, _operator(service)
        orders, deposits = _asked(service, mine)
        before = _usd(service, mine)
        changes = [("PATCH", f"/orders/{one}", {"price": _PRICE}, mine) for one in orders[:_EACH]]
        cancels = [("DELETE", f"/orders/{one}", None, mine) for one in orders[_EACH:]]
        confirms = [("POST", f"/deposits/{one}/confirm", None, ops) for one in deposits]
        work = list(itertools.chain.from_iterable(zip(changes, cancels, confirms, strict=True)))
        done = asyncio.run(_attacked(service, work))
    assert _KILLED_AFTER <= len(done) < len(work)

    with Service(directory, *_RATES) as service:
        assert service.http.get("/ready").json()["status"] == "READY"
        shown = {one: service.http.get(f"/orders/{one}", headers=mine).json() for one in orders}
        states = {it["id"]: it for it in service.http.get("/deposits?limit=500", headers=ops).json()["deposits"]}
        for method, path in done:
            number = path.split("/")[2]
            if method == "PATCH":
                assert shown[number]["price"] == _PRICE, path
            elif method == "DELETE":
                assert shown[number]["status"] == "CANCELED", path
            else:
                assert states[number]["state"] == "DONE", path
        # Whatever got no answer happened or did not: never in part, never twice.
        assert {(it["price"], it["status"]) for it in shown.values()} <= {
            ("10.00", "OPEN"),
            (_PRICE, "OPEN"),
            ("10.00", "CANCELED"),
        }
        assert {it["state"] for it in states.values()} == {"DONE", "PENDING"}
        came = sum(Decimal(it["amount"]) for it in states.values() if it["state"] == "DONE")
        assert _usd(service, mine) == before + came
        seqs = [it["eventSeq"] for it in states.values() if it["state"] == "DONE"]
        assert len(set(seqs)) == len(seqs)
        again = [service.http.post(f"/deposits/{one}/confirm", headers=ops).status_code for one in deposits]
        assert again == [409 if states[one]["state"] == "DONE" else 200 for one in deposits]
        assert _usd(service, mine) == before + sum(range(1, _EACH + 1))
