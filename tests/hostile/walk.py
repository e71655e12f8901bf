"""The routes as the application has them, each with a request that it understands: a new route needs a line here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from litestar.handlers import HTTPRouteHandler

from fairlead.domain.access.roles import Permission
from fairlead.web.identity import permission_of
from fairlead.web.routes import ROUTES

__all__ = ["BODIES", "PARTS", "Route", "routes"]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    method: str
    path: str
    handler: HTTPRouteHandler

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> Permission | None:
        return permission_of(self.handler)

    @property
    def shape(self) -> type[Any] | None:
        """The body it takes."""
        data = self.handler.parsed_fn_signature.parameters.get("data")
        return None if data is None else data.annotation

    def url(self, parts: Mapping[str, str]) -> str:
        return self.path.format_map(parts)


def routes() -> Iterator[Route]:
    """Walk every method of every path."""
    for handler in ROUTES:
        for path in handler.paths:
            for method in handler.http_methods:
                yield Route(str(method), path.replace(":str}", "}").replace(":int}", "}"), handler)


# What stands in paths: things that are not there, but could be.
PARTS: Final = {
    "key_id": "key_" + "0" * 32,
    "symbol": "BTC-USD",
    "order_id": "77",
    "advanced_id": "g5",
    "request_id": "dep_" + "0" * 32,
    "wallet_id": "wal_" + "0" * 32,
    "schedule": "1",
    "account": "1001",
    "trade_id": "77",
    "user_id": "usr_" + "0" * 32,
}
_WALLET: Final = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
_ORDER: Final = {"symbol": "BTC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "0.5", "price": "100.10"}
_OUT: Final = {"asset": "USD", "amount": "5", "chain": "ethereum", "address": _WALLET}
_EXITS: Final = {
    "symbol": "BTC-USD",
    "side": "SELL",
    "quantity": "2",
    "takeProfit": {"price": "460"},
    "stopLoss": {"stopPrice": "420", "limitPrice": "419.50"},
}
_CREDENTIALS: Final = {"email": "eve@example.com", "password": "violet-anchor-42"}

# After these who asked is nobody any more.
ENDS: Final = frozenset({"/auth/logout", "/auth/revoke"})

# One body for each route that takes one, with every number that it knows.
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "POST /auth/register": _CREDENTIALS,
    "POST /auth/verify": {"token": "x" * 40},
    "POST /auth/login": _CREDENTIALS,
    "POST /auth/refresh": {"refreshToken": "x" * 40},
    "POST /auth/forgot-password": {"email": "eve@example.com"},
    "POST /auth/reset-password": {"token": "x" * 40, "password": "violet-anchor-42"},
    "POST /api-keys": {"name": "bot", "scopes": ["read"], "expiresAt": 1_800_000_000_000},
    "POST /markets/{symbol}/halt": {"reason": "news", "durationS": 60},
    "POST /markets/{symbol}/resume": {"reason": "over"},
    "POST /kill-switch": {"scope": "ACCOUNT", "account": 1_001, "reason": "risk"},
    "POST /kill-switch/release": {"scope": "ACCOUNT", "account": 1_001, "reason": "over"},
    "POST /markets": {
        "symbol": "NEW-USD",
        "baseAsset": "NEW",
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
        "maxPrice": "100000",
    },
    "PATCH /markets/{symbol}": {"state": "HALTED"},
    "PUT /markets/{symbol}/calendar": {
        "timeZone": "Europe/Berlin",
        "week": [{"days": ["MON"], "open": "09:00", "close": "17:30"}],
        "preOpenMinutes": 30,
        "openingCallMinutes": 10,
        "closingCallMinutes": 5,
    },
    "PUT /outcomes/{symbol}": {"noAsset": "NO-RAIN"},
    "POST /outcomes/{symbol}/settle": {"yesPays": "1"},
    "POST /outcomes/{symbol}/mint": {"quantity": "5"},
    "POST /outcomes/{symbol}/merge": {"quantity": "5"},
    "PUT /markets/{symbol}/ticks": {"ticks": [{"fromPrice": "0", "tickSize": "0.05"}]},
    "PATCH /fee-schedules/{schedule}": {"makerPpm": 10, "takerPpm": 20},
    "PUT /accounts/{account}/fee-schedule": {"schedule": 1},
    "PUT /accounts/{account}/limits": {
        "ordersPerS": 10,
        "ordersBurst": 20,
        "cancelsPerS": 20,
        "cancelsBurst": 40,
        "openOrdersMax": 100,
        "duplicateMs": 50,
    },
    "PUT /accounts/{account}/limits/{symbol}": {
        "maxQuantity": "10",
        "maxValue": "1000.50",
        "collarBps": 500,
        "positionMax": "100",
    },
    "POST /trades/{trade_id}/correct": {"price": "100.10", "quantity": "0.5"},
    "POST /orders": _ORDER
    | {
        "expireTime": 1_800_000_000_000,
        "timeInForce": "GTD",
        "minQuantity": "0.1",
        "displayQuantity": "0.1",
        "quoteQuantity": "1",
        "protectionPrice": "101",
        "triggerPrice": "99",
        "pegOffset": 1,
    },
    "POST /orders/batch": {"orders": [_ORDER]},
    "PATCH /orders/{order_id}": {"quantity": "4", "price": "99.95"},
    "POST /cancel-all-after": {"timeoutMs": 5_000},
    "POST /advanced-orders/stop-loss": {
        "symbol": "BTC-USD",
        "side": "SELL",
        "quantity": "1",
        "triggerPrice": "48",
        "limitPrice": "47",
    },
    "POST /advanced-orders/trailing-stop": {
        "symbol": "BTC-USD",
        "side": "SELL",
        "quantity": "1",
        "trailingPercent": "5",
        "trailingAmount": "1",
        "activationPrice": "90",
        "limitOffset": "1",
    },
    "POST /advanced-orders/iceberg": {
        "symbol": "BTC-USD",
        "side": "BUY",
        "totalQuantity": "5",
        "visibleQuantity": "1",
        "price": "100",
    },
    "POST /advanced-orders/oco": _EXITS,
    "POST /advanced-orders/bracket": _EXITS | {"entryPrice": "430"},
    "POST /deposits": _OUT | {"transactionHash": "0x" + "a" * 64},
    "POST /withdrawals": _OUT,
}
