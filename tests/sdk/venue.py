"""A service in memory that a client talks HTTP with: it keeps orders by client id, and breaks where a test says so."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import SignedRequest, is_signed_with
from fairlead.sdk import AsyncClient, Retries, Surroundings

PASSWORD = "violet-anchor-42"
KEY_ID, KEY_SECRET = "key_" + "0" * 32, "shown-once"
NOW_NS = 1_700_000_000_000_000_000
AT = "2026-01-31T09:30:00.000000001Z"

Fault = Callable[[Callable[[], httpx.Response]], httpx.Response]


def problem(status: int, code: str, **fields: str) -> httpx.Response:
    """Return a refusal as the service says it."""
    headers = {"Retry-After": fields.pop("retry_after")} if "retry_after" in fields else {}
    body = {"title": "-", "status": status, "code": code, "detail": f"{code}: no", "correlationId": "c-1"} | fields
    return httpx.Response(status, json=body, headers=headers)


def order(number: int, client_order_id: str | None, **fields: Any) -> dict[str, Any]:
    """Return an order as the service says it."""
    told: dict[str, Any] = {
        "orderId": str(number),
        "clientOrderId": client_order_id,
        "symbol": "ABC-USD",
        "side": "BUY",
        "orderType": "LIMIT",
        "status": "OPEN",
        "quantity": "5",
        "filledQuantity": "0",
        "remainingQuantity": "5",
        "averagePrice": None,
        "price": "100.10",
        "timeInForce": "GTC",
        "reason": None,
        "createdAt": AT,
        "updatedAt": AT,
        "seq": number,
        "fills": [],
    }
    return told | fields


def lost(do: Callable[[], httpx.Response]) -> httpx.Response:
    """It is done, and the answer never comes."""
    do()
    raise httpx.ReadTimeout("lost")


def never_sent(_: Callable[[], httpx.Response]) -> httpx.Response:
    """Nobody listens."""
    raise httpx.ConnectError("refused")


def says(status: int, code: str, **fields: str) -> Fault:
    """It is not done, and the service says so."""
    return lambda _: problem(status, code, **fields)


class Venue:
    """The service.

    Attributes:
        orders: by client order id.
        asked: every request.
        faults: what becomes of the next requests for something, one each; the others are answered.
        waits: how long the client waited.
        spent: refresh tokens that came.
        routes: answers of a test's own, by method and path.
    """

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.asked: list[httpx.Request] = []
        self.faults: list[Fault] = []
        self.waits: list[float] = []
        self.spent: list[str] = []
        self.routes: dict[tuple[str, str], Callable[[httpx.Request], httpx.Response]] = {}
        self.logins = 0
        self.now_ns = NOW_NS
        self.good: set[str] = set()
        self.refresh_faults: list[Fault] = []
        self._tokens = 0
        self._ids = 0

    def client(self, *, now_ns: int = NOW_NS, retries: Retries | None = None, **options: Any) -> AsyncClient:
        """Return a client that logs in, unless it is given a key."""
        if "key_id" not in options:
            options = {"email": "ann@example.com", "password": PASSWORD} | options
        return AsyncClient(
            "http://127.0.0.1:1",
            retries=retries or Retries(attempts_max=3),
            surroundings=Surroundings(now_ns=lambda: now_ns, sleep=self._sleep, chance=lambda: 0.0, token=self._token),
            over=httpx.MockTransport(self._handle),
            **options,
        )

    def sent(self, method: str, path: str) -> list[httpx.Request]:
        """Return the requests of one kind."""
        return [one for one in self.asked if (one.method, one.url.path) == (method, path)]

    async def _sleep(self, wait_s: float) -> None:
        self.waits.append(wait_s)

    def _token(self) -> str:
        self._ids += 1
        return f"{self._ids:024x}"

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        # Others run while a request and its answer travel.
        await asyncio.sleep(0)
        self.asked.append(request)
        answer = self._answer(request)
        await asyncio.sleep(0)
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/time":
            return httpx.Response(200, json={"time": AT, "unixMs": self.now_ns // 1_000_000})
        if path.startswith("/auth/log") or path == "/auth/refresh":
            return self._auth(request)
        if not self._knows(request):
            return problem(401, "AUTHENTICATION_ERROR")
        if self.faults:
            return self.faults.pop(0)(lambda: self._do(request))
        return self._do(request)

    def _auth(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        if request.url.path == "/auth/logout":
            self.good.clear()
            return httpx.Response(204)
        if request.url.path == "/auth/login":
            self.logins += 1
            return self._pair() if body["password"] == PASSWORD else problem(401, "AUTHENTICATION_ERROR")
        if self.refresh_faults:
            return self.refresh_faults.pop(0)(lambda: self._exchange(body["refreshToken"]))
        return self._exchange(body["refreshToken"])

    def _exchange(self, token: str) -> httpx.Response:
        if token in self.spent:
            self.good.clear()
            return problem(401, "AUTHENTICATION_ERROR")
        self.spent.append(token)
        return self._pair()

    def _pair(self) -> httpx.Response:
        self._tokens += 1
        self.good = {f"access-{self._tokens}"}
        tokens = {"accessToken": f"access-{self._tokens}", "refreshToken": f"refresh-{self._tokens}"}
        return httpx.Response(200, json=tokens | {"accessExpiresAt": AT, "refreshExpiresAt": AT, "tokenType": "Bearer"})

    def _knows(self, request: httpx.Request) -> bool:
        headers = request.headers
        if "authorization" in headers:
            return headers["authorization"].removeprefix("Bearer ") in self.good
        if "x-fairlead-key" not in headers:
            return request.url.path.startswith("/markets")
        signed = SignedRequest(
            key_id=headers["x-fairlead-key"],
            timestamp=headers["x-fairlead-timestamp"],
            nonce=headers["x-fairlead-nonce"],
            signature=headers["x-fairlead-signature"],
            method=request.method,
            target=request.url.raw_path.decode(),
            body=request.content,
        )
        is_timely = abs(int(signed.timestamp) * 1_000_000 - self.now_ns) < 1_000_000_000
        return is_timely and is_signed_with(signed, Secret(KEY_SECRET))

    def _do(self, request: httpx.Request) -> httpx.Response:
        if (route := self.routes.get((request.method, request.url.path))) is not None:
            return route(request)
        if (request.method, request.url.path) != ("POST", "/orders"):
            return problem(404, "NOT_FOUND_ERROR")
        named = json.loads(request.content)["clientOrderId"]
        is_repeat = named in self.orders
        told = self.orders.setdefault(named, order(len(self.orders) + 1, named))
        return httpx.Response(200 if is_repeat else 201, json=told)


def run(story: Callable[[Venue], Awaitable[None]]) -> None:
    """Run a story with a service of its own."""

    async def told() -> None:
        await story(Venue())

    asyncio.run(told())
