"""What each route counts as, tokens for its caller, and the headers that say what is left."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from fairlead.domain.access.roles import Permission, Principal
from fairlead.domain.limits.bucket import NS_PER_S
from fairlead.domain.limits.plan import RouteClass
from fairlead.services.rate_limits import OF_BYTES, RateLimitedError, RateLimits, Tally
from fairlead.web.identity import Guard, is_public, permission_of

__all__ = [
    "POLICY_HEADER",
    "REMAINING_HEADER",
    "body_size",
    "class_of",
    "client_of",
    "counts_as",
    "head_of",
    "heads_of",
    "limit_headers",
    "note",
    "rate_guard",
    "refused_policies",
]

POLICY_HEADER: Final = "RateLimit-Policy"
REMAINING_HEADER: Final = "RateLimit"
_POLICY, _REMAINING = POLICY_HEADER.lower().encode(), REMAINING_HEADER.lower().encode()
_OPTION: Final = "counts_as"
_NOTED: Final = "fairlead_tallies"
_STOPS: Final = frozenset({Permission.HALT, Permission.RESUME, Permission.KILL})


def counts_as(route_class: RouteClass) -> dict[str, object]:
    """Return the option of a route that counts as something else than its method and permission say."""
    return {_OPTION: route_class}


def class_of(handler: BaseRouteHandler, method: str) -> RouteClass:
    """Return what a request of a route counts as.

    A route that does not say it: DELETE with the right to trade, and what stops and resumes markets, are cancels; other
    writes with that right are orders; public writes are attempts to become somebody, public reads market data.
    """
    given = handler.opt.get(_OPTION)
    if isinstance(given, RouteClass):
        return given
    permission = permission_of(handler)
    if is_public(handler):
        return RouteClass.MARKET_DATA if method == "GET" else RouteClass.LOGINS
    if permission in _STOPS:
        return RouteClass.CANCELS
    if method == "GET" or permission is not Permission.TRADE_OWN:
        return RouteClass.READS
    return RouteClass.CANCELS if method == "DELETE" else RouteClass.ORDERS


def heads_of(routes: Iterable[HTTPRouteHandler]) -> Mapping[tuple[str, str], RouteClass]:
    """Return what method and first part of a path say before the router has looked at it.

    Of routes that share both, one that stops something gives its class to all; others stand as reads, and are told
    apart after the router.
    """
    found: dict[tuple[str, str], RouteClass] = {}
    for route in routes:
        for path in route.paths:
            for method in route.http_methods:
                key, one = (str(method), head_of(path)), class_of(route, str(method))
                same = {one, found.get(key, one)}
                found[key] = (
                    one if len(same) == 1 else RouteClass.CANCELS if RouteClass.CANCELS in same else RouteClass.READS
                )
    return found


def head_of(path: str) -> str:
    """Return the first part of a path."""
    return path.strip("/").partition("/")[0]


def client_of(scope: Mapping[str, Any]) -> str:
    """Return the address a request comes from: the peer's, or what a proxy said that is trusted."""
    client = scope.get("client")
    return "" if client is None else str(client[0])


def body_size(scope: Mapping[str, Any]) -> int | None:
    """Return how many bytes the head says that the body has; ``None``: some, it does not say how many."""
    for name, value in scope.get("headers", ()):
        if name == b"content-length":
            return int(value) if value.isdigit() else None
        if name == b"transfer-encoding":
            return None
    return 0


def rate_guard(limits: RateLimits) -> Guard:
    """Return the guard that takes a token of the caller; it stands after the one that finds who the caller is."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        scope = connection.scope
        route_class = class_of(handler, str(scope.get("method", "GET")))
        caller = scope.get("auth")
        try:
            if isinstance(caller, Principal):
                note(scope, await limits.act(caller, route_class, size=body_size(scope)))
            elif route_class is RouteClass.LOGINS:
                note(scope, await limits.attempt(client_of(scope)))
        except RateLimitedError as error:
            note(scope, [error.tally])
            raise

    return guard


def note(scope: Any, tallies: Sequence[Tally]) -> None:
    """Keep what buckets answered until the answer begins."""
    scope.setdefault("state", {}).setdefault(_NOTED, []).extend(tallies)


def limit_headers(scope: Any) -> Sequence[tuple[bytes, bytes]]:
    """Return the headers that say which buckets a request took from, and what is left in each."""
    tallies: list[Tally] = scope.get("state", {}).get(_NOTED, [])
    if not tallies:
        return ()
    policies = [f'"{policy}";q={rate.burst}{_unit(policy)};w={rate.window_s}' for policy, rate, _ in tallies]
    left = [f'"{policy}";r={grant.remaining};t={-(-grant.full_ns // NS_PER_S)}' for policy, _, grant in tallies]
    return (_POLICY, ", ".join(policies).encode()), (_REMAINING, ", ".join(left).encode())


def _unit(policy: str) -> str:
    return ';qu="content-bytes"' if policy in OF_BYTES else ""


def refused_policies(scope: Any) -> list[str]:
    """Return the buckets that had no token for a request."""
    tallies: list[Tally] = scope.get("state", {}).get(_NOTED, [])
    return [str(one.policy) for one in tallies if not one.grant.is_granted]
