"""Orders that wait, hide a part or depend on each other over REST: what reaches the exchange, and each no."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer

from fairlead.model.report import Position, Report
from fairlead.model.triggers import Trigger

D = Decimal
EXITS: dict[str, Any] = {
    "symbol": "BTC-USD",
    "side": "SELL",
    "quantity": "2",
    "takeProfit": {"price": "460"},
    "stopLoss": {"stopPrice": "420", "limitPrice": "419.50"},
}


@pytest.mark.parametrize(
    ("path", "body", "order_type", "trigger"),
    [
        ("stop-loss", {"triggerPrice": "48000", "limitPrice": "47900"}, "STOP_LIMIT", Trigger.stop(D(48_000))),
        ("stop-loss", {"triggerPrice": "48000"}, "STOP", Trigger.stop(D(48_000))),
        ("trailing-stop", {"trailingPercent": 5}, "TRAILING_STOP", Trigger.trailing(percent=D(5))),
        (
            "trailing-stop",
            {"trailingAmount": "100", "limitOffset": "1"},
            "TRAILING_STOP_LIMIT",
            Trigger.trailing(amount=D(100), limit_offset=D(1)),
        ),
    ],
)
def test_orders_that_wait_reach_the_exchange_with_their_trigger(
    tmp_path: Path, path: str, body: dict[str, Any], order_type: str, trigger: Trigger
) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body_whole = {"symbol": "BTC-USD", "side": "SELL", "quantity": "1"} | body
        answer = await desk.post(f"/advanced-orders/{path}", body_whole, headers=mine)
        call, sent = desk.front.sent[-1]
        assert (call, sent["trigger"], sent["account"]) == ("submit_stop", trigger, 1001)
        assert (answer.status_code, answer.json()["orderType"]) == (201, order_type)

    at_desk(tmp_path, story)


def test_an_iceberg_shows_a_part(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = {
            "symbol": "BTC-USD",
            "side": "BUY",
            "totalQuantity": 10_000,
            "visibleQuantity": 500,
            "price": "175.50",
            "timeInForce": "GTC",
        }
        answer = await desk.post("/advanced-orders/iceberg", body, headers=mine)
        _, sent = desk.front.sent[-1]
        assert (sent["order_qty"], sent["display_qty"], sent["price"]) == (D(10_000), D(500), D("175.50"))
        assert (answer.status_code, answer.json()["displayQuantity"]) == (201, "500")

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["oco", "bracket"])
def test_a_group_has_the_same_ids_each_time_it_is_sent(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = EXITS | {"side": "BUY", "entryPrice": "440", "clientOrderId": "G1"}

        first = await desk.post(f"/advanced-orders/{path}", body, headers=mine)
        repeated = Report(
            kind="ExecutionReport",
            fields={"account": 1001},
            position=Position(20, 0, 0),
            exec_type="OrderStatus",
            ord_status="New",
            symbol="BTC-USD",
            order_id=70,
            repeated=True,
        )
        desk.front.answer = lambda _: repeated
        again = await desk.post(f"/advanced-orders/{path}", body, headers=mine)

        legs = [[order["cl_ord_id"] for order, _ in sent["legs"]] for _, sent in desk.front.sent]
        assert legs[0] == legs[1]
        assert (legs[0][0], len(set(legs[0])), desk.front.sent[0][1]["kind"]) == ("G1", 3, "otoco")
        assert {order["account"] for order, _ in desk.front.sent[0][1]["legs"]} == {1001}
        assert (first.status_code, first.json()["groupId"]) == (201, "g-5")
        assert (again.status_code, again.json()["groupId"]) == (200, None)
        assert [order["orderId"] for order in again.json()["orders"]] == ["70"]
        assert first.json()["clientOrderIds"] == again.json()["clientOrderIds"] == legs[0]

    at_desk(tmp_path, story)


def test_prices_of_a_group_on_the_wrong_side_are_refused(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post("/advanced-orders/oco", EXITS | {"side": "BUY"}, headers=mine)
        assert (answer.status_code, answer.json()["field"]) == (400, "stopLoss.stopPrice")
        nested = EXITS | {"takeProfit": {"price": "1", "limit": "2"}}
        unknown = await desk.post("/advanced-orders/oco", nested, headers=mine)
        assert (unknown.status_code, unknown.json()["code"]) == (400, "VALIDATION_ERROR")
        assert desk.front.sent == []

    at_desk(tmp_path, story)


def test_a_group_or_a_waiting_order_is_cancelled_by_its_id(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        assert (await desk.client.delete("/advanced-orders/g-5", headers=mine)).status_code == 204
        assert desk.front.sent[-1] == ("cancel_group", {"group_id": 5, "account": 1001})
        assert (await desk.client.delete("/advanced-orders/70", headers=mine)).status_code == 204
        assert [call for call, _ in desk.front.sent] == ["cancel_group", "cancel"]
        count = len(desk.front.sent)
        for wrong in ("g-", "g-x", "g5", "g-" + "9" * 40, "x"):
            assert (await desk.client.delete(f"/advanced-orders/{wrong}", headers=mine)).status_code == 404
        assert len(desk.front.sent) == count
        desk.front.refuse("UNKNOWN_GROUP", kind="CancelReject")
        gone = await desk.client.delete("/advanced-orders/g-6", headers=mine)
        assert (gone.status_code, gone.json()["code"]) == (404, "UNKNOWN_GROUP")

    at_desk(tmp_path, story)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_what_comes_with_the_execution_engine_is_no_path(tmp_path: Path, method: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = {"symbol": "BTC-USD", "side": "BUY", "totalQuantity": "1", "algoType": "TWAP", "duration": 60_000}
        for headers in (mine, {}):
            answer = await desk.client.request(method, "/advanced-orders/algo", json=body, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR")
            assert answer.headers["content-type"] == "application/problem+json"
        assert desk.front.sent == []

    at_desk(tmp_path, story)
