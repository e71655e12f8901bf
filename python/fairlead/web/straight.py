"""Routes that want no more than body, caller and services are called at once: a request of theirs costs no framework.

The framework would find the route by its path, make an object of everything that any route could ask for, and wrap what
is sent; that is most of what a small request costs. It still has every request that is not plain: one with a query,
with a path that is spelled otherwise, with a host that looks odd, or of a page of a browser.
"""

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from litestar import Litestar, Response
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.correlation import correlation_id
from fairlead.web.deadline import too_late
from fairlead.web.identity import Guard
from fairlead.web.problems import PROBLEM_TYPE, problem_of
from fairlead.web.request import WholeRequest
from fairlead.web.services import Services

__all__ = ["STRAIGHT", "straight"]

_OPTION: Final = "straight"
# The option of such a route, which is a POST. Its body must have a field that is required: an empty one is refused
# before.
STRAIGHT: Final[dict[str, object]] = {_OPTION: True}
_KEY_PARAMETER, _KEY_HEADER = "idempotency_key", b"idempotency-key"
_NEEDED: Final = frozenset({"data", "caller", "services"})
_KNOWN: Final = _NEEDED | {"request", _KEY_PARAMETER}
_JSON: Final = (b"content-type", b"application/json")
_HOST: Final = re.compile(rb"[0-9A-Za-z.:-]+")
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """What is called, with what of a request, and what it reads of a body."""

    handler: HTTPRouteHandler
    path: str
    wanted: frozenset[str]
    body: type[msgspec.Struct]


def straight(
    app: Litestar, services: Services, *, guard: Guard, limits: BodyLimits, timeout_s: float, has_pages: bool
) -> ASGIApp:
    """Return what stands before the application: it answers plain requests of routes that say ``STRAIGHT``.

    Args:
        app: the application, which answers all others.
        services: what the routes work with.
        guard: what a request passes before its route: what the application's guard does for a plain request.
        limits: how large bodies may be.
        timeout_s: how long a request may take.
        has_pages: whether pages of browsers may read answers, which the application says to them.
    """
    routes, call = _routes(app), _caller(services, guard=guard, limits=limits)

    async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
        route = _route_of(scope, routes, has_pages=has_pages)
        if route is None:
            await app(scope, receive, send)
            return
        scope["litestar_app"] = scope["app"] = app
        scope["route_handler"], scope["path_template"], scope["path_params"] = route.handler, route.path, {}
        is_begun = False
        try:
            async with asyncio.timeout(timeout_s):
                status, body = await call(route, WholeRequest(scope, receive, send))
                is_begun = True
                await _send(send, status, [_JSON], body)
        except Exception as error:
            if is_begun:
                raise
            why = too_late(timeout_s) if isinstance(error, TimeoutError) else error
            problem, body = problem_of(why, correlation_id(scope))
            named = {"content-type": PROBLEM_TYPE, **problem.headers}
            headers = [(name.lower().encode(), value.encode()) for name, value in named.items()]
            await _send(send, problem.status, headers, body)

    return at_once


def _caller(
    services: Services, *, guard: Guard, limits: BodyLimits
) -> Callable[[_Route, WholeRequest], Awaitable[tuple[int, bytes]]]:
    async def call(route: _Route, request: WholeRequest) -> tuple[int, bytes]:
        await guard(request, route.handler)
        wanted, scope = route.wanted, request.scope
        data = parse_body(await request.body(), route.body, limits=limits)
        given: dict[str, Any] = {"data": data, "caller": scope["auth"], "services": services}
        if _KEY_PARAMETER in wanted:
            given[_KEY_PARAMETER] = _key(scope)
        if "request" in wanted:
            given["request"] = request
        status, answer = route.handler.status_code, await route.handler.fn(**given)
        if isinstance(answer, Response):
            status, answer = answer.status_code or status, answer.content
        return status, _encode(answer)

    return call


def _route_of(scope: Any, routes: Mapping[tuple[str, str], _Route], *, has_pages: bool) -> _Route | None:
    if scope["type"] != ScopeType.HTTP or scope["query_string"] or scope.get("root_path"):
        return None
    found = routes.get((scope["method"], scope["path"]))
    if found is not None:
        for name, value in scope["headers"]:
            if (name == b"host" and _HOST.fullmatch(value) is None) or (has_pages and name == b"origin"):
                return None
    return found


def _routes(app: Litestar) -> Mapping[tuple[str, str], _Route]:
    every = [(one, handler) for one in app.routes if isinstance(one, HTTPRoute) for handler in one.route_handlers]
    found: dict[tuple[str, str], _Route] = {}
    for one, handler in every:
        if not handler.opt.get(_OPTION):
            continue
        wanted, data = frozenset(inspect.signature(handler.fn).parameters), handler.parsed_data_field
        is_one = _NEEDED <= wanted <= _KNOWN and handler.http_methods == {"POST"} and not one.path_parameters
        assert is_one, f"no straight route: {handler} wants={sorted(wanted)}"
        assert data is not None, "what is wanted of a body has a type"
        found["POST", one.path] = _Route(handler=handler, path=one.path, wanted=wanted, body=data.annotation)
    return found


def _key(scope: Scope) -> str | None:
    found = next((value for name, value in scope["headers"] if name == _KEY_HEADER), None)
    return None if found is None else found.decode("latin-1")


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
