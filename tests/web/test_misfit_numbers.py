"""A number that its instrument cannot hold, and other refusals of one field, name it as the API does."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer

from fairlead.client.instruments import ClientInstrument
from fairlead.client.requests import leg_fields
from fairlead.model.report import Report

COINS = ClientInstrument(id=1, symbol="BTC-USD", price_decimals=2, qty_decimals=4, quote_decimals=2)
ORDER: dict[str, Any] = {"symbol": "BTC-USD", "side": "SELL", "quantity": "2"}
LIMIT = ORDER | {"orderType": "LIMIT", "price": "100.10"}
STOP = ORDER | {"triggerPrice": "90", "limitPrice": "89"}
TRAILING = ORDER | {"trailingAmount": "3", "activationPrice": "120", "limitOffset": "1"}
ICEBERG = {"symbol": "BTC-USD", "side": "SELL", "price": "1", "totalQuantity": "2", "visibleQuantity": "1"}
EXITS = ORDER | {"takeProfit": {"price": "460"}, "stopLoss": {"stopPrice": "420", "limitPrice": "419.50"}}
BRACKET = EXITS | {"side": "BUY", "entryPrice": "440"}
MARKET = {"symbol": "BTC-USD", "side": "BUY", "orderType": "MARKET"}
# Path, body, the field at fault, its limit.
PRICES: list[tuple[str, dict[str, Any], str]] = [
    ("/orders", LIMIT, "price"),
    ("/orders", MARKET | {"quantity": "1"}, "protectionPrice"),
    ("/orders", MARKET, "quoteQuantity"),
    ("/orders", ORDER | {"orderType": "STOP"}, "triggerPrice"),
    ("/advanced-orders/stop-loss", STOP, "triggerPrice"),
    ("/advanced-orders/stop-loss", STOP, "limitPrice"),
    ("/advanced-orders/trailing-stop", TRAILING, "trailingAmount"),
    ("/advanced-orders/trailing-stop", TRAILING, "activationPrice"),
    ("/advanced-orders/trailing-stop", TRAILING, "limitOffset"),
    ("/advanced-orders/oco", EXITS, "stopLoss.limitPrice"),
    ("/advanced-orders/oco", EXITS, "stopLoss.stopPrice"),
    ("/advanced-orders/oco", EXITS, "takeProfit.price"),
    ("/advanced-orders/bracket", BRACKET | {"timeInForce": "GTC"}, "entryPrice"),
]
QUANTITIES: list[tuple[str, dict[str, Any], str]] = [
    ("/orders", LIMIT, "quantity"),
    ("/orders", LIMIT, "minQuantity"),
    ("/orders", LIMIT, "displayQuantity"),
    ("/advanced-orders/iceberg", ICEBERG, "totalQuantity"),
    ("/advanced-orders/iceberg", ICEBERG, "visibleQuantity"),
    ("/advanced-orders/oco", EXITS, "quantity"),
]


def _write(call: tuple[str, dict[str, Any]]) -> Report:
    """Write a call as the client of the gateway does."""
    sent = dict(call[1])
    trigger = sent.pop("trigger", None)
    for order, waits_for in sent.get("legs", [(sent, trigger)]):
        leg_fields(COINS, "A1", order, waits_for)
    raise AssertionError(f"every number fits: {call}")


def _with(body: dict[str, Any], field: str, value: str) -> dict[str, Any]:
    name, _, inner = field.partition(".")
    return body | {name: body[name] | {inner: value} if inner else value}


def _near(body: dict[str, Any], field: str) -> str:
    """Return the number of a field with a thousandth more: prices of groups keep their order."""
    name, _, inner = field.partition(".")
    known = body.get(name, "1")
    return f"{int(float(known[inner] if inner else known))}.12345"


@pytest.mark.parametrize(
    ("path", "body", "field", "limit"),
    [(*one, "2 decimals") for one in PRICES] + [(*one, "4 decimals") for one in QUANTITIES],
)
def test_a_number_with_too_many_decimals_names_its_field(
    tmp_path: Path, path: str, body: dict[str, Any], field: str, limit: str
) -> None:
    value = _near(body, field)

    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        desk.front.answer = _write
        answer = await desk.post(path, _with(body, field, value), headers=mine)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "VALIDATION_ERROR"), problem
        assert (problem["field"], problem["value"], problem["limit"]) == (field, value, limit)
        step = "0.01" if limit == "2 decimals" else "0.0001"
        assert problem["fix"] == f"give a multiple of {step}"
        assert "_" not in problem["field"] + problem["detail"].removeprefix("VALIDATION_ERROR: TOO_MANY_DECIMALS")

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("value", "code", "limit"),
    [
        ("0.0000001", "TOO_MANY_DECIMALS", "4 decimals"),
        ("1" + "0" * 18, "NUMBER_TOO_LARGE", "922337203685477.5807"),
    ],
)
def test_a_quantity_is_said_in_full(tmp_path: Path, value: str, code: str, limit: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        desk.front.answer = _write
        problem = (await desk.post("/orders", LIMIT | {"quantity": value}, headers=mine)).json()
        assert (problem["field"], problem["value"], problem["limit"]) == ("quantity", value, limit)
        assert code in problem["detail"]

    at_desk(tmp_path, story)


def test_a_symbol_that_is_none_says_where_they_are_listed(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.get("/markets/XYZ-USD/book")
        problem = answer.json()
        assert (answer.status_code, problem["field"], problem["value"]) == (404, "symbol", "XYZ-USD")
        assert problem["fix"] == "list them: GET /markets"

    at_desk(tmp_path, story)


def test_an_account_of_another_is_named_as_the_field_at_fault(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post("/orders", LIMIT | {"accountId": "1"}, headers=mine)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (403, "AUTHORIZATION_ERROR")
        assert (problem["field"], problem["value"]) == ("accountId", "1")
        assert desk.front.sent == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["/orders", "/auth/login"])
def test_a_body_that_is_too_large_says_how_large_it_may_be(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post(path, json.loads(f'{{"symbol": "{"a" * 70_000}"}}'), headers=mine)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (413, "BODY_TOO_LARGE")
        assert (problem["field"], problem["limit"]) == ("body", "65536")

    at_desk(tmp_path, story)
