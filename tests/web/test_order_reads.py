"""Orders are shown to who owns them and to nobody else, page by page, and the same answer is not sent twice."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from tests.web.desks import Desk, at_desk, bearer

from fairlead.model.listing import Asset, Listing
from fairlead.model.report import Position, Report
from fairlead.web.paging import PageSizes

LISTINGS = {
    0: Listing(
        id=0,
        symbol="BTC-USD",
        price_decimals=2,
        qty_decimals=1,
        base=Asset(id=1, symbol="BTC", decimals=8),
        quote=Asset(id=0, symbol="USD", decimals=6),
    )
}


def exec_report(seq: int, order_id: int, account: int, exec_type: str, **said: Any) -> Report:
    numbers = {"order_qty": Decimal("2.0"), "leaves_qty": Decimal("2.0"), "cum_qty": Decimal("0.0")}
    told: dict[str, int | str] = {"account": account, "instrument": 0, "liquidity": "Removed"}
    return Report(
        kind="ExecutionReport",
        fields=told,
        position=Position(seq, 0, 1),
        exec_type=exec_type,
        symbol="BTC-USD",
        cl_ord_id=f"c{order_id}",
        order_id=order_id,
        ord_type="limit",
        time_in_force="gtc",
        price=Decimal("100.00"),
        ts_ns=1_700_000_000_000_000_000 + seq,
        **{"ord_status": "New", "side": "buy"} | numbers | said,
    )


async def _orders(desk: Desk, account: int) -> None:
    """Three orders; the second trades twice, the third is a sell."""
    filled = {"order_qty": Decimal("2.0"), "last_px": Decimal("100.00"), "fee": Decimal("0.010000")}
    half = {"cum_qty": Decimal("1.0"), "leaves_qty": Decimal("1.0"), "last_qty": Decimal("1.0"), "trade_id": 1}
    rest = {"cum_qty": Decimal("2.0"), "leaves_qty": Decimal("0.0"), "last_qty": Decimal("1.0"), "trade_id": 2}
    await desk.tell(
        [
            exec_report(1, 1, account, "New"),
            exec_report(2, 2, account, "New"),
            exec_report(3, 2, account, "Trade", ord_status="PartiallyFilled", **filled, **half),
            exec_report(4, 2, account, "Trade", ord_status="Filled", **filled | {"last_px": Decimal("99.00")}, **rest),
            exec_report(5, 3, account, "New", side="sell"),
        ],
        LISTINGS,
    )


def test_an_order_is_shown_with_its_trades(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _orders(desk, 1_001)
        order = (await desk.get("/orders/2", headers=mine)).json()
        assert (order["status"], order["averagePrice"], order["filledQuantity"]) == ("FILLED", "99.50", "2.0")
        assert (order["orderId"], order["clientOrderId"], order["seq"]) == ("2", "c2", 4)
        fills = (await desk.get("/orders/2/fills", headers=mine)).json()["fills"]
        assert fills == order["fills"]
        assert [(it["price"], it["fee"], it["feeAsset"]) for it in fills] == [
            ("100.00", "0.010000", "USD"),
            ("99.00", "0.010000", "USD"),
        ]

    at_desk(tmp_path, story)


def test_a_list_does_not_say_that_an_order_has_no_trades(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _orders(desk, 1_001)
        lines = (await desk.get("/orders", headers=mine)).json()["orders"]
        assert [it["filledQuantity"] for it in lines] == ["0.0", "2.0", "0.0"]
        assert all("fills" not in it for it in lines)
        assert (await desk.get("/orders/3", headers=mine)).json()["fills"] == []

    at_desk(tmp_path, story)


def test_an_order_says_when_it_ends_by_itself(tmp_path: Path) -> None:
    ends: dict[str, int | str] = {"account": 1_001, "instrument": 0, "expire_ns": 1_800_000_000_123_000_000}

    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        gtd = exec_report(1, 1, 1_001, "New")
        await desk.tell(
            [structs.replace(gtd, time_in_force="gtd", fields=ends), exec_report(2, 2, 1_001, "New")], LISTINGS
        )
        assert (await desk.get("/orders/1", headers=mine)).json()["expireTime"] == 1_800_000_000_123
        lines = (await desk.get("/orders", headers=mine)).json()["orders"]
        assert [it.get("expireTime") for it in lines] == [None, 1_800_000_000_123]

    at_desk(tmp_path, story)


def test_another_sees_nothing_of_it(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        await desk.become()
        other = bearer(await desk.become("bob@example.com"))
        await _orders(desk, 1_001)
        for path in ("/orders/2", "/orders/2/fills", "/orders/9", "/orders/x", "/orders/99999999999999999999"):
            answer = await desk.get(path, headers=other)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR"), path
        assert (await desk.get("/orders", headers=other)).json() == {"orders": [], "nextCursor": None}
        assert (await desk.get("/orders")).status_code == 401

    at_desk(tmp_path, story)


def test_pages_follow_each_other_and_filters_narrow(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _orders(desk, 1_001)
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await desk.get("/orders", params={"limit": 2} | cursor, headers=mine)).json()
            seen += [it["orderId"] for it in page["orders"]]
            if page["nextCursor"] is None:
                break
            cursor = {"cursor": page["nextCursor"]}
        assert seen == ["3", "2", "1"]
        for asked, found in (
            ({"status": "FILLED"}, ["2"]),
            ({"side": "SELL"}, ["3"]),
            ({"symbol": "BTC-USD", "status": "OPEN"}, ["3", "1"]),
            ({"clientOrderId": "c1"}, ["1"]),
            ({"symbol": "ETH-USD"}, []),
        ):
            page = (await desk.get("/orders", params=asked, headers=mine)).json()
            assert [it["orderId"] for it in page["orders"]] == found, asked

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("status=open", "status"),
        ("side=LONG", "side"),
        ("cursor=%21", "cursor"),
        ("cursor=LTE", "cursor"),
        ("cursor=" + "A" * 200, "cursor"),
        ("state=OPEN", "state"),
        ("side=BUY&side=SELL", "side"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, query: str, field: str) -> None:
    async def story(desk: Desk) -> None:
        answer = await desk.get(f"/orders?{query}", headers=bearer(await desk.become()))
        assert (answer.status_code, answer.json()["field"]) == (400, field), answer.text

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["/orders", "/trades", "/advanced-orders"])
def test_a_symbol_of_no_market_is_refused_as_an_order_of_it_is(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        answer = await desk.get(f"{path}?symbol=ZZZ", headers=mine)
        assert answer.status_code == 422, answer.text
        problem = answer.json()
        assert (problem["code"], problem["field"]) == ("UNKNOWN_INSTRUMENT", "symbol")
        assert "ZZZ" in problem["detail"]
        assert (await desk.get(f"{path}?symbol=BTC-USD", headers=mine)).status_code == 200

    at_desk(tmp_path, story)


def test_the_same_answer_is_sent_once(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        await _orders(desk, 1_001)
        first = await desk.get("/orders/1", headers=mine)
        again = await desk.get("/orders/1", headers=mine | {"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        await desk.tell([exec_report(9, 1, 1_001, "Canceled", ord_status="Canceled", reason="USER")], LISTINGS)
        changed = await desk.get("/orders/1", headers=mine | {"If-None-Match": first.headers["etag"]})
        assert (changed.status_code, changed.json()["status"], changed.json()["reason"]) == (200, "CANCELED", "USER")

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["/orders", "/ledger", "/trades", "/deposits", "/withdrawals"])
def test_the_most_of_a_page_is_that_of_the_configuration(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        tokens = await desk.become()
        allowed = await desk.client.get(f"{path}?limit=3", headers=bearer(tokens))
        refused = await desk.client.get(f"{path}?limit=4", headers=bearer(tokens))
        assert (allowed.status_code, refused.status_code) == (200, 400), allowed.text
        assert (refused.json()["value"], refused.json()["limit"]) == ("4", "1 to 3")

    at_desk(tmp_path, story, pages=PageSizes(default=2, most=3))
