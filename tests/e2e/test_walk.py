"""The walk that a stranger makes by hand: register, fund, trade in every way of the API, on a directory of its own."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx
from tests.e2e.crews import eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_users import OPS, PASSWORD, created

_WALLET: Final = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
_LISTING: Final = {
    "symbol": "SOL-USD",
    "baseAsset": "SOL",
    "baseDecimals": 8,
    "quoteAsset": "USD",
    "quoteDecimals": 5,
    "priceDecimals": 2,
    "quantityDecimals": 3,
    "tickSize": "0.01",
    "lotSize": "0.001",
    "minQuantity": "0.001",
    "maxQuantity": "1000",
    "minPrice": "0.01",
    "maxPrice": "10000",
}
_EXITS: Final = {
    "symbol": "SOL-USD",
    "side": "SELL",
    "quantity": "1",
    "takeProfit": {"price": "150"},
    "stopLoss": {"stopPrice": "50", "limitPrice": "49"},
}


class Person:
    """Somebody who speaks HTTP and expects each answer to be a yes."""

    def __init__(self, service: Service, email: str) -> None:
        self._http = service.http
        login = service.http.post("/auth/login", json={"email": email, "password": PASSWORD})
        assert login.status_code == 200, login.text
        self._headers = {"Authorization": f"Bearer {login.json()['accessToken']}"}

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self._http.request(method, path, json=body, headers=self._headers)

    def do(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(method, path, body)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    def order(self, side: str, quantity: str, price: str) -> Any:
        fields = {"symbol": "SOL-USD", "side": side, "orderType": "LIMIT", "quantity": quantity, "price": price}
        return self.do("POST", "/orders", fields)


def _stranger(service: Service, directory: Path, email: str) -> Person:
    credentials = {"email": email, "password": PASSWORD}
    assert service.http.post("/auth/register", json=credentials).status_code == 202
    token = json.loads((directory / "outbox.jsonl").read_text().splitlines()[-1])["token"]
    assert service.http.post("/auth/verify", json={"token": token}).status_code == 201
    return Person(service, email)


def _fund(person: Person, ops: Person, asset: str, amount: str, *, tx: int) -> None:
    body = {"asset": asset, "amount": amount, "chain": "ethereum", "address": _WALLET}
    asked = person.do("POST", "/deposits", body | {"transactionHash": f"0x{tx:064x}"})
    assert asked["state"] == "PENDING"
    assert ops.do("POST", f"/deposits/{asked['id']}/confirm")["state"] == "DONE"


def _best_ask(service: Service) -> tuple[str, Decimal] | None:
    asks = service.http.get("/markets/SOL-USD/book").json()["asks"]
    return (asks[0]["price"], Decimal(asks[0]["quantity"])) if asks else None


def test_a_stranger_walks_through_the_venue(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    created(directory, OPS)
    with Service(directory) as service:
        ops = Person(service, OPS)
        ops.do("POST", "/markets", _LISTING)
        assert ops.do("PATCH", "/markets/SOL-USD", {"state": "CONTINUOUS"})["symbol"] == "SOL-USD"
        ann, bob = (_stranger(service, directory, f"{name}@example.com") for name in ("ann", "bob"))
        for number, (person, asset) in enumerate([(ann, "USD"), (ann, "SOL"), (bob, "SOL")]):
            _fund(person, ops, asset, "10000", tx=number + 1)

        bought = ann.order("BUY", "5", "100.00")
        assert (bought["status"], Decimal(bought["filledQuantity"])) == ("OPEN", Decimal(0))
        sold = bob.order("SELL", "2", "100.00")
        assert (sold["status"], len(sold["fills"])) == ("FILLED", 1)
        path = f"/orders/{bought['orderId']}"
        changed = ann.do("PATCH", path, {"price": "99.00"})
        assert (Decimal(changed["filledQuantity"]), changed["price"]) == (Decimal(2), "99.00")
        ended = ann.do("DELETE", path)
        assert (ended["status"], ann.ask("DELETE", path).status_code) == ("CANCELED", 422)

        base = {"symbol": "SOL-USD", "side": "SELL", "quantity": "1"}
        stop = ann.do("POST", "/advanced-orders/stop-loss", base | {"triggerPrice": "60", "limitPrice": "59"})
        assert stop["status"] == "PENDING_TRIGGER"
        sizes = {"totalQuantity": "5", "visibleQuantity": "1", "price": "120"}
        iceberg = ann.do("POST", "/advanced-orders/iceberg", {"symbol": "SOL-USD", "side": "SELL"} | sizes)
        assert iceberg["status"] == "OPEN"
        group = ann.do("POST", "/advanced-orders/oco", _EXITS)["groupId"]
        # An order is answered a moment before the book is told of it.
        eventually(lambda: _best_ask(service) == ("120.00", Decimal(1)))
        ann.do("DELETE", f"/advanced-orders/{group}")
        ann.do("DELETE", f"/advanced-orders/{stop['orderId']}")
        assert ann.do("DELETE", "/orders") == {"canceled": 1}
        assert service.end()[0] == 0
