"""The examples of the description, sent in an order in which each means something to a running demo."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.test_serve import Service

__all__ = ["Player"]

_ANN = "ann"


@dataclass(slots=True)
class Player:
    """Somebody who sends them, as who has the right to, and keeps what was answered.

    Args:
        service: a demo that was begun a moment ago.
        directory: its data directory.
        bodies: the body of each operation, by its name.
    """

    service: Service
    directory: Path
    bodies: Mapping[str, Any]
    answers: dict[str, httpx.Response] = field(default_factory=dict)
    _tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def play(self) -> dict[str, httpx.Response]:
        """Send all of them."""
        for person in self.service.ready["demo"]:
            credentials = {"email": person["email"], "password": person["password"]}
            self._tokens[person["role"]] = self.service.http.post("/auth/login", json=credentials).json()
        for act in (self._come_in, self._look, self._operate, self._trade, self._wait_for_prices, self._move_money):
            act()
        return self.answers

    def send(self, name: str, *, who: str | None = None, query: str = "", change: Any = None, **parts: str) -> Any:
        """Send an example; ``change`` stands in for what only this service knows: a token, a transaction."""
        method, path = name.split(" ")
        body = self.bodies.get(name)
        if change is not None:
            body = self.bodies[name] | change
        headers = {} if who is None else {"Authorization": f"Bearer {self._tokens[who]['accessToken']}"}
        answer = self.service.http.request(method, path.format_map(parts) + query, json=body, headers=headers)
        self.answers[name] = answer
        return answer.json() if answer.content else None

    def _token(self) -> dict[str, str]:
        return {"token": json.loads((self.directory / "outbox.jsonl").read_text().splitlines()[-1])["token"]}

    def _come_in(self) -> None:
        self.send("POST /auth/register")
        self.send("POST /auth/verify", change=self._token())
        self._tokens[_ANN] = self.send("POST /auth/login")
        self._tokens[_ANN] = self.send(
            "POST /auth/refresh", change={"refreshToken": self._tokens[_ANN]["refreshToken"]}
        )
        self.send("GET /me", who=_ANN)
        self.send("POST /api-keys", who=_ANN)
        self.send("GET /api-keys", who=_ANN)
        self.send("POST /auth/forgot-password")
        self.send("POST /auth/reset-password", change=self._token())

    def _look(self) -> None:
        market = {"symbol": "BTC-USD"}
        self._until("GET /markets/{symbol}/trades", lambda it: len(it["trades"]) > 1, query="?limit=2", **market)
        self._until("GET /markets/{symbol}/candles", lambda it: it["candles"], query="?limit=1", **market)
        self.send("GET /markets")
        self.send("GET /markets/{symbol}", **market)
        self.send("GET /markets/{symbol}/book", query="?levels=2", **market)
        self.send("GET /markets/{symbol}/stats", **market)
        self.send("GET /markets/{symbol}/microstructure", **market)

    def _operate(self) -> None:
        market = {"who": "operator", "symbol": "SOL-USD"}
        self.send("POST /markets", who="operator")
        for name in (
            "PATCH /markets/{symbol}",
            "POST /markets/{symbol}/halt",
            "POST /markets/{symbol}/resume",
            "PUT /markets/{symbol}/ticks",
            "PUT /markets/{symbol}/calendar",
            "GET /markets/{symbol}/calendar",
        ):
            self.send(name, **market)

    def _trade(self) -> None:
        order = {"order_id": self.send("POST /orders", who="trader")["orderId"], "who": "trader"}
        self.send("GET /orders", query="?limit=1", who="trader")
        self.send("GET /orders/{order_id}", **order)
        self.send("PATCH /orders/{order_id}", **order)
        self.send("GET /orders/{order_id}/explain", **order)
        self.send("GET /orders/{order_id}/quality", **order)
        self.send("DELETE /orders/{order_id}", **order)
        batch = self.send("POST /orders/batch", who="trader")
        bought = batch["results"][1]["order"]["orderId"]
        self.send("GET /orders/{order_id}/fills", who="trader", order_id=bought)
        self.send("POST /cancel-all-after", who="trader")
        self.send("DELETE /orders", query="?symbol=BTC-USD", who="trader")

    def _wait_for_prices(self) -> None:
        for kind in ("stop-loss", "trailing-stop", "iceberg", "oco"):
            self.send(f"POST /advanced-orders/{kind}", who="trader")
        bracket = self.send("POST /advanced-orders/bracket", who="trader")
        self.send("GET /advanced-orders", query="?type=BRACKET", who="trader")
        self.send("DELETE /advanced-orders/{advanced_id}", who="trader", advanced_id=bracket["groupId"])

    def _move_money(self) -> None:
        deposit = self.send("POST /deposits", who="trader")
        self.send("GET /deposits", who="trader")
        self.send("POST /deposits/{request_id}/confirm", who="operator", request_id=deposit["id"])
        for name, who in (("reject", "operator"), ("cancel", "trader")):
            asked = self.send("POST /deposits", who="trader", change={"transactionHash": _other(deposit, name)})
            self.send(f"POST /deposits/{{request_id}}/{name}", who=who, request_id=asked["id"])

    def _until(self, name: str, is_there: Callable[[Any], Any], *, query: str, symbol: str) -> None:
        """Ask until there is something to show; the client's own time limit ends a market that stands still."""
        for _ in range(10_000):
            if is_there(self.send(name, query=query, symbol=symbol)):
                return
        raise AssertionError(f"nothing to show: {name}")


def _other(deposit: dict[str, Any], name: str) -> str:
    """Return another transaction than that of a deposit."""
    return str(deposit["transactionHash"])[:-1] + {"reject": "e", "cancel": "f"}[name]
