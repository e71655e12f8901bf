"""Two users and every route: nobody sees, changes or ends what is another's, and no answer tells of it."""

import json
from pathlib import Path
from typing import Any, Final

from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import write_keys
from tests.hostile.walk import BODIES, ENDS, PARTS, Route, routes

_WALLET: Final = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
_FUNDS: Final = {"asset": "USD", "amount": "7.77", "chain": "ethereum", "address": _WALLET}
# What Ann's own reading is made of.
_READS: Final = (
    "/me",
    "/api-keys",
    "/orders",
    "/advanced-orders",
    "/deposits",
    "/withdrawals",
    "/withdrawal-addresses",
    "/balances",
    "/ledger",
    "/trades",
    "/fees",
)
# Routes that name a thing of somebody; every other one is about the caller alone, about everybody, or an operator's.
_NAMES: Final = {
    "GET /orders/{order_id}",
    "GET /orders/{order_id}/fills",
    "GET /orders/{order_id}/explain",
    "GET /orders/{order_id}/quality",
    "PATCH /orders/{order_id}",
    "DELETE /orders/{order_id}",
    "DELETE /advanced-orders/{advanced_id}",
    "DELETE /api-keys/{key_id}",
    "POST /deposits/{request_id}/cancel",
    "POST /withdrawals/{request_id}/cancel",
}
_OPERATORS: Final = {
    "POST /deposits/{request_id}/confirm",
    "POST /deposits/{request_id}/reject",
    "POST /withdrawals/{request_id}/confirm",
    "POST /withdrawals/{request_id}/reject",
    "POST /withdrawal-addresses/{wallet_id}/verify",
    "PUT /accounts/{account}/fee-schedule",
    "GET /accounts/{account}/limits",
    "PUT /accounts/{account}/limits",
    "PUT /accounts/{account}/limits/{symbol}",
    "POST /trades/{trade_id}/bust",
    "POST /users/{user_id}/revoke",
    "POST /trades/{trade_id}/correct",
}
_OF_EVERYBODY: Final = {"symbol", "schedule"}


def _things(ann: Trader) -> tuple[dict[str, list[str]], list[str]]:
    """Make one of everything for Ann; return the ids that stand in paths, and words that only she may read."""
    order = ann.place(clientOrderId="ann-secret-1", price="50.00")
    assert order.status_code == 201, order.text
    exits = {
        "symbol": "ABC-USD",
        "side": "SELL",
        "quantity": "2",
        "takeProfit": {"price": "460"},
        "stopLoss": {"stopPrice": "20", "limitPrice": "19.50"},
    }
    group = ann.ask("POST", "/advanced-orders/oco", exits | {"clientOrderId": "ann-secret-2"})
    assert group.status_code == 201, group.text
    key = ann.ask("POST", "/api-keys", {"name": "ann-secret-3", "scopes": ["read"]}).json()
    came = ann.ask("POST", "/deposits", _FUNDS | {"transactionHash": "0x" + "ad" * 32}).json()
    goes = ann.ask("POST", "/withdrawals", _FUNDS).json()
    (wallet,) = ann.ask("GET", "/withdrawal-addresses").json()["addresses"]
    me = ann.ask("GET", "/me").json()
    ids = {
        "order_id": [order.json()["orderId"]],
        "advanced_id": [group.json()["groupId"], order.json()["orderId"]],
        "key_id": [key["keyId"]],
        "request_id": [came["id"], goes["id"]],
        "wallet_id": [wallet["id"]],
        "user_id": [me["userId"]],
    }
    words = ["ann-secret", me["userId"], key["keyId"], key["secret"], came["id"], goes["id"], wallet["id"], "ad" * 32]
    return ids, words


def _seen(ann: Trader) -> dict[str, Any]:
    return {path: ann.ask("GET", path).json() for path in _READS}


def _parts(route: Route, ids: dict[str, list[str]]) -> list[dict[str, str]]:
    """Return the ways to fill a path with what is Ann's."""
    ways: list[dict[str, str]] = [PARTS | {"symbol": "ABC-USD"}]
    for name, values in ids.items():
        if f"{{{name}}}" in route.path:
            ways = [way | {name: value} for way in ways for value in values]
    return ways


def test_every_route_that_names_a_thing_is_attacked() -> None:
    named = {route.name for route in routes() if set(_fields(route.path)) - _OF_EVERYBODY}
    assert named == _NAMES | _OPERATORS


def _fields(path: str) -> list[str]:
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def test_a_user_reaches_nothing_of_another_by_any_route(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann, bob = venue.ann, venue.bob
        ids, words = _things(ann)
        before = _seen(ann)
        assert all(word in json.dumps(before) for word in words if len(word) < 40 and word != words[3])
        asked = 0
        for route in sorted(routes(), key=lambda it: it.path in ENDS):
            body = BODIES.get(route.name)
            if body is not None:
                body = json.loads(json.dumps(body).replace("BTC-USD", "ABC-USD"))
            for parts in _parts(route, ids):
                answer = bob.ask(route.method, route.url(parts), body)
                asked += 1
                assert answer.status_code < 500, (route.name, answer.text)
                if route.name in _NAMES:
                    assert answer.status_code == 404, (route.name, answer.text)
                if route.name in _OPERATORS:
                    assert answer.status_code == 403, (route.name, answer.text)
                # An answer may say what was asked for, and no more.
                given = set(parts.values()) | {json.dumps(body)}
                leaked = [word for word in words if word in answer.text and not any(word in one for one in given)]
                assert leaked == [], (route.name, answer.text)
        for foreign in (ann.account, str(ann.account)):
            refused = bob.ask("POST", "/orders", LIMIT | {"accountId": foreign})
            assert refused.status_code in {401, 403}
        assert asked > 60
        assert _seen(ann) == before
