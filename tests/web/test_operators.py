"""What operators do to markets: who may, under whose number, what is refused, and what everybody sees of it."""

import itertools
from pathlib import Path
from typing import Any

import pytest
from tests.access.houses import PASSWORD
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.roles import Role
from fairlead.model.report import Position, Report

HALT = "/markets/BTC-USD/halt"
RESUME = "/markets/BTC-USD/resume"
LISTING: dict[str, Any] = {
    "symbol": "SOL-USD",
    "baseAsset": "SOL",
    "baseDecimals": 8,
    "quoteAsset": "USD",
    "quoteDecimals": 5,
    "priceDecimals": 2,
    "quantityDecimals": 3,
    "tickSize": "0.05",
    "lotSize": 0.001,
    "minQuantity": "0.001",
    "maxQuantity": "1000",
    "minPrice": "0.05",
    "maxPrice": "10000",
}
EVERY: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", HALT, {"reason": "fat-finger"}),
    ("POST", RESUME, {"reason": "checked"}),
    ("POST", "/kill-switch", {"scope": "VENUE", "reason": "runaway"}),
    ("POST", "/kill-switch/release", {"scope": "VENUE", "reason": "fixed"}),
    ("POST", "/markets", LISTING),
    ("PATCH", "/markets/BTC-USD", {"state": "HALTED"}),
    ("PUT", "/outcomes/BTC-USD", {"noAsset": "NO-BTC"}),
    ("POST", "/outcomes/BTC-USD/settle", {"yesPays": "0.25"}),
    ("POST", "/outcomes/BTC-USD/void", {}),
    ("PUT", "/markets/BTC-USD/ticks", {"ticks": [{"fromPrice": "0", "tickSize": "0.05"}]}),
    ("PATCH", "/fee-schedules/1", {"makerPpm": -10, "takerPpm": 30}),
    ("PATCH", "/fee-schedules/1", {"makerPpm": 0, "takerPpm": 70_000, "base": "VARIANCE"}),
    ("PUT", "/accounts/1001/fee-schedule", {"schedule": 1}),
]
COMMANDS = {
    "Halt",
    "Resume",
    "KillSwitch",
    "Rearm",
    "AddAsset",
    "ListInstrument",
    "SetTradingState",
    "SetOutcome",
    "ResolveOutcome",
    "SetTicks",
    "SetFees",
    "SetVarianceFees",
    "SetAccountFees",
}


async def _as(desk: Desk, role: Role, email: str = "ops@example.com") -> tuple[dict[str, str], int]:
    """Become somebody of a role; return the header and the account."""
    user = await desk.house.operator(email, role=role)
    answer = await desk.post("/auth/login", {"email": email, "password": PASSWORD.reveal()})
    return bearer(answer.json()), user.account


def _opened(desk: Desk) -> None:
    desk.feed.open("BTC-USD")
    desk.feed.snapshot("BTC-USD", bids=[(10_000, 5)], asks=[(10_005, 2)])


@pytest.mark.parametrize("role", [Role.TRADER, Role.ADMIN, Role.COMPLIANCE, Role.RISK_MANAGER])
def test_who_does_not_run_the_venue_may_only_what_the_role_says(tmp_path: Path, role: Role) -> None:
    may = {Role.COMPLIANCE: {HALT}, Role.RISK_MANAGER: {HALT, "/kill-switch"}}.get(role, set())

    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, role)
        for method, path, body in EVERY:
            answer = await desk.client.request(method, path, json=body, headers=headers)
            assert (answer.status_code == 200) == (path in may), path
            if path not in may:
                assert (answer.status_code, answer.json()["code"]) == (403, "AUTHORIZATION_ERROR")
            assert (await desk.client.request(method, path, json=body)).status_code == 401
        assert len(desk.venue.asked) == len(may)

    at_desk(tmp_path, story)


def test_each_command_carries_the_number_of_who_gave_it(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, account = await _as(desk, Role.OPERATOR)
        for method, path, body in EVERY:
            answer = await desk.client.request(method, path, json=body, headers=headers)
            assert answer.status_code in {200, 201}, answer.text
        asked = {kind: fields for kind, fields, _ in desk.venue.asked}
        assert set(asked) == COMMANDS
        assert asked["Halt"] == {
            "instrument": 0,
            "duration_ns": 0,
            "two_person": False,
            "operator": account,
            "note": "fat-finger",
        }
        assert asked["Resume"] == {"instrument": 0, "auction": False, "operator": account, "note": "checked"}
        assert asked["KillSwitch"] == {"scope": "All", "reducing": False, "operator": account, "note": "runaway"}
        assert asked["Rearm"] == {"scope": "All", "operator": account, "note": "fixed"}
        assert asked["SetTradingState"] == {"instrument": 0, "state": "Halted"}
        made = [kind for kind, _, _ in desk.venue.asked].index("SetOutcome")
        assert asked["AddAsset"] == {"symbol": "NO-BTC", "decimals": 8}
        assert asked["SetOutcome"] == {"instrument": 0, "no": 40 + made}
        ends = [fields["weight"] for kind, fields, _ in desk.venue.asked if kind == "ResolveOutcome"]
        assert ends == [25, None]
        assert asked["SetFees"] == {"schedule": 1, "rates.maker_ppm": -10, "rates.taker_ppm": 30}
        assert asked["SetVarianceFees"] == {"schedule": 1, "rates.maker_ppm": 0, "rates.taker_ppm": 70_000}
        assert asked["SetAccountFees"] == {"account": 1_001, "schedule": 1}

    at_desk(tmp_path, story)


def test_an_instrument_is_listed_on_its_grid_with_the_assets_there_are(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        listed = await desk.post("/markets", LISTING, headers=headers)
        assert (listed.status_code, listed.json()["seq"]) == (201, "2")
        (asset, (kind, fields, ticks)) = desk.venue.asked
        assert asset[1] == {"symbol": "SOL", "decimals": 8}
        assert (kind, ticks) == ("ListInstrument", ({"from": 0, "tick": 5},))
        assert (fields["base"], fields["quote"]) == (41, 1)
        assert (fields["lot_size"], fields["max_qty"], fields["max_price"]) == (1, 1_000_000, 1_000_000)

    at_desk(tmp_path, story)


def test_the_asset_of_a_listing_that_was_refused_is_used_by_the_next_one(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        desk.venue.refuses["ListInstrument"] = "INVALID_DEFINITION"
        refused = await desk.post("/markets", LISTING, headers=headers)
        desk.venue.refuses.clear()
        other = await desk.post("/markets", LISTING | {"baseDecimals": 7}, headers=headers)
        listed = await desk.post("/markets", LISTING, headers=headers)

        assert (refused.status_code, refused.json()["code"]) == (422, "INVALID_DEFINITION")
        assert (other.status_code, listed.status_code) == (400, 201), other.text
        assert [kind for kind, _, _ in desk.venue.asked] == ["AddAsset", "ListInstrument", "ListInstrument"]
        assert desk.venue.asked[2][1]["base"] == 41

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"tickSize": "0.001"}, "tickSize"),
        ({"tickSize": "NaN"}, "tickSize"),
        ({"tickSize": "-0.05"}, "field=tickSize value=-0.05 limit=above 0"),
        ({"tickSize": 0}, "field=tickSize value=0 limit=above 0"),
        ({"maxQuantity": "-0"}, "field=maxQuantity value=-0 limit=above 0"),
        ({"maxPrice": "1e9"}, "maxPrice"),
        ({"maxQuantity": "1" + "0" * 30}, "maxQuantity"),
        ({"quoteDecimals": 2}, "decimals of an asset do not change"),
        ({"symbol": "SOL USD"}, "symbol"),
        ({"priceDecimals": 19}, "priceDecimals"),
        ({"account": 1}, "account"),
    ],
)
def test_an_instrument_that_cannot_be_meant_is_refused(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        answer = await desk.post("/markets", LISTING | changed, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), answer.text
        assert says in answer.json()["detail"]
        assert "ListInstrument" not in {kind for kind, _, _ in desk.venue.asked}

    at_desk(tmp_path, story)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (HALT, {"reason": "two words"}),
        (HALT, {"reason": "x" * 37}),
        (HALT, {"reason": "é"}),
        (HALT, {}),
        (HALT, {"reason": "x", "durationS": 86_401}),
        (HALT, {"reason": "x", "durationS": -1}),
        (HALT, {"reason": "x", "operator": 7}),
        ("/kill-switch", {"scope": "VENUE", "reason": "x", "account": 7}),
        ("/kill-switch", {"scope": "ACCOUNT", "reason": "x"}),
        ("/kill-switch", {"scope": "ACCOUNT", "reason": "x", "account": 0}),
        ("/kill-switch", {"scope": "SYMBOL", "reason": "x"}),
        ("/kill-switch", {"scope": "SYMBOL", "reason": "x", "symbol": "BTC-USD", "account": 7}),
        ("/kill-switch", {"scope": "SESSION", "reason": "x"}),
        ("/kill-switch/release", {"scope": "ACCOUNT", "reason": "x"}),
    ],
)
def test_a_command_that_cannot_be_meant_is_not_given(tmp_path: Path, path: str, body: dict[str, Any]) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        answer = await desk.post(path, body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR"), answer.text
        assert desk.venue.asked == []

    at_desk(tmp_path, story)


def test_a_kill_switch_says_whom_it_stops_and_how_many_orders_it_ended(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        for body, scope in [
            ({"scope": "ACCOUNT", "account": 1_007}, {"scope": "Account", "scope_id": 1_007}),
            ({"scope": "SYMBOL", "symbol": "BTC-USD", "reducing": True}, {"scope": "Instrument", "scope_id": 0}),
        ]:
            answer = await desk.post("/kill-switch", body | {"reason": "x"}, headers=headers)
            assert (answer.status_code, answer.json()["canceledOrders"]) == (200, 5)
            assert scope.items() <= desk.venue.asked[-1][1].items()
        assert desk.venue.asked[-1][1]["reducing"] is True

    at_desk(tmp_path, story)


def test_an_account_that_there_is_not_is_404_and_no_reason_to_wait(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        headers, _ = await _as(desk, Role.OPERATOR)
        desk.venue.refuses |= dict.fromkeys(("KillSwitch", "Rearm"), "UNKNOWN_ACCOUNT")
        for path in ("/kill-switch", "/kill-switch/release"):
            answer = await desk.post(path, {"scope": "ACCOUNT", "account": 7, "reason": "x"}, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND_ERROR"), answer.text
            assert (answer.json()["field"], answer.json()["value"]) == ("account", "7")

    at_desk(tmp_path, story)


def _before_their_first_order(account: int) -> list[tuple[str, str, dict[str, Any], Role]]:
    scope = {"scope": "ACCOUNT", "account": account, "reason": "x"}
    return [
        ("PUT", f"/accounts/{account}/limits", {"openOrdersMax": 5}, Role.RISK_MANAGER),
        ("PUT", f"/accounts/{account}/limits/BTC-USD", {"maxQuantity": "1"}, Role.RISK_MANAGER),
        ("PUT", f"/accounts/{account}/fee-schedule", {"schedule": 1}, Role.OPERATOR),
        ("POST", "/kill-switch", scope, Role.OPERATOR),
        ("POST", "/kill-switch/release", scope, Role.OPERATOR),
    ]


@pytest.mark.parametrize("number", range(5))
def test_what_is_about_an_account_may_come_before_the_first_order_of_its_user(tmp_path: Path, number: int) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.venue.has_account = lambda account: account <= desk.front.last_account
        # Who runs the venue came first: their own account does not make those of others.
        role = _before_their_first_order(0)[number][-1]
        headers, _ = await _as(desk, role)
        ann = await desk.house.trader()
        method, path, body, _ = _before_their_first_order(ann.account)[number]

        answer = await desk.client.request(method, path, json=body, headers=headers)

        assert answer.status_code == 200, answer.text
        assert desk.front.last_account == ann.account
        assert await desk.accounts.ensure(ann.user_id, ann.account) == ann.account
        assert len(desk.venue.asked) == 2

    at_desk(tmp_path, story)


@pytest.mark.parametrize("number", range(5))
def test_an_account_that_nobody_has_stays_unknown_and_is_not_made(tmp_path: Path, number: int) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.venue.has_account = lambda account: account <= desk.front.last_account
        method, path, body, role = _before_their_first_order(1_099)[number]
        headers, _ = await _as(desk, role)
        made = desk.front.last_account

        answer = await desk.client.request(method, path, json=body, headers=headers)

        assert (answer.status_code, answer.json()["field"], answer.json()["value"]) == (404, "account", "1099")
        assert (desk.front.last_account, len(desk.venue.asked)) == (made, 1)

    at_desk(tmp_path, story)


def test_a_number_that_the_exchange_gave_to_somebody_else_is_theirs(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        ann = await desk.house.trader()
        headers, _ = await _as(desk, Role.RISK_MANAGER)
        desk.front.last_account = ann.account
        desk.venue.has_account = lambda _: False

        answer = await desk.client.request(
            "PUT", f"/accounts/{ann.account}/limits", json={"openOrdersMax": 5}, headers=headers
        )

        assert (answer.status_code, answer.json()["value"]) == (404, str(ann.account))

    at_desk(tmp_path, story)


def test_what_the_exchange_refuses_is_422_and_what_it_does_not_answer_503(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        headers, _ = await _as(desk, Role.OPERATOR)
        desk.venue.refuses["Resume"] = "SAME_OPERATOR"
        refused = await desk.post(RESUME, {"reason": "x"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "SAME_OPERATOR")
        unknown = await desk.post("/markets/XYZ/halt", {"reason": "x"}, headers=headers)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "NOT_FOUND_ERROR")
        desk.venue.is_silent = True
        silent = await desk.post(HALT, {"reason": "x"}, headers=headers)
        assert (silent.status_code, silent.json()["code"]) == (503, "SERVICE_UNAVAILABLE")

    at_desk(tmp_path, story)


_NUMBERS = itertools.count(1)


def _report(event: str, **fields: Any) -> Report:
    numbers = {name: fields.pop(name) for name in ("id", "value") if name in fields}
    position = fields.pop("position", None) or Position(next(_NUMBERS), 0, 0)
    ts_ns = 1_700_000_000 * 10**9
    return Report(kind="CommandReport", position=position, exec_type=event, fields=fields, ts_ns=ts_ns, **numbers)


def test_everybody_sees_where_trading_is_stopped_and_why(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        until_ns = 1_700_000_300 * 10**9
        normal = {"symbol": "BTC-USD", "state": "CONTINUOUS", "isTripped": False, "cause": None, "until": None}
        status = (await desk.get("/circuit-breaker/status")).json()
        assert status == {
            "circuitBreakerTripped": False,
            "circuitBreakerStatus": "NORMAL",
            "markets": [normal],
            "killSwitches": [],
        }
        desk.feed.report(_report("BreakerTripped", instrument=0, id=1, value=until_ns))
        desk.feed.state("BTC-USD", "Halted")
        status = (await desk.get("/circuit-breaker/status")).json()
        assert status["circuitBreakerStatus"] == "TRIPPED"
        assert status["markets"] == [
            {
                "symbol": "BTC-USD",
                "state": "HALTED",
                "isTripped": True,
                "cause": "RULE_SHORT",
                "until": "2023-11-14T22:18:20.000000000Z",
            }
        ]
        health = (await desk.get("/health")).json()
        assert health == {"status": "UP", "circuitBreakerTripped": True, "circuitBreakerStatus": "TRIPPED"}
        desk.feed.report(_report("HaltOrdered", instrument=0, id=1_007, value=0))
        assert (await desk.get("/circuit-breaker/status")).json()["markets"][0]["cause"] == "MANUAL"
        desk.feed.report(_report("ResumeOrdered", instrument=0, id=1_007))
        desk.feed.state("BTC-USD", "Continuous")
        assert (await desk.get("/circuit-breaker/status")).json()["markets"] == [normal]

    at_desk(tmp_path, story)


def test_kill_switches_of_accounts_are_not_told_to_everybody(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        for scope, number in ((0, 0), (1, 0), (2, 1_007)):
            desk.feed.report(_report("KillSwitchSet", other=scope, id=number))
        status = (await desk.get("/circuit-breaker/status")).json()
        since = "2023-11-14T22:13:20.000000000Z"
        assert status["killSwitches"] == [
            {"scope": "SYMBOL", "symbol": "BTC-USD", "since": since},
            {"scope": "VENUE", "symbol": None, "since": since},
        ]
        assert "1007" not in str(status)
        assert status["circuitBreakerTripped"] is True
        desk.feed.report(_report("KillSwitchCleared", other=0, id=0))
        assert (await desk.get("/health")).json()["circuitBreakerTripped"] is False

    at_desk(tmp_path, story)


def test_what_was_before_is_known_and_never_outdoes_what_is_newer(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        desk.feed.state("BTC-USD", "Halted")
        breakers, before = desk.breakers, [Position(number, 0, 0) for number in (1, 2, 3)]
        desk.feed.report(_report("KillSwitchCleared", other=0, id=0, position=Position(9, 0, 0)))
        breakers.recall([_report("KillSwitchSet", other=0, id=0, position=before[0])])
        breakers.recall([_report("KillSwitchSet", other=1, id=0, position=before[1])])
        breakers.recall([_report("HaltOrdered", instrument=0, id=1_007, value=0, position=before[2])])
        status = (await desk.get("/circuit-breaker/status")).json()
        assert [switch["scope"] for switch in status["killSwitches"]] == ["SYMBOL"]
        assert status["markets"][0]["cause"] == "MANUAL"
        # What is told again is no news: the tables tell it after the stream did.
        desk.feed.report(_report("KillSwitchCleared", other=1, id=0, position=Position(10, 0, 0)))
        breakers.recall([_report("KillSwitchSet", other=1, id=0, position=before[1])])
        assert (await desk.get("/circuit-breaker/status")).json()["killSwitches"] == []

    at_desk(tmp_path, story)


def test_what_is_not_heard_is_not_known(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        _opened(desk)
        assert (await desk.get("/health")).json()["circuitBreakerStatus"] == "NORMAL"
        desk.feed.is_connected = False
        health = (await desk.get("/health")).json()
        assert health == {"status": "UP", "circuitBreakerTripped": None, "circuitBreakerStatus": "UNKNOWN"}
        desk.feed.is_connected = True
        desk.feed.open("ETH-USD")
        assert (await desk.get("/health")).json()["circuitBreakerStatus"] == "UNKNOWN"

    at_desk(tmp_path, story)
