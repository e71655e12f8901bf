"""Pages of browsers that may open live connections: those of the configuration, and those of the service itself."""

from collections.abc import Sequence
from typing import Any, Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.web.problems import ProblemError
from fairlead.web.sockets.refusal import refuse

__all__ = ["known_origins"]

_SCHEMES: Final = frozenset({"http", "https"})
_TLS: Final = frozenset({"https"})
_SHOWN_MAX: Final = 64


def known_origins(app: ASGIApp, *, allowed: Sequence[str]) -> ASGIApp:
    """Return the application behind a door that lets in live connections of known pages, and of programs.

    A browser says of which page a connection is, and a page cannot say otherwise; a program says nothing. The
    service's own pages are those whose ``Origin`` names the ``Host`` that was asked. A connection that is known to be
    encrypted takes no page that came in the clear; of any other it is not known, because what stands before the
    service may have taken the encryption off, so it takes both.

    Args:
        app: the application.
        allowed: origins, as ``scheme://host:port``.
    """
    known = frozenset(allowed)

    async def at_door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.WEBSOCKET or _is_known(scope, known):
            await app(scope, receive, send)
            return
        await refuse(_unknown(scope), scope, send)

    return at_door


def _unknown(scope: Any) -> ProblemError:
    return ProblemError(
        403,
        "AUTHORIZATION_ERROR",
        "not allowed: live connections of this page's origin; server.allowed_origins names pages",
        field="Origin",
        value=", ".join(_values(scope, b"origin"))[:_SHOWN_MAX],
        limit="http:// or https:// and the Host that was asked, or one of server.allowed_origins",
        fix="open the page at the address of the service, or let server.allowed_origins name its origin",
    )


def _is_known(scope: Any, known: frozenset[str]) -> bool:
    origins = _values(scope, b"origin")
    return not origins or (len(origins) == 1 and (origins[0] in known or _is_own(origins[0], scope)))


def _is_own(origin: str, scope: Any) -> bool:
    # Compared as texts: what is no address is none of ours, and nothing has to be made of it.
    scheme, _, address = origin.lower().partition("://")
    is_page = scheme in (_TLS if scope["scheme"] == "wss" else _SCHEMES)
    return is_page and address != "" and [address] == [host.lower() for host in _values(scope, b"host")]


def _values(scope: Any, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]
