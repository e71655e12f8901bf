"""Who asks: a Bearer token or a signed request becomes a caller, and every route says what its caller needs."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from fairlead.domain.access.errors import AuthenticationError, AuthorizationError
from fairlead.domain.access.roles import Permission, Principal, Scope, demand, scopes_of
from fairlead.domain.access.secret import Secret
from fairlead.domain.access.signing import SignedRequest
from fairlead.services.access import Entry, KeyDesk
from fairlead.services.trading import EngineAccounts

__all__ = [
    "PUBLIC",
    "SIGNED_HEADERS",
    "caller_in",
    "demand_own",
    "identity_guard",
    "is_public",
    "needs",
    "permission_of",
    "proven_caller",
    "shows_proof",
]

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]

_OPTION: Final = "needs"
_ACCOUNT: Final = "account"
PUBLIC: Final[dict[str, object]] = {_OPTION: None}
_SIGNED: Final = {
    "key_id": "X-Fairlead-Key",
    "timestamp": "X-Fairlead-Timestamp",
    "nonce": "X-Fairlead-Nonce",
    "signature": "X-Fairlead-Signature",
}
SIGNED_HEADERS: Final = tuple(_SIGNED.values())
# Header names of a request are lower case.
_BEARER: Final = b"authorization"
_PART_OF: Final = {name.lower().encode(): part for part, name in _SIGNED.items()}


def needs(permission: Permission, *, account: bool = True) -> dict[str, object]:
    """Return the options of a route whose caller must have a permission: by role, by scope, by being a person.

    Args:
        permission: which.
        account: whether the route has to do with the caller's account, which then exists before the route is reached.
    """
    return {_OPTION: permission, _ACCOUNT: account}


def is_public(handler: BaseRouteHandler) -> bool:
    """Whether anybody may call a route."""
    return handler.opt.get(_OPTION, _OPTION) is None


def permission_of(handler: BaseRouteHandler) -> Permission | None:
    """Return what the caller of a route must have; ``None`` where it is public or closed."""
    found = handler.opt.get(_OPTION)
    return found if isinstance(found, Permission) else None


def identity_guard(*, entry: Entry, desk: KeyDesk, accounts: EngineAccounts) -> Guard:
    """Return the guard of every route. A route that does not say who may call it may be called by nobody."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        if _OPTION not in handler.opt:
            raise AuthorizationError("this route is closed")
        permission = handler.opt[_OPTION]
        if permission is None:
            return
        caller = await proven_caller(connection, entry=entry, desk=desk)
        demand(caller, permission)
        if handler.opt.get(_ACCOUNT, True) and Scope.TRADE in scopes_of(caller.role):
            # Before that, its number may be an account of somebody else.
            account = await accounts.ensure(caller.user_id, caller.account)
            caller = caller if account == caller.account else replace(caller, account=account)
        connection.scope["auth"] = caller

    return guard


def caller_in(request: Request[Any, Any, Any]) -> Principal | None:
    """Return who asks, as the guard found; ``None`` on a public route."""
    caller = request.scope.get("auth")
    return caller if isinstance(caller, Principal) else None


def demand_own(caller: Principal, user_id: str) -> None:
    """Check that a user id of a path or a body is the caller's own.

    Raises:
        AuthorizationError: it is another's, whether there is such a user or not.
    """
    if user_id != caller.user_id:
        raise AuthorizationError("not allowed: the user id is another's")


def shows_proof(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether the headers say who asks, truly or not."""
    return any(name in connection.headers for name in ("authorization", *SIGNED_HEADERS))


async def proven_caller(connection: ASGIConnection[Any, Any, Any, Any], *, entry: Entry, desk: KeyDesk) -> Principal:
    """Return who asks, by the proof in the headers.

    Raises:
        AuthenticationError: there is none, more than one, or one that does not count.
    """
    tokens: list[str] = []
    signed: dict[str, str] = {}
    parts = 0
    for name, value in connection.scope["headers"]:
        if name == _BEARER:
            tokens.append(value.decode("latin-1"))
        elif (part := _PART_OF.get(name)) is not None:
            signed[part] = value.decode("latin-1")
            parts += 1
    if not tokens and not signed:
        raise AuthenticationError("nobody says who asks", cause="no proof")
    # Of a signed request each part once, and no token beside them.
    if (tokens or parts != len(_SIGNED) or len(signed) != parts) if signed else len(tokens) != 1:
        raise AuthenticationError(
            f"one proof is needed: a Bearer token, or {', '.join(SIGNED_HEADERS)}, each once", cause="several or half"
        )
    if tokens:
        scheme, _, token = tokens[0].partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthenticationError("the scheme of Authorization is not Bearer", cause="scheme")
        return await entry.authenticate(Secret(token))
    return await desk.authenticate(await _signed_request(connection, signed))


async def _signed_request(connection: ASGIConnection[Any, Any, Any, Any], parts: dict[str, str]) -> SignedRequest:
    query = bytes(connection.scope["query_string"])
    target = bytes(connection.scope["raw_path"]) + (b"?" + query if query else b"")
    body = await connection.body() if isinstance(connection, Request) else b""
    return SignedRequest(
        key_id=parts["key_id"],
        timestamp=parts["timestamp"],
        nonce=parts["nonce"],
        signature=parts["signature"],
        method=str(connection.scope.get("method", "GET")),
        target=target.decode("latin-1"),
        body=body,
    )
