"""Orders of YES and NO over REST: each in terms of YES at the exchange, and in its own where it is refused."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.web.desks import Desk, at_desk, bearer

D = Decimal
LIMIT: dict[str, Any] = {"symbol": "BTC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "0.5", "price": "100.10"}


def test_who_bids_for_no_offers_yes_at_what_is_left_of_one(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        for side, sold, price in (("YES", "buy", D("0.40")), ("NO", "sell", D("0.60"))):
            body = LIMIT | {"symbol": "RAIN", "side": side, "quantity": "5", "price": "0.40"}
            assert (await desk.post("/orders", body, headers=mine)).status_code == 201
            assert (desk.front.sent[-1][1]["side"], desk.front.sent[-1][1]["price"]) == (sold, price)
            assert (await desk.post("/orders/batch", {"orders": [body]}, headers=mine)).status_code == 200
            assert (desk.front.sent[-1][1]["side"], desk.front.sent[-1][1]["price"]) == (sold, price)
            market = {"symbol": "RAIN", "side": side, "orderType": "MARKET", "quantity": "5"}
            assert (await desk.post("/orders", market, headers=mine)).status_code == 201
            assert (desk.front.sent[-1][1]["side"], desk.front.sent[-1][1]["price"]) == (sold, None)

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "1"}, "price"),
        ({"price": "0"}, "price"),
        ({"price": "-0.4"}, "price"),
        ({"orderType": "PEGGED", "pegType": "MID"}, "side"),
        ({"orderType": "MARKET", "protectionPrice": "0.5"}, "protectionPrice"),
    ],
)
def test_what_no_cannot_mean_is_refused_by_name(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.post(
            "/orders", LIMIT | {"symbol": "RAIN", "side": "NO", "price": "0.40"} | change, headers=mine
        )
        assert (answer.status_code, answer.json()["field"]) == (400, field)
        unknown = await desk.post("/orders", LIMIT | {"symbol": "ABC", "side": "NO"}, headers=mine)
        assert (unknown.status_code, unknown.json()["code"]) == (422, "UNKNOWN_INSTRUMENT")
        assert desk.front.sent == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("reason", "numbers", "told"),
    [
        ("PRICE_TICK", (60, 5), ("0.40", "0.05")),
        ("PRICE_BOUNDS", (60, 50), ("0.40", "0.50")),
        ("PRICE_COLLAR", (60, 55), ("0.40", "0.45")),
        ("QTY_MAX", (5, 3), ("5", "3")),
        # What is missing is money for pairs, though YES is sold.
        ("INSUFFICIENT_FUNDS", (3_000_000, 1_000_000), ("3.000000", "1.000000")),
    ],
)
def test_an_order_of_no_is_refused_in_its_own_prices(
    tmp_path: Path, reason: str, numbers: tuple[int, int], told: tuple[str, str]
) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        desk.front.refuse(reason, value=numbers[0], limit=numbers[1])
        body = LIMIT | {"symbol": "RAIN", "side": "NO", "quantity": "5", "price": "0.40"}
        problem = (await desk.post("/orders", body, headers=mine)).json()
        assert (problem["code"], problem["value"], problem["limit"]) == (reason, *told)
        assert "side=NO" in problem["detail"]
        assert "price=0.40" in problem["detail"]
        prices = {"PRICE_TICK", "PRICE_BOUNDS", "PRICE_COLLAR"}
        yes = (await desk.post("/orders", body | {"side": "YES"}, headers=mine)).json()
        assert (yes["value"] == problem["value"]) == (reason not in prices)

    at_desk(tmp_path, story)
