"""Every request is counted, timed and written down: by the template of its path, never by the path itself."""

import logging
from collections.abc import Callable
from typing import Any, Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from fairlead.domain.access.roles import Principal
from fairlead.ports.telemetry import Telemetry
from fairlead.ports.trace import correlation
from fairlead.web.correlation import correlation_id
from fairlead.web.limits import refused_policies

__all__ = ["watched"]

_METHODS: Final = frozenset({"GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"})
_OTHER: Final = "other"
# Of a path that is no route, and of a request that was refused before the router looked at it.
_UNMATCHED: Final = "unmatched"
_NS_PER_MS: Final = 1_000_000
_FAULT: Final = 500
_log = logging.getLogger("fairlead.web")


def watched(app: ASGIApp, *, telemetry: Telemetry, now_ns: Callable[[], int]) -> ASGIApp:
    """Return the application, watched.

    Args:
        app: the application.
        telemetry: what counts.
        now_ns: a clock that never goes back.
    """

    async def watch(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        began_ns = now_ns()

        async def seen(message: Message) -> None:
            if message["type"] == "http.response.start":
                _note(scope, int(message["status"]), took_ns=now_ns() - began_ns, telemetry=telemetry)
            await send(message)

        token = correlation.set(correlation_id(scope))
        try:
            await app(scope, receive, seen)
        finally:
            correlation.reset(token)

    return watch


def _route(scope: Any) -> str:
    return str(scope.get("path_template") or _UNMATCHED).replace(":str}", "}")


def _note(scope: Any, status: int, *, took_ns: int, telemetry: Telemetry) -> None:
    given, route = str(scope.get("method")), _route(scope)
    method = given if given in _METHODS else _OTHER
    telemetry.request_answered(method=method, route=route, status=status, took_ns=took_ns)
    for policy in refused_policies(scope):
        telemetry.request_refused(policy=policy)
    said = {"method": method, "route": route, "status": status, "took_ms": round(took_ns / _NS_PER_MS, 3)}
    caller = scope.get("auth")
    if isinstance(caller, Principal):
        said |= {"user_id": caller.user_id, "account": caller.account}
        if caller.key_id is not None:
            said["key_id"] = caller.key_id
    _log.log(logging.ERROR if status >= _FAULT else logging.INFO, "request_answered", extra=said)
