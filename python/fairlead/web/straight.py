"""Routes that want no more than body, caller and services are called at once: a request of theirs costs no framework.

The framework finds the route, describes it and answers its errors. Between that and the function of the route it makes
an object of everything that any route could ask for; that is most of what a small request costs.
"""

import inspect
from collections.abc import Callable
from typing import Any, Final

import msgspec
from litestar import Response
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.identity import Guard
from fairlead.web.request import WholeRequest
from fairlead.web.services import Services

__all__ = ["STRAIGHT", "straight"]

_OPTION: Final = "straight"
# The option of such a route. Its body must have a field that is required: an empty one is refused before.
STRAIGHT: Final[dict[str, object]] = {_OPTION: True}
_KEY_PARAMETER, _KEY_HEADER = "idempotency_key", b"idempotency-key"
_KNOWN: Final = frozenset({"data", "caller", "services", "request", _KEY_PARAMETER})
_JSON: Final = (b"content-type", b"application/json")
_encode: Final = msgspec.json.Encoder().encode


def straight(services: Services, *, guard: Guard, limits: BodyLimits) -> Callable[[ASGIApp], ASGIApp]:
    """Return what stands behind the router: it answers routes that say ``STRAIGHT``, and hands on all others.

    Args:
        services: what the routes work with.
        guard: what a request passes before its route, as every other does.
        limits: how large bodies may be.
    """

    def around(app: ASGIApp) -> ASGIApp:
        async def at_once(scope: Scope, receive: Receive, send: Send) -> None:
            handler = scope["route_handler"]
            if not handler.opt.get(_OPTION) or scope["type"] != ScopeType.HTTP:
                await app(scope, receive, send)
                return
            assert isinstance(handler, HTTPRouteHandler)
            request = WholeRequest(scope, receive, send)
            await guard(request, handler)
            wanted = _wanted(handler)
            given: dict[str, Any] = {"caller": scope["auth"], "services": services}
            if "data" in wanted:
                assert handler.parsed_data_field is not None
                given["data"] = parse_body(await request.body(), handler.parsed_data_field.annotation, limits=limits)
            if _KEY_PARAMETER in wanted:
                given[_KEY_PARAMETER] = _key(scope)
            if "request" in wanted:
                given["request"] = request
            await _send(await handler.fn(**given), send, status=handler.status_code)

        return at_once

    shapes: dict[HTTPRouteHandler, frozenset[str]] = {}

    def _wanted(handler: HTTPRouteHandler) -> frozenset[str]:
        if handler not in shapes:
            names = frozenset(inspect.signature(handler.fn).parameters)
            assert {"caller", "services"} <= names <= _KNOWN, f"no straight route: {handler} wants={sorted(names)}"
            shapes[handler] = names
        return shapes[handler]

    return around


def _key(scope: Scope) -> str | None:
    found = next((value for name, value in scope["headers"] if name == _KEY_HEADER), None)
    return None if found is None else found.decode("latin-1")


async def _send(answer: Any, send: Send, *, status: int) -> None:
    if isinstance(answer, Response):
        status, answer = answer.status_code or status, answer.content
    body = _encode(answer)
    headers = [_JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
