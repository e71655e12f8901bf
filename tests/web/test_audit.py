"""The audit: who may read it, how it is asked, and how each thing that happened is told."""

from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import PASSWORD
from tests.web.desks import Desk, at_desk, bearer
from tests.web.test_order_reads import LISTINGS, exec_report

from fairlead.domain.access.roles import Role
from fairlead.model.report import Position, Report

ANN = 1_001
T0_NS = 1_700_000_000_000_000_000


def _command(seq: int, what: str, **said: Any) -> Report:
    fields = {"event": what} | said.pop("told", {})
    return Report(
        kind="CommandReport", fields=fields, position=Position(seq, 0, 0), exec_type=what, ts_ns=T0_NS + seq, **said
    )


async def _as(desk: Desk, role: Role, email: str = "who@example.com") -> dict[str, str]:
    await desk.house.operator(email, role=role)
    answer = await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})
    return bearer(answer.json())


async def _happened(desk: Desk) -> None:
    why: dict[str, Any] = {"reason": "PRICE_TICK", "value": 5, "limit": 10}
    await desk.tell(
        [
            exec_report(1, 7, ANN, "New"),
            exec_report(2, 8, ANN, "Rejected", ord_status="Rejected", is_rejected=True, **why),
            _command(3, "HaltOrdered", id=1_009, told={"instrument": 0}),
            _command(4, "KillSwitchSet", id=ANN, value=1_009, count=2, told={"account": ANN, "other": 2}),
        ],
        LISTINGS,
    )


@pytest.mark.parametrize("role", [Role.COMPLIANCE, Role.RISK_MANAGER, Role.ADMIN])
def test_what_happened_is_told_newest_first_with_who_ordered_it(tmp_path: Path, role: Role) -> None:
    async def story(desk: Desk) -> None:
        headers = await _as(desk, role)
        await _happened(desk)
        told = (await desk.get("/audit", headers=headers)).json()
        assert told["nextCursor"] is None
        assert [it["action"] for it in told["entries"]] == ["KILL_SWITCH_SET", "HALT_ORDERED", "REJECTED", "NEW"]
        killed, halted, refused, entered = told["entries"]
        assert (killed["account"], killed["operator"], killed["count"], killed["value"]) == (ANN, 1_009, 2, None)
        assert (halted["symbol"], halted["operator"], halted["account"]) == ("BTC-USD", 1_009, None)
        assert (refused["isRejected"], refused["reason"], refused["value"], refused["limit"]) == (
            True,
            "PRICE_TICK",
            "5",
            "10",
        )
        assert (entered["orderId"], entered["price"], entered["quantity"], entered["side"]) == (
            "7",
            "100.00",
            "2.0",
            "BUY",
        )
        assert entered["position"] == "1.0.1"

    at_desk(tmp_path, story)


def test_pages_and_filters_are_those_of_the_request(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.house.trader("ann2@example.com")
        headers = await _as(desk, Role.COMPLIANCE)
        await _happened(desk)

        async def found(query: str) -> list[str]:
            answer = await desk.get(f"/audit?{query}", headers=headers)
            assert answer.status_code == 200, answer.text
            return [it["action"] for it in answer.json()["entries"]]

        first = (await desk.get("/audit?limit=3", headers=headers)).json()
        assert len(first["entries"]) == 3
        assert await found(f"limit=3&cursor={first['nextCursor']}") == ["NEW"]
        assert await found(f"account={ANN}&action=NEW") == ["NEW"]
        assert ann.account == ANN
        assert len(await found(f"userId={ann.user_id}")) == 3
        assert len(await found("symbol=BTC-USD")) == 3
        ms = T0_NS // 1_000_000
        assert len(await found(f"from={ms}&to={ms}")) == 4
        assert await found(f"from={ms + 1}") == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ("action=New", 400, "action"),
        ("action=", 400, "action"),
        ("account=-1", 400, "account"),
        ("account=x", 400, "account"),
        ("account=1001&userId=usr_1", 400, "userId"),
        ("from=2&to=1", 400, "from"),
        ("to=-1", 400, "to"),
        ("limit=0", 400, "limit"),
        ("cursor=MQ", 400, "cursor"),
        ("user=1", 400, "user"),
        ("userId=usr_1", 404, None),
        ("symbol=XYZ-USD", 422, "symbol"),
        ("symbol=btc-usd", 422, "symbol"),
        ("symbol=", 422, "symbol"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, query: str, status: int, field: str | None) -> None:
    async def story(desk: Desk) -> None:
        headers = await _as(desk, Role.COMPLIANCE)
        answer = await desk.get(f"/audit?{query}", headers=headers)
        assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text

    at_desk(tmp_path, story)


@pytest.mark.parametrize("role", [Role.TRADER, Role.OPERATOR])
def test_who_may_not_read_it_is_told_nothing(tmp_path: Path, role: Role) -> None:
    async def story(desk: Desk) -> None:
        headers = bearer(await desk.become()) if role is Role.TRADER else await _as(desk, role)
        await _happened(desk)
        answer = await desk.get("/audit", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "AUTHORIZATION_ERROR")
        assert (await desk.get("/audit")).status_code == 401

    at_desk(tmp_path, story)
