"""A venue over REST: two users trade, change, cancel, wait, and nobody touches what is another's."""

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.test_serve import Service
from tests.e2e.venues import SECRET, instrument, write_keys

from fairlead.client import Client

PASSWORD = "violet-anchor-42"
LIMIT: dict[str, Any] = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "5", "price": "100.00"}


class Trader:
    """A user with money, as a program that speaks HTTP."""

    def __init__(self, service: Service, directory: Path, email: str) -> None:
        http, credentials = service.http, {"email": email, "password": PASSWORD}
        assert http.post("/auth/register", json=credentials).status_code == 202
        token = json.loads((directory / "outbox.jsonl").read_text().splitlines()[-1])["token"]
        self.account: int = http.post("/auth/verify", json={"token": token}).json()["account"]
        access = http.post("/auth/login", json=credentials).json()["accessToken"]
        self.headers = {"Authorization": f"Bearer {access}"}
        self._http = http

    def use(self, service: Service) -> None:
        """Ask another service from now on, as one that was started again."""
        self._http = service.http

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self._http.request(method, path, json=body, headers=self.headers)

    def place(self, **fields: Any) -> httpx.Response:
        return self.ask("POST", "/orders", LIMIT | fields)


class Venue:
    """``fairlead serve`` with one instrument, Ann and Bob."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.service = service
        with Client(port=service.ready["gateway_port"], key_id="ops", secret=SECRET, role="operator") as ops:
            ops.command("AddAsset", {"symbol": "ABC", "decimals": 0})
            ops.command("AddAsset", {"symbol": "USD", "decimals": 2})
            # Somebody else's account comes first: users are numbered from 1,001 all the same.
            ops.command("AddAccount", {"name": "maker", "kind": "Credit", "stp_group": 0, "fees": 0})
            listed = ops.command("ListInstrument", instrument() | {"min_price": 5}, entries=({"from": 0, "tick": 5},))
            assert not listed.is_rejected, listed
            ops.command("SetTradingState", {"instrument": 0, "state": "Continuous"})
            self.ann, self.bob = (Trader(service, directory, f"{name}@example.com") for name in ("ann", "bob"))
            for trader in (self.ann, self.bob):
                for asset in (0, 1):
                    fields = {"account": trader.account, "asset": asset, "amount": 1_000_000}
                    assert not ops.command("Deposit", fields).is_rejected


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Venue]:
    """Return a venue; each test leaves no open order behind."""
    directory = tmp_path_factory.mktemp("trading") / "venue"
    write_keys(directory)
    with Service(directory) as service:
        yield Venue(service, directory)


@pytest.fixture(autouse=True)
def _emptied(venue: Venue) -> Iterator[None]:
    yield
    for trader in (venue.ann, venue.bob):
        assert trader.ask("DELETE", "/orders").status_code == 200


def test_an_order_is_placed_partly_filled_changed_and_cancelled(venue: Venue) -> None:
    ann, bob = venue.ann, venue.bob
    assert (ann.account, bob.account) == (1_001, 1_002)

    placed = ann.place(clientOrderId="life")
    sold = bob.place(side="SELL", quantity=2)
    order = f"/orders/{placed.json()['orderId']}"
    changed = ann.ask("PATCH", order, {"quantity": "4", "price": 99.95})
    canceled = ann.ask("DELETE", order)
    again = ann.ask("DELETE", order)

    assert (placed.status_code, placed.json()["status"], placed.json()["clientOrderId"]) == (201, "OPEN", "life")
    assert sold.status_code == 201
    line = changed.json()
    assert (changed.status_code, line["price"], line["quantity"]) == (200, "99.95", "4")
    assert (line["filledQuantity"], line["remainingQuantity"], Decimal(line["averagePrice"])) == (
        "2",
        "2",
        Decimal(100),
    )
    ended = canceled.json()
    assert (canceled.status_code, ended["status"], ended["reason"]) == (200, "CANCELED", "USER")
    assert ended["filledQuantity"] == "2"
    assert (again.status_code, again.json()["code"]) == (422, "ORDER_FINISHED")


def test_nobody_changes_or_cancels_what_is_anothers(venue: Venue) -> None:
    placed = venue.ann.place().json()
    order = f"/orders/{placed['orderId']}"

    tried = [
        venue.bob.ask("PATCH", order, {"price": "1.00"}),
        venue.bob.ask("DELETE", order),
        venue.bob.ask("DELETE", f"/advanced-orders/{placed['orderId']}"),
        venue.bob.ask("DELETE", "/orders/123456789"),
    ]
    nothing = venue.bob.ask("DELETE", "/orders")
    foreign = venue.bob.place(accountId=venue.ann.account)

    assert [(one.status_code, one.json()["code"]) for one in tried] == [(404, "UNKNOWN_ORDER")] * 4
    assert nothing.json() == {"canceled": 0}
    assert (foreign.status_code, foreign.json()["code"]) == (403, "AUTHORIZATION_ERROR")
    assert venue.ann.ask("DELETE", order).json()["status"] == "CANCELED"


def test_fifty_posts_with_one_client_id_are_one_order(venue: Venue) -> None:
    body, headers = LIMIT | {"quantity": "1"}, venue.ann.headers | {"Idempotency-Key": "fifty"}

    async def many() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=str(venue.service.http.base_url), timeout=60) as http:
            return await asyncio.gather(*(http.post("/orders", json=body, headers=headers) for _ in range(50)))

    answers = asyncio.run(many())

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.json()["orderId"] for answer in answers}) == 1
    other = venue.ann.place(clientOrderId="fifty", quantity="2")
    assert (other.status_code, other.json()["code"]) == (409, "DUPLICATE_CLORDID")
    assert venue.ann.ask("DELETE", "/orders?symbol=ABC-USD&side=BUY").json() == {"canceled": 1}


def test_refusals_of_the_exchange_name_value_and_limit(venue: Venue) -> None:
    off = venue.ann.place(price="100.03")
    poor = venue.ann.place(quantity="900", price="100000.00")
    small = venue.ann.place(price="100.001")

    problem = off.json()
    assert (off.status_code, problem["code"], problem["field"]) == (422, "PRICE_TICK", "price")
    assert (problem["value"], problem["limit"]) == ("100.03", "0.05")
    assert (poor.status_code, poor.json()["code"]) == (422, "INSUFFICIENT_FUNDS")
    assert poor.json()["value"] == "90000000.00"
    assert small.status_code == 400
    assert venue.ann.place(symbol="NONE").json()["code"] == "UNKNOWN_INSTRUMENT"


@pytest.mark.parametrize("price", ["NaN", "1e400", "1" * 40, "\u0661", "-Infinity", "1_0"])
def test_abused_numbers_are_refused(venue: Venue, price: str) -> None:
    refused = venue.ann.place(price=price)
    raw = json.dumps(LIMIT).replace('"100.00"', price)
    headers = venue.ann.headers | {"Content-Type": "application/json"}
    bare = venue.service.http.post("/orders", content=raw.encode(), headers=headers)

    assert (refused.status_code, bare.status_code) == (400, 400)
    assert refused.json()["code"] == bare.json()["code"] == "VALIDATION_ERROR"


def test_stops_icebergs_and_groups_are_entered_and_cancelled(venue: Venue) -> None:
    ann = venue.ann
    stop = ann.ask(
        "POST",
        "/advanced-orders/stop-loss",
        {"symbol": "ABC-USD", "side": "SELL", "quantity": 1, "triggerPrice": 48, "limitPrice": 47},
    )
    trail = ann.ask(
        "POST",
        "/advanced-orders/trailing-stop",
        {"symbol": "ABC-USD", "side": "SELL", "quantity": 1, "trailingPercent": 5},
    )
    iceberg = ann.ask(
        "POST",
        "/advanced-orders/iceberg",
        {"symbol": "ABC-USD", "side": "BUY", "totalQuantity": 100, "visibleQuantity": 5, "price": 50},
    )
    exits = {"takeProfit": {"price": 460}, "stopLoss": {"stopPrice": 42, "limitPrice": 41.95}}
    oco = ann.ask(
        "POST",
        "/advanced-orders/oco",
        {"symbol": "ABC-USD", "side": "SELL", "quantity": 1, "clientOrderId": "pair"} | exits,
    )
    again = ann.ask(
        "POST",
        "/advanced-orders/oco",
        {"symbol": "ABC-USD", "side": "SELL", "quantity": 1, "clientOrderId": "pair"} | exits,
    )
    bracket = ann.ask(
        "POST",
        "/advanced-orders/bracket",
        {"symbol": "ABC-USD", "side": "BUY", "quantity": 1, "entryPrice": 44} | exits,
    )

    assert [one.status_code for one in (stop, trail, iceberg, oco, again, bracket)] == [201, 201, 201, 201, 200, 201]
    assert (stop.json()["orderType"], Decimal(stop.json()["triggerPrice"])) == ("STOP_LIMIT", Decimal(48))
    assert [order["clientOrderId"] for order in oco.json()["orders"]] == oco.json()["clientOrderIds"]
    assert [order["orderId"] for order in again.json()["orders"]] == [one["orderId"] for one in oco.json()["orders"]]
    assert len(bracket.json()["orders"]) == 3
    assert (iceberg.json()["displayQuantity"], trail.json()["trailingPercent"]) == ("5", "5")
    group = f"/advanced-orders/{oco.json()['groupId']}"
    foreign = venue.bob.ask("DELETE", group)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "UNKNOWN_GROUP")
    assert ann.ask("DELETE", group).status_code == 204
    ended = ann.ask("DELETE", group)
    assert (ended.status_code, ended.json()["code"]) == (422, "GROUP_FINISHED")
    assert ann.ask("DELETE", f"/advanced-orders/{stop.json()['orderId']}").status_code == 204
    assert ann.ask("DELETE", f"/advanced-orders/{bracket.json()['groupId']}").status_code == 204
    assert ann.ask("DELETE", "/orders").json() == {"canceled": 2}


def test_a_batch_and_the_timer(venue: Venue) -> None:
    orders = [LIMIT | {"quantity": str(number)} for number in (1, 2)] + [LIMIT | {"price": "1.01"}]
    results = venue.ann.ask("POST", "/orders/batch", {"orders": orders}).json()["results"]
    timer = venue.ann.ask("POST", "/cancel-all-after", {"timeoutMs": 60_000})
    off = venue.ann.ask("POST", "/cancel-all-after", {"timeoutMs": 0})

    assert [one["status"] for one in results] == [201, 201, 422]
    assert results[2]["problem"]["code"] == "PRICE_TICK"
    assert (timer.status_code, off.json()) == (200, {"timeoutMs": 0})
    assert venue.ann.ask("DELETE", "/orders").json() == {"canceled": 2}
