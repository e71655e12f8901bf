"""Reads that are older than what was answered say so, and call nothing absent that may be on its way."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_order_reads import LISTINGS, exec_report

from fairlead.model.report import Report

D = Decimal
ANN = 1_001
STALE = "Fairlead-Stale"


def _traded(seq: int, order_id: int) -> Report:
    numbers = {"cum_qty": D("1.0"), "leaves_qty": D("1.0"), "last_qty": D("1.0"), "last_px": D("100.00")}
    return exec_report(
        seq, order_id, ANN, "Trade", ord_status="PartiallyFilled", trade_id=1, fee=D("0.010000"), **numbers
    )


def test_an_order_that_the_tables_do_not_have_yet_is_shown_as_it_was_heard(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine, other = bearer(await desk.become()), bearer(await desk.become("bob@example.com"))
        for report in (exec_report(1, 1, ANN, "New"), _traded(2, 1)):
            desk.recent.hear(report)

        answer = await desk.get("/orders/1", headers=mine)
        order = answer.json()
        assert (answer.status_code, answer.headers[STALE]) == (200, "true")
        assert (order["status"], order["filledQuantity"], order["seq"]) == ("PARTIALLY_FILLED", "1.0", 2)
        fills = (await desk.get("/orders/1/fills", headers=mine)).json()["fills"]
        assert [it["price"] for it in fills] == ["100.00"]
        assert fills == order["fills"]

        foreign = await desk.get("/orders/1", headers=other)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "NOT_FOUND_ERROR")
        assert STALE not in foreign.headers

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["/orders/9", "/orders/9/fills", "/orders/1/explain", "/orders/1/quality"])
def test_what_may_be_on_its_way_is_not_called_absent(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        assert (await desk.get(path, headers=mine)).status_code == 404
        desk.recent.hear(exec_report(1, 1, ANN, "New"))

        answer = await desk.get(path, headers=mine)

        assert (answer.status_code, answer.json()["code"]) == (503, "NOT_YET_READABLE")
        assert answer.headers["Retry-After"] == "1"
        assert f"orderId={path.split('/')[2]} is not found" in answer.json()["detail"]

    at_desk(tmp_path, story)


def test_a_client_id_that_is_not_found_yet_is_not_an_empty_list(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine, named = bearer(await desk.become()), {"clientOrderId": "c1"}
        assert (await desk.get("/orders", params=named, headers=mine)).json()["orders"] == []
        desk.recent.hear(exec_report(1, 1, ANN, "New"))

        answer = await desk.get("/orders", params=named, headers=mine)
        assert (answer.status_code, answer.json()["code"]) == (503, "NOT_YET_READABLE")
        assert "clientOrderId=c1" in answer.json()["detail"]

        await desk.tell([exec_report(1, 1, ANN, "New")], LISTINGS)
        found = await desk.get("/orders", params=named, headers=mine)
        assert [it["orderId"] for it in found.json()["orders"]] == ["1"]

    at_desk(tmp_path, story)


def test_the_newest_of_memory_and_tables_is_shown(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        new, traded = exec_report(1, 1, ANN, "New"), _traded(2, 1)
        desk.recent.hear(new)
        await desk.tell([new, traded], LISTINGS)

        order = (await desk.get("/orders/1", headers=mine)).json()

        assert (order["seq"], order["status"], len(order["fills"])) == (2, "PARTIALLY_FILLED", 1)

    at_desk(tmp_path, story)


@pytest.mark.parametrize("path", ["/orders", "/positions", "/balances", "/trades", "/ledger", "/advanced-orders"])
def test_lists_say_that_they_may_be_old_and_only_then(tmp_path: Path, path: str) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        assert STALE not in (await desk.get(path, headers=mine)).headers
        desk.recent.hear(exec_report(1, 1, ANN, "New"))

        answer = await desk.get(path, headers=mine)

        assert (answer.status_code, answer.headers[STALE]) == (200, "true")

    at_desk(tmp_path, story)


def test_an_answer_that_is_unchanged_says_so_too(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        mine = bearer(await desk.become())
        desk.recent.hear(exec_report(1, 1, ANN, "New"))
        tag = (await desk.get("/orders", headers=mine)).headers["ETag"]

        unchanged = await desk.get("/orders", headers=mine | {"If-None-Match": tag})

        assert (unchanged.status_code, unchanged.headers[STALE]) == (304, "true")

    at_desk(tmp_path, story)
