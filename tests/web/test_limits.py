"""What risk managers set for an account: the command it becomes, what is told of it, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import PASSWORD
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role

ALL = "/accounts/1001/limits"
ONE = f"{ALL}/BTC-USD"
WISHED = {"ordersPerS": 10, "cancelsPerS": 20, "cancelsBurst": 30, "openOrdersMax": 5, "duplicateMs": 250}
IN_ONE = {"maxQuantity": "1.5", "maxValue": 1000.25, "collarBps": 500, "positionMax": "20", "restricted": True}
NOTHING = dict.fromkeys(
    ("ordersPerS", "ordersBurst", "cancelsPerS", "cancelsBurst", "openOrdersMax", "duplicateMs", "setBy", "setAt")
)


async def _risk(desk: Desk, role: Role = Role.RISK_MANAGER) -> dict[str, str]:
    desk.feed.open("BTC-USD")
    await desk.house.operator("risk@example.com", role=role)
    answer = await desk.post("/auth/login", {"email": "risk@example.com", "password": PASSWORD.reveal()})
    return bearer(answer.json())


async def _put(desk: Desk, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
    return await desk.client.put(path, json=body, headers=headers)


def test_limits_become_one_command_each_and_are_told_as_they_were_set(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        assert (await desk.get(ALL, headers=risk)).json() == {"account": 1_001, "limits": NOTHING, "markets": []}
        assert (await _put(desk, ALL, WISHED, risk)).json()["seq"] == "1"
        assert (await _put(desk, ONE, IN_ONE, risk)).json()["seq"] == "2"
        (account, market) = [(kind, fields) for kind, fields, _ in desk.venue.asked]
        assert account == (
            "SetAccountLimits",
            {
                "account": 1_001,
                "limits.orders.per_second": 10,
                "limits.orders.burst": 20,
                "limits.cancels.per_second": 20,
                "limits.cancels.burst": 30,
                "limits.open_orders_max": 5,
                "limits.duplicate_ns": 250_000_000,
            },
        )
        assert market[0] == "SetInstrumentLimits"
        listing = desk.feed.instruments.listing("BTC-USD")
        scale = 10**listing.qty_decimals
        assert market[1] == {
            "account": 1_001,
            "instrument": 0,
            "limits.max_qty": 15 * scale // 10,
            "limits.max_value": 100_025 * 10**listing.quote.decimals // 100,
            "limits.collar_bps": 500,
            "limits.position_max": 20 * scale,
            "limits.restricted": True,
        }
        told = (await desk.get(ALL, headers=risk)).json()
        by = (await desk.get("/me", headers=risk)).json()["userId"]
        at = "2023-11-14T22:13:20.000000000Z"
        assert told["limits"] == NOTHING | WISHED | {"ordersBurst": 20, "setBy": by, "setAt": at}
        (line,) = told["markets"]
        assert line == IN_ONE | {"symbol": "BTC-USD", "maxValue": "1000.25", "setBy": by, "setAt": at}

    at_desk(tmp_path, story)


def test_setting_replaces_all_and_nothing_lifts_them(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        await _put(desk, ALL, WISHED, risk)
        await _put(desk, ALL, {"openOrdersMax": 7}, risk)
        limits = (await desk.get(ALL, headers=risk)).json()["limits"]
        assert (limits["openOrdersMax"], limits["ordersPerS"], limits["ordersBurst"]) == (7, None, None)
        assert (await _put(desk, ALL, {}, risk)).status_code == 200
        assert set(desk.venue.asked[-1][1].values()) == {1_001, 0}

    at_desk(tmp_path, story)


NONE_IN_ONE = dict.fromkeys(("maxQuantity", "maxValue", "collarBps", "positionMax")) | {"restricted": False}


@pytest.mark.parametrize("wished", [{}, {"openOrdersMax": 5}, {"ordersPerS": 3}, WISHED])
@pytest.mark.parametrize("in_one", [NONE_IN_ONE, NONE_IN_ONE | {"maxValue": "10.25"}, IN_ONE])
def test_what_is_told_can_be_set_and_changes_nothing(
    tmp_path: Path, wished: dict[str, Any], in_one: dict[str, Any]
) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        untouched = (await desk.get(ALL, headers=risk)).json()["limits"]
        assert (await _put(desk, ALL, untouched, risk)).status_code == 200
        assert set(desk.venue.asked[-1][1].values()) == {1_001, 0}

        assert (await _put(desk, ALL, wished, risk)).status_code == 200
        assert (await _put(desk, ONE, in_one, risk)).status_code == 200
        before, told = desk.venue.asked[-2:], (await desk.get(ALL, headers=risk)).json()
        other = told["limits"] | {"setBy": "somebody", "setAt": "once"}
        assert (await _put(desk, ALL, other, risk)).status_code == 200
        assert (await _put(desk, ONE, told["markets"][0], risk)).status_code == 200

        assert desk.venue.asked[-2:] == before
        assert (await desk.get(ALL, headers=risk)).json() == told

    at_desk(tmp_path, story)


def test_what_the_exchange_refuses_is_not_kept(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        desk.venue.refuses["SetAccountLimits"] = "UNKNOWN_ACCOUNT"
        gone = await _put(desk, ALL, WISHED, risk)
        assert (gone.status_code, gone.json()["code"]) == (404, "NOT_FOUND_ERROR")
        assert (gone.json()["field"], gone.json()["value"]) == ("account", "1001")
        desk.venue.refuses["SetAccountLimits"] = "INVALID_DEFINITION"
        assert (await _put(desk, ALL, WISHED, risk)).status_code == 422
        desk.venue.is_silent = True
        assert (await _put(desk, ALL, WISHED, risk)).status_code == 503
        assert (await desk.get(ALL, headers=risk)).json()["limits"] == NOTHING

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("path", "body", "status", "field"),
    [
        (ALL, {"ordersPerS": 0}, 400, "ordersPerS"),
        (ALL, {"ordersPerS": -1}, 400, "ordersPerS"),
        (ALL, {"ordersPerS": 1.5}, 400, "ordersPerS"),
        (ALL, {"ordersPerS": 1_000_001}, 400, "ordersPerS"),
        (ALL, {"ordersPerS": "10"}, 400, "ordersPerS"),
        (ALL, {"ordersBurst": 10}, 400, "ordersBurst"),
        (ALL, {"cancelsBurst": 10, "ordersPerS": 1}, 400, "cancelsBurst"),
        (ALL, {"ordersPerS": 10, "cancelsPerS": 19}, 400, "cancelsPerS"),
        (ALL, {"openOrdersMax": 2**32}, 400, "openOrdersMax"),
        (ALL, {"duplicateMs": 86_400_001}, 400, "duplicateMs"),
        (ALL, {"account": 1_002}, 400, "account"),
        (ONE, {"maxQuantity": "NaN"}, 400, "maxQuantity"),
        (ONE, {"maxQuantity": "1e5"}, 400, "maxQuantity"),
        (ONE, {"maxQuantity": "null"}, 400, "maxQuantity"),
        (ONE, {"maxQuantity": [None]}, 400, "maxQuantity"),
        (ONE, {"restricted": None}, 400, "restricted"),
        (ONE, {"symbol": "ETH-USD"}, 400, "symbol"),
        (ONE, {"setBy": 1}, 400, "setBy"),
        (ONE, {"maxValue": "-1"}, 400, "maxValue"),
        (ONE, {"positionMax": "0"}, 400, "positionMax"),
        (ONE, {"positionMax": "0." + "0" * 20 + "1"}, 400, "positionMax"),
        (ONE, {"positionMax": "1." + "0" * 36 + "1"}, 400, "positionMax"),
        (ONE, {"maxQuantity": "9" * 40}, 400, "maxQuantity"),
        (ONE, {"collarBps": 1_000_001}, 400, "collarBps"),
        (ONE, {"restricted": "yes"}, 400, "restricted"),
        (f"{ALL}/XYZ", {}, 404, "symbol"),
        ("/accounts/0/limits", {}, 400, "account"),
        ("/accounts/4294967296/limits", {}, 400, "account"),
    ],
)
def test_limits_that_cannot_be_meant_are_not_sent(
    tmp_path: Path, path: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        answer = await _put(desk, path, body, risk)
        assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
        assert answer.json()["fix"]
        assert desk.venue.asked == []

    at_desk(tmp_path, story)


def test_a_body_that_is_missing_is_named(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        risk = await _risk(desk)
        answer = await desk.client.put(ALL, content=b"", headers=risk | {"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["field"]) == (400, "body"), answer.text
        assert desk.venue.asked == []

    at_desk(tmp_path, story)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.COMPLIANCE, Role.ADMIN])
def test_others_set_none(tmp_path: Path, role: Role) -> None:
    async def story(desk: Desk) -> None:
        other = await _risk(desk, role)
        for path, body in ((ALL, WISHED), (ONE, IN_ONE)):
            assert (await _put(desk, path, body, other)).status_code == 403
        assert (await desk.get(ALL, headers=other)).status_code == 403
        assert desk.venue.asked == []

    at_desk(tmp_path, story)
