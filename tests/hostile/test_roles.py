"""Every route for every role: who may is one table in the reference, and no route lets in anybody else."""

import asyncio
import itertools
import re
from pathlib import Path
from typing import Any, cast

import pytest
from tests.access.houses import PASSWORD
from tests.hostile.walk import BODIES, ENDS, PARTS, Route, routes
from tests.web.desks import Desk, at_desk, bearer

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Permission, Principal, Role, Scope
from fairlead.web.bodies import BodyLimits
from fairlead.web.sockets import SOCKETS
from fairlead.web.sockets.frames import Frame
from fairlead.web.sockets.orders import OPS, carry_out

_REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
_STEP = re.compile(r"^\| (?P<names>[a-z_*, ]+) \| (?:read|trade|admin) \|(?P<roles>.*)\|$", re.MULTILINE)

# What each route needs. A route that is not here is none that anybody thought about.
_NEEDS: dict[str, str | None] = {
    "POST /auth/register": None,
    "POST /auth/verify": None,
    "POST /auth/login": None,
    "POST /auth/refresh": None,
    "POST /auth/forgot-password": None,
    "POST /auth/reset-password": None,
    "POST /auth/logout": "read_own",
    "POST /auth/revoke": "manage_own_keys",
    "POST /users/{user_id}/revoke": "manage_users",
    "GET /me": "read_own",
    "GET /api-keys": "manage_own_keys",
    "POST /api-keys": "manage_own_keys",
    "DELETE /api-keys/{key_id}": "manage_own_keys",
    "GET /time": None,
    "GET /health": None,
    "GET /ready": None,
    "GET /metrics": None,
    "GET /markets": None,
    "GET /markets/{symbol}": None,
    "GET /markets/{symbol}/book": None,
    "GET /markets/{symbol}/trades": None,
    "GET /markets/{symbol}/candles": None,
    "GET /markets/{symbol}/stats": None,
    "GET /markets/{symbol}/microstructure": None,
    "GET /circuit-breaker/status": None,
    "POST /markets/{symbol}/halt": "halt",
    "POST /markets/{symbol}/resume": "resume",
    "POST /kill-switch": "kill",
    "POST /kill-switch/release": "resume",
    "POST /markets": "manage_markets",
    "PATCH /markets/{symbol}": "manage_markets",
    "GET /outcomes/{symbol}": None,
    "PUT /outcomes/{symbol}": "manage_markets",
    "POST /outcomes/{symbol}/settle": "manage_markets",
    "POST /outcomes/{symbol}/void": "manage_markets",
    "POST /outcomes/{symbol}/mint": "trade_own",
    "POST /outcomes/{symbol}/merge": "trade_own",
    "PUT /markets/{symbol}/ticks": "manage_markets",
    "PATCH /fee-schedules/{schedule}": "manage_markets",
    "PUT /accounts/{account}/fee-schedule": "manage_markets",
    "POST /trades/{trade_id}/bust": "correct_trades",
    "POST /trades/{trade_id}/correct": "correct_trades",
    "GET /orders": "read_own",
    "GET /orders/{order_id}": "read_own",
    "GET /orders/{order_id}/fills": "read_own",
    "GET /orders/{order_id}/explain": "read_own",
    "GET /orders/{order_id}/quality": "read_own",
    "POST /orders": "trade_own",
    "POST /orders/batch": "trade_own",
    "PATCH /orders/{order_id}": "trade_own",
    "DELETE /orders/{order_id}": "trade_own",
    "DELETE /orders": "trade_own",
    "POST /cancel-all-after": "trade_own",
    "POST /advanced-orders/stop-loss": "trade_own",
    "POST /advanced-orders/trailing-stop": "trade_own",
    "POST /advanced-orders/iceberg": "trade_own",
    "POST /advanced-orders/oco": "trade_own",
    "POST /advanced-orders/bracket": "trade_own",
    "GET /advanced-orders": "read_own",
    "DELETE /advanced-orders/{advanced_id}": "trade_own",
    "GET /assets": "read_own",
    "POST /deposits": "ask_funds",
    "GET /deposits": "read_own",
    "POST /deposits/{request_id}/confirm": "approve_funds",
    "POST /deposits/{request_id}/reject": "approve_funds",
    "POST /deposits/{request_id}/cancel": "ask_funds",
    "POST /withdrawals": "ask_funds",
    "GET /withdrawals": "read_own",
    "POST /withdrawals/{request_id}/confirm": "approve_funds",
    "POST /withdrawals/{request_id}/reject": "approve_funds",
    "POST /withdrawals/{request_id}/cancel": "ask_funds",
    "GET /withdrawal-addresses": "read_own",
    "POST /withdrawal-addresses/{wallet_id}/verify": "approve_funds",
    "GET /balances": "read_own",
    "GET /ledger": "read_own",
    "GET /positions": "read_own",
    "GET /trades": "read_own",
    "GET /fees": "read_own",
    "GET /audit": "read_audit",
    "GET /audit/access": "read_audit",
    "GET /accounts/{account}/limits": "set_limits",
    "PUT /accounts/{account}/limits": "set_limits",
    "PUT /accounts/{account}/limits/{symbol}": "set_limits",
    "GET /markets/{symbol}/calendar": None,
    "PUT /markets/{symbol}/calendar": "manage_markets",
    "DELETE /markets/{symbol}/calendar": "manage_markets",
}


def _documented() -> dict[str, set[str]]:
    """Return the roles that have each permission, as the reference says it."""
    head = re.search(r"^\| permission \| scope \|(.*)\|$", _REFERENCE.read_text(), re.MULTILINE)
    assert head is not None
    roles = [name.strip() for name in head[1].split("|")]
    found: dict[str, set[str]] = {}
    for row in _STEP.finditer(_REFERENCE.read_text()):
        marks = [mark.strip() for mark in row["roles"].split("|")]
        has = {role for role, mark in zip(roles, marks, strict=True) if mark == "x"}
        found |= {name.strip().rstrip("*"): has for name in row["names"].split(",")}
    return found


def test_every_route_says_what_it_needs_and_the_reference_knows_it() -> None:
    assert {route.name: route.permission for route in routes()} == _NEEDS
    documented = _documented()
    assert set(documented) == set(Permission)
    assert set().union(*documented.values()) == set(Role)


def test_every_route_that_takes_a_body_is_attacked() -> None:
    assert {route.name for route in routes() if route.shape is not None} == set(BODIES)


def test_every_live_connection_is_one_that_somebody_thought_about() -> None:
    # What each of them may do is asked of `carry_out`, and of a running service in tests/e2e/test_sockets.py.
    assert {path for handler in SOCKETS for path in handler.paths} == {"/ws", "/ws/{user_id:str}"}
    assert set(OPS) == {"order.place", "order.amend", "order.cancel"}


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("role", Role)
def test_orders_over_a_live_connection_need_what_the_routes_need(role: Role, op: str) -> None:
    frame, limits = Frame(op=op, id=None, body=b"{}"), BodyLimits(bytes_max=100, depth_max=2)
    for count in range(len(Scope) + 1):
        for scopes in itertools.combinations(Scope, count):
            caller = Principal(user_id="u", account=1, role=role, scopes=frozenset(scopes), key_id="k")
            may = role in _documented()["trade_own"] and Scope.TRADE in scopes
            # Who is let in comes as far as the limits, which are not there.
            with pytest.raises(AttributeError if may else AuthorizationError):
                asyncio.run(carry_out(frame, caller, cast(Any, None), limits=limits))


async def _ask(desk: Desk, route: Route, headers: dict[str, str]) -> int:
    body = BODIES.get(route.name)
    answer = await desk.client.request(route.method, route.url(PARTS), json=body, headers=headers)
    return answer.status_code


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_the_reference_gives_it_and_nothing_else(tmp_path: Path, role: Role) -> None:
    documented = _documented()

    async def story(desk: Desk) -> None:
        if role is Role.TRADER:
            headers = bearer(await desk.become("who@example.com"))
        else:
            await desk.house.operator("who@example.com", role=role)
            answer = await desk.post("/auth/login", {"email": "who@example.com", "password": PASSWORD.reveal()})
            headers = bearer(answer.json())
        refused: set[str] = set()
        for route in sorted(routes(), key=lambda it: it.path in ENDS):
            if await _ask(desk, route, headers) == 403:
                refused.add(route.name)
        assert refused == {
            name for name, permission in _NEEDS.items() if permission is not None and role not in documented[permission]
        }

    at_desk(tmp_path, story)


def _no_proof() -> dict[str, dict[str, str]]:
    return {
        "nothing": {},
        "no scheme": {"Authorization": "x"},
        "empty": {"Authorization": "Bearer "},
        "made up": {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."},
        "basic": {"Authorization": "Basic YTpi"},
        "half signed": {"X-Fairlead-Key": "key_" + "0" * 32},
        "badly signed": {
            "X-Fairlead-Key": "key_" + "0" * 32,
            "X-Fairlead-Timestamp": "1700000000000",
            "X-Fairlead-Nonce": "nonce-0123456789",
            "X-Fairlead-Signature": "0" * 64,
        },
    }


def test_without_a_proof_every_closed_route_is_closed(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        for what, headers in _no_proof().items():
            answered = {route.name: await _ask(desk, route, headers) for route in routes() if route.permission}
            assert {name: status for name, status in answered.items() if status != 401} == {}, what
        assert desk.front.sent == []
        assert desk.bank.log == []

    at_desk(tmp_path, story)


def test_a_token_that_was_taken_back_or_is_too_old_opens_no_route(tmp_path: Path) -> None:
    async def story(desk: Desk) -> None:
        left = bearer(await desk.become())
        assert (await desk.client.post("/auth/logout", headers=left)).status_code == 204
        desk.house.clock.pass_s(60)
        login = await desk.post("/auth/login", {"email": "Ann@example.com", "password": PASSWORD.reveal()})
        old = bearer(login.json())
        desk.house.clock.pass_s(16 * 60)
        for headers in (left, old):
            for route in routes():
                if route.permission is not None:
                    assert await _ask(desk, route, headers) == 401, route.name
        assert desk.front.sent == []

    at_desk(tmp_path, story)
