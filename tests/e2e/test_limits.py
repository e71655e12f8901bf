"""Limits of an account and the audit, at a running service: in force at once, told afterwards."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.crews import eventually
from tests.e2e.test_markets_command import Desk
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Venue
from tests.e2e.test_users import OPS, PASSWORD, created

from fairlead import RestClient
from fairlead.cli.exit_codes import ExitCode
from fairlead.sdk import AuditEntry

RISK = "risk@example.com"


def test_limits_count_from_then_on_and_the_audit_tells_of_them(directory: Path) -> None:
    created(directory, RISK, "risk_manager")
    with Service(directory, "--set", "limits.ip_logins_per_min=60") as service:
        venue, desk = Venue(service, directory), Desk(service, directory)
        ann, account = venue.ann, str(venue.ann.account)

        def limited(*words: str, code: int = ExitCode.OK) -> str:
            done = desk.run("account-limits", account, *words, email=RISK, code=code)
            return done.stdout + done.stderr

        assert limited() == f"account={account}\n"
        limited("--set", "openOrdersMax=1")
        limited("--symbol", "ABC-USD", "--set", "maxQuantity=3", "--set", "restricted=false")
        first = ann.place(clientOrderId="limits-1", price="50.00", quantity="3")
        assert first.status_code == 201, first.text
        more = ann.place(clientOrderId="limits-2", price="50.00", quantity="1")
        assert (more.status_code, more.json()["code"], more.json()["limit"]) == (422, "OPEN_ORDERS", "1")
        assert ann.ask("DELETE", "/orders").status_code == 200
        large = ann.place(clientOrderId="limits-3", price="50.00", quantity="4")
        assert (large.status_code, large.json()["code"], large.json()["limit"]) == (422, "MAX_QTY", "3")
        shown: dict[str, Any] = json.loads(limited("--json"))
        assert (shown["limits"]["openOrdersMax"], shown["markets"][0]["maxQuantity"]) == (1, "3")
        assert "cancelsPerS" in limited("--set", "ordersPerS=5", "--set", "cancelsPerS=5", code=ExitCode.USAGE)
        limited("--clear")
        assert desk.run("account-limits", "9999", "--clear", email=RISK, code=ExitCode.NOT_FOUND).stdout == ""
        assert "set_limits" in desk.run("account-limits", account, email=OPS, code=ExitCode.USAGE).stderr

        ops = RestClient(desk.url, email=OPS, password=PASSWORD)
        with ops, RestClient(desk.url, email=RISK, password=PASSWORD) as client:
            operator = ops.who_am_i().account

            def told(**wanted: Any) -> list[AuditEntry]:
                return list(client.fetch_audit(**wanted))

            eventually(lambda: len(told(account=venue.ann.account, action="LIMITS_SET")) == 3)
            assert [it.symbol for it in told(symbol="ABC-USD", action="LIMITS_SET")] == ["ABC-USD"]
            eventually(lambda: all(it.changes is not None for it in told(action="LIMITS_SET")))
            cleared, in_one, at_first = told(action="LIMITS_SET")
            assert [_said(it) for it in (at_first, in_one, cleared)] == [
                [("openOrdersMax", None, "1")],
                [("maxQuantity", None, "3")],
                [("openOrdersMax", "1", None)],
            ]
            assert {it.user_id for it in (at_first, in_one, cleared)} == {client.who_am_i().user_id}
            refused = told(account=venue.ann.account, action="REJECTED")
            assert [(it.reason, it.value, it.limit) for it in refused] == [
                ("MAX_QTY", "4", "3"),
                ("OPEN_ORDERS", "2", "1"),
            ]
            headers = {"Authorization": f"Bearer {_token(service)}"}
            kill = {"scope": "ACCOUNT", "account": venue.ann.account, "reason": "drill"}
            assert service.http.post("/kill-switch", json=kill, headers=headers).status_code == 200
            eventually(lambda: [it.operator for it in told(action="KILL_SWITCH_SET")] == [operator])


def _said(entry: AuditEntry) -> list[tuple[str, str | None, str | None]]:
    return [(it.field, it.old, it.new) for it in entry.changes or ()]


def _token(service: Service) -> str:
    answer = service.http.post("/auth/login", json={"email": OPS, "password": PASSWORD})
    return str(answer.json()["accessToken"])
