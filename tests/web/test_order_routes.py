"""Orders over REST: what reaches the exchange, whose account it is in, and how each no is answered."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role
from fairlead.model.report import Report
from fairlead.web.routes import advanced, trading

D = Decimal
LIMIT: dict[str, Any] = {"symbol": "BTC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "0.5", "price": "100.10"}
EXITS: dict[str, Any] = {
    "symbol": "BTC-USD",
    "side": "SELL",
    "quantity": "2",
    "takeProfit": {"price": "460"},
    "stopLoss": {"stopPrice": "420", "limitPrice": "419.50"},
}


def test_an_order_is_answered_with_what_it_was_sent_with_and_lies_in_the_callers_account(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = LIMIT | {"clientOrderId": "A1", "postOnly": True, "displayQuantity": 0.1, "stpMode": "CANCEL_NEWEST"}

        answer = await desk.post("/orders", body, headers=mine)

        (call, sent) = desk.front.sent[-1]
        assert (call, sent["account"], sent["cl_ord_id"]) == ("submit", 1001, "A1")
        assert (sent["order_qty"], sent["price"], sent["display_qty"]) == (D("0.5"), D("100.10"), D("0.1"))
        assert answer.status_code == 201
        line = answer.json()
        assert (line["orderId"], line["clientOrderId"], line["status"], line["price"]) == ("70", "A1", "OPEN", "100.10")
        assert (line["postOnly"], line["displayQuantity"], line["stpMode"]) == (True, "0.1", "CANCEL_NEWEST")
        assert line["fills"] == []

    at_desk(tmp_path, story)


def test_without_an_id_the_service_makes_one_and_tells_it(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        named = [(await desk.post("/orders", LIMIT, headers=mine)).json()["clientOrderId"] for _ in range(2)]
        assert named == [sent["cl_ord_id"] for _, sent in desk.front.sent]
        assert len(set(named)) == 2
        assert all(len(one) == 32 for one in named)

    at_desk(tmp_path, story)


def test_the_header_is_the_client_id_and_must_not_contradict_the_body(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        for body in (LIMIT, LIMIT | {"clientOrderId": "k-1"}):
            answer = await desk.post("/orders", body, headers=mine | {"Idempotency-Key": "k-1"})
            assert (answer.status_code, answer.json()["clientOrderId"]) == (201, "k-1")
        count = len(desk.front.sent)
        body = LIMIT | {"clientOrderId": "k-2"}
        differs = await desk.post("/orders", body, headers=mine | {"Idempotency-Key": "k-1"})
        empty = await desk.post("/orders", LIMIT, headers=mine | {"Idempotency-Key": ""})
        long = await desk.post("/orders", LIMIT, headers=mine | {"Idempotency-Key": "x" * 37})
        assert [one.status_code for one in (differs, empty, long)] == [400, 400, 400]
        assert differs.json()["field"] == "Idempotency-Key"
        assert len(desk.front.sent) == count

    at_desk(tmp_path, story)


def test_a_repeat_is_answered_with_200_and_the_first_outcome(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = LIMIT | {"clientOrderId": "A1"}
        first = await desk.post("/orders", body, headers=mine)
        # The order has ended since: the exchange says its id and no more.
        bare = Report(
            kind="ExecutionReport", fields={}, ord_status="Ended", exec_type="OrderStatus", order_id=70, repeated=True
        )
        desk.front.answer = lambda _: bare

        again = await desk.post("/orders", body, headers=mine)
        desk.front.answer = lambda _: Report(
            kind="ExecutionReport", fields={}, ord_status="Ended", exec_type="OrderStatus", order_id=71, repeated=True
        )
        unknown = await desk.post("/orders", body, headers=mine)

        assert (first.status_code, again.status_code) == (201, 200)
        assert again.json() == first.json()
        assert (unknown.status_code, unknown.json()["code"]) == (503, "NOT_YET_READABLE")
        assert "orderId=71" in unknown.json()["detail"]

    at_desk(tmp_path, story)


@pytest.mark.parametrize("account", ["1001", 1001])
def test_the_own_account_may_be_named_and_another_one_not(tmp_path: Path, account: str | int) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        assert (await desk.post("/orders", LIMIT | {"accountId": account}, headers=mine)).status_code == 201
        count = len(desk.front.sent)
        for other in (0, "0", 1002, "1002", "01001", "", "1001 "):
            answer = await desk.post("/orders", LIMIT | {"accountId": other}, headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (403, "AUTHORIZATION_ERROR")
        assert len(desk.front.sent) == count

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "NaN"}, "price"),
        ({"price": "Infinity"}, "price"),
        ({"price": "1e5"}, "price"),
        ({"price": "1" * 41}, "price"),
        ({"price": "1_000"}, "price"),
        ({"price": " 1"}, "price"),
        ({"price": "\u0661\u0662"}, "price"),
        ({"price": ""}, "price"),
        ({"price": True}, "price"),
        ({"price": [1]}, "price"),
        ({"price": "0." + "1" * 39}, "price"),
        ({"quantity": "+1"}, "quantity"),
        ({"side": "YES"}, "side"),
        ({"side": "NO"}, "side"),
        ({"side": "buy"}, "side"),
        ({"side": "B" * 200}, "side"),
        ({"executionStrategy": "TWAP"}, "executionStrategy"),
        ({"orderType": "TRAILING_STOP"}, "orderType"),
        ({"orderType": "STOP"}, "triggerPrice"),
        ({"timeInForce": "GTD"}, "expireTime"),
        ({"clientOrderId": "a b"}, "clientOrderId"),
        ({"clientOrderId": "x" * 37}, "clientOrderId"),
        ({"account": 1}, "account"),
        ({"account_id": "1001"}, "account_id"),
        ({"pegOffset": 2**31}, "pegOffset"),
        ({"pegOffset": "1.5"}, "pegOffset"),
        ({"pegOffset": "-"}, "pegOffset"),
        ({"pegOffset": "1\n"}, "pegOffset"),
        ({"orderType": "PEGGED", "pegType": "MID", "pegOffset": "2147483648"}, "pegOffset"),
        ({"postOnly": "yes"}, "postOnly"),
        ({"expireTime": 1.5}, "expireTime"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name_and_not_sent(
    tmp_path: Path, change: dict[str, Any], field: str
) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post("/orders", LIMIT | change, headers=mine)
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "VALIDATION_ERROR", field)
        assert answer.json()["fix"]
        assert desk.front.sent == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize("raw", ["1e400", "1E5", "NaN", "-Infinity", "0x10", "1.", ".5", "00", "1" * 5_000])
def test_a_json_number_of_another_form_is_refused(tmp_path: Path, raw: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        content = json.dumps(LIMIT | {"price": 7}).replace('"price": 7', f'"price": {raw}')
        answer = await desk.client.post("/orders", content=content, headers=mine | {"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
        assert desk.front.sent == []

    at_desk(tmp_path, story)


def test_a_json_number_keeps_every_digit(tmp_path: Path) -> None:
    digits = "0.1000000000000000055511151231257827"

    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        content = json.dumps(LIMIT | {"price": 7}).replace('"price": 7', f'"price": {digits}')
        await desk.client.post("/orders", content=content, headers=mine | {"Content-Type": "application/json"})
        assert desk.front.sent[-1][1]["price"] == D(digits)

    at_desk(tmp_path, story)


def test_long_and_short_are_other_words_for_the_sides(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        for word, side in (("LONG", "buy"), ("SHORT", "sell")):
            assert (await desk.post("/orders", LIMIT | {"side": word}, headers=mine)).status_code == 201
            assert desk.front.sent[-1][1]["side"] == side

    at_desk(tmp_path, story)


def test_partial_fills_is_what_every_order_does(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = {"symbol": "BTC-USD", "side": "BUY", "orderType": "MARKET", "quantity": "1000"}
        for more in ({}, {"executionStrategy": "PARTIAL_FILLS"}):
            answer = await desk.post("/orders", body | more | {"clientOrderId": "A1"}, headers=mine)
            assert answer.status_code == 201, answer.text
        assert desk.front.sent[0] == desk.front.sent[1]

    at_desk(tmp_path, story)


@pytest.mark.parametrize("offset", [-5, "-5"])
def test_a_peg_offset_is_a_number_or_a_text(tmp_path: Path, offset: int | str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = LIMIT | {"orderType": "PEGGED", "pegType": "MID", "pegOffset": offset}
        answer = await desk.post("/orders", body, headers=mine)
        assert (answer.status_code, answer.json()["pegOffset"]) == (201, -5), answer.text
        assert desk.front.sent[-1][1]["peg_offset_ticks"] == -5

    at_desk(tmp_path, story)


def test_a_market_to_limit_order_needs_no_time_in_force(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        body = {"symbol": "BTC-USD", "side": "BUY", "orderType": "MARKET_TO_LIMIT", "quantity": "1"}
        assert (await desk.post("/orders", body, headers=mine)).status_code == 201
        assert (await desk.post("/orders/batch", {"orders": [body]}, headers=mine)).status_code == 200
        assert [sent["time_in_force"] for _, sent in desk.front.sent] == ["gtc", "gtc"]

    at_desk(tmp_path, story)


def test_a_refusal_of_the_exchange_says_what_was_sent_and_by_how_much_it_missed(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        desk.front.refuse("PRICE_TICK", value=10_011, limit=5)

        answer = await desk.post("/orders", LIMIT | {"clientOrderId": "A1"}, headers=mine)

        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, "PRICE_TICK", "price")
        assert (problem["value"], problem["limit"]) == ("100.11", "0.05")
        for part in ("clientOrderId=A1", "symbol=BTC-USD", "side=BUY", "quantity=0.5", "price=100.10"):
            assert part in problem["detail"]
        desk.front.refuse("DUPLICATE_CLORDID")
        assert (await desk.post("/orders", LIMIT, headers=mine)).status_code == 409

    at_desk(tmp_path, story)


def test_an_unknown_symbol_is_refused_after_the_list_was_asked_for_again(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post("/orders", LIMIT | {"symbol": "ABC"}, headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (422, "UNKNOWN_INSTRUMENT")

    at_desk(tmp_path, story)


def test_silence_of_the_exchange_is_doubt_and_says_how_it_ends(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await desk.post("/orders", LIMIT, headers=mine)
        desk.front.is_silent = True

        answers = [
            await desk.post("/orders", LIMIT | {"clientOrderId": "A1"}, headers=mine),
            await desk.client.patch("/orders/70", json={"price": "1"}, headers=mine),
            await desk.client.delete("/orders/70", headers=mine),
            await desk.client.delete("/orders", headers=mine),
            await desk.post("/cancel-all-after", {"timeoutMs": 5}, headers=mine),
            await desk.post("/advanced-orders/oco", EXITS, headers=mine),
            await desk.client.delete("/advanced-orders/g-5", headers=mine),
        ]

        for answer in answers:
            assert (answer.status_code, answer.json()["code"]) == (503, "OUTCOME_IN_DOUBT"), answer.text
            assert answer.headers["retry-after"] == "1"
        assert "GET /orders?clientOrderId=A1" in answers[0].json()["fix"]
        assert "same clientOrderId is safe" in answers[0].json()["fix"]

    at_desk(tmp_path, story)


def test_an_order_is_changed_and_cancelled_in_the_callers_account(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await desk.post("/orders", LIMIT, headers=mine)

        changed = await desk.client.patch(
            "/orders/70", json={"quantity": "0.7", "price": "99"}, headers=mine | {"Idempotency-Key": "A2"}
        )
        sent = desk.front.sent[-1]
        canceled = await desk.client.delete("/orders/70", headers=mine)

        assert sent == (
            "amend",
            {
                "symbol": "BTC-USD",
                "order_id": 70,
                "cl_ord_id": "A2",
                "account": 1001,
                "order_qty": D("0.7"),
                "price": D(99),
            },
        )
        assert (changed.status_code, changed.json()["quantity"], changed.json()["price"]) == (200, "0.7", "99")
        assert desk.front.sent[-1] == ("cancel", {"cl_ord_id": None, "order_id": 70, "account": 1001})
        assert (canceled.status_code, canceled.json()["status"], canceled.json()["reason"]) == (200, "CANCELED", "USER")

    at_desk(tmp_path, story)


def test_a_change_of_nothing_is_refused(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await desk.post("/orders", LIMIT, headers=mine)
        for body in ({}, {"side": "SELL"}, {"price": "NaN"}, {"price": "1", "clientOrderId": "a b"}):
            answer = await desk.client.patch("/orders/70", json=body, headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), answer.text
        assert len(desk.front.sent) == 1

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    "order_id", ["70", "0", "-1", "7x", "\u0667\u0660", "1e3", "9223372036854775808", "9" * 60, "g-5"]
)
def test_anothers_order_is_like_one_that_is_not_there(tmp_path: Path, order_id: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await desk.post("/orders", LIMIT, headers=mine)
        other = bearer(await desk.become("bob@example.com"))
        desk.front.refuse("UNKNOWN_ORDER", kind="CancelReject")

        answers = [
            await desk.client.patch(f"/orders/{order_id}", json={"price": "1"}, headers=other),
            await desk.client.delete(f"/orders/{order_id}", headers=other),
        ]

        assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "UNKNOWN_ORDER")] * 2
        assert {sent["account"] for _, sent in desk.front.sent[1:]} <= {1002}

    at_desk(tmp_path, story)


def test_many_are_cancelled_by_filter_and_never_of_everybody(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        everything = await desk.client.delete("/orders", headers=mine)
        some = await desk.client.delete("/orders?symbol=BTC-USD&side=SELL", headers=mine)
        assert (everything.json(), some.json()) == ({"canceled": 2}, {"canceled": 2})
        assert desk.front.sent == [
            ("mass_cancel", {"symbol": None, "side": None, "account": 1001}),
            ("mass_cancel", {"symbol": "BTC-USD", "side": "sell", "account": 1001}),
        ]
        for query in ("smybol=BTC-USD", "side=sell", "side=BUY&side=SELL", "symbol=BTC-USD&account=1"):
            answer = await desk.client.delete(f"/orders?{query}", headers=mine)
            assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), query
        gone = await desk.client.delete("/orders?symbol=ABC", headers=mine)
        assert (gone.status_code, gone.json()["code"]) == (422, "UNKNOWN_INSTRUMENT")

    at_desk(tmp_path, story)


def test_the_timer_is_the_accounts(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post("/cancel-all-after", {"timeoutMs": 5_000}, headers=mine)
        assert (answer.status_code, answer.json()) == (200, {"timeoutMs": 5_000})
        assert desk.front.sent == [("cancel_all_after", {"timeout_ms": 5_000, "account": 1001})]
        for wrong in (-1, 86_400_001, "5", 1.5):
            assert (await desk.post("/cancel-all-after", {"timeoutMs": wrong}, headers=mine)).status_code == 400

    at_desk(tmp_path, story)


def test_each_order_of_a_batch_has_an_outcome_of_its_own(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        orders = [LIMIT | {"clientOrderId": "B1"}, LIMIT | {"price": "NaN"}, LIMIT | {"accountId": 1002}]

        answer = await desk.post("/orders/batch", {"orders": orders}, headers=mine)

        assert answer.status_code == 200
        results = answer.json()["results"]
        assert [one["status"] for one in results] == [201, 400, 403]
        assert results[0]["order"]["clientOrderId"] == "B1"
        assert (results[1]["problem"]["field"], "order" in results[1]) == ("price", False)
        assert results[1]["problem"]["correlationId"] == answer.headers["x-correlation-id"]
        assert len(desk.front.sent) == 1
        for count in (0, 4):
            refused = await desk.post("/orders/batch", {"orders": [LIMIT] * count}, headers=mine)
            assert (refused.status_code, refused.json()["code"]) == (400, "VALIDATION_ERROR")
        assert len(desk.front.sent) == 1

    at_desk(tmp_path, story)


def test_nobody_trades_without_the_right_to(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.house.operator()
        await desk.house.operator("risk@example.com", role=Role.RISK_MANAGER)
        tokens = []
        for email in ("ops@example.com", "risk@example.com"):
            answer = await desk.post("/auth/login", {"email": email, "password": "violet-anchor-42"})
            tokens.append(bearer(answer.json()))
        for route in (*trading.ROUTES, *advanced.ROUTES):
            path = next(iter(route.paths)).replace("{order_id:str}", "1").replace("{advanced_id:str}", "1")
            (method,) = route.http_methods - {"OPTIONS"}
            if method == "GET":
                continue  # what one has ordered is read with another right
            for headers, status in ((tokens[0], 403), (tokens[1], 403), ({}, 401)):
                # The guard stands before the body is read.
                answer = await desk.client.request(str(method), path, json={}, headers=headers)
                assert answer.status_code == status, (method, path)
        assert desk.front.sent == []

    at_desk(tmp_path, story)


def test_an_account_is_made_once_and_before_the_first_order_where_it_failed(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        desk.front.is_silent = True
        tokens = await desk.become()
        assert (await desk.get("/me", headers=bearer(tokens))).status_code == 200
        refused = await desk.post("/orders", LIMIT, headers=bearer(tokens))
        assert (refused.status_code, refused.json()["code"]) == (503, "SERVICE_UNAVAILABLE")
        assert {call for call, _ in desk.front.sent} == {"command"}

        # Somebody else made accounts meanwhile: 1001 is not this user's.
        desk.front.is_silent, desk.front.last_account = False, 1_004
        answers = await asyncio.gather(*(desk.post("/orders", LIMIT, headers=bearer(tokens)) for _ in range(5)))

        assert [answer.status_code for answer in answers] == [201] * 5
        accounts = {sent["account"] for call, sent in desk.front.sent if call == "submit"}
        assert accounts == {1_005}
        assert desk.front.last_account == 1_005
        desk.house.clock.pass_s(60)
        assert (await desk.get("/me", headers=bearer(tokens))).json()["account"] == 1_005

    at_desk(tmp_path, story)


def test_another_name_of_a_market_is_taken_for_it(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        exits = {"takeProfit": {"price": "9"}, "stopLoss": {"stopPrice": "1"}}
        for path, body in (
            ("/orders", LIMIT | {"symbol": "BTC"}),
            ("/orders", LIMIT | {"symbol": "ETH-USD"}),
            ("/advanced-orders/oco", {"symbol": "BTC", "side": "SELL", "quantity": "1"} | exits),
        ):
            assert (await desk.post(path, body, headers=mine)).status_code == 201
        await desk.client.delete("/orders?symbol=BTC", headers=mine)
        first, second, (_, group), (_, canceled) = desk.front.sent
        assert (first[1]["symbol"], second[1]["symbol"], canceled["symbol"]) == ("BTC-USD", "ETH-USD", "BTC-USD")
        assert [leg["symbol"] for leg, _ in group["legs"]] == ["BTC-USD", "BTC-USD"]
        for path in ("/orders", "/trades", "/advanced-orders"):
            assert (await desk.get(f"{path}?symbol=BTC", headers=mine)).status_code == 200
            assert (await desk.get(f"{path}?symbol=ETH", headers=mine)).status_code == 422

    at_desk(tmp_path, story)
