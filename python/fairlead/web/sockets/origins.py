"""Pages of browsers that may open live connections: those of the configuration, and those of the service itself."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.domain.access.errors import AuthorizationError
from fairlead.web.correlation import correlation_id
from fairlead.web.problems import PROBLEM_TYPE, problem_of

__all__ = ["known_origins"]

_TYPE: Final = (b"content-type", PROBLEM_TYPE.encode())


def known_origins(app: ASGIApp, *, allowed: Sequence[str]) -> ASGIApp:
    """Return the application behind a door that lets in live connections of known pages, and of programs.

    A browser says of which page a connection is, and a page cannot say otherwise; a program says nothing.

    Args:
        app: the application.
        allowed: origins, as ``scheme://host:port``.
    """
    known = frozenset(allowed)

    async def at_door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.WEBSOCKET or _is_known(scope, known):
            await app(scope, receive, send)
            return
        await _refuse(scope, send)

    return at_door


def _is_known(scope: Any, known: frozenset[str]) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin-1")
    return not origin or origin in known or urlsplit(origin).netloc == headers.get(b"host", b"").decode("latin-1")


async def _refuse(scope: Any, send: Any) -> None:
    error = AuthorizationError(
        "not allowed: live connections of this page's origin; server.allowed_origins names pages"
    )
    problem, body = problem_of(error, correlation_id(scope))
    headers = [_TYPE, (b"content-length", b"%d" % len(body))]
    await send({"type": "websocket.http.response.start", "status": problem.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
