"""What every request passes before the router, and every answer after it: id, token of its address, count, headers."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from litestar.config.cors import CORSConfig
from litestar.types import ASGIApp, Receive, Scope, Send

from fairlead.domain.limits.plan import RouteClass
from fairlead.ports.telemetry import Telemetry
from fairlead.ports.trace import correlation
from fairlead.services.rate_limits import RateLimitedError, RateLimits
from fairlead.web.correlation import CORRELATION_HEADER, correlation_id
from fairlead.web.limits import body_size, client_of, head_of, limit_headers, note
from fairlead.web.problems import PROBLEM_TYPE, problem_of
from fairlead.web.sockets.refusal import refuse
from fairlead.web.staleness import stale_headers
from fairlead.web.watched import note_answer

__all__ = ["edge"]

_CORRELATION: Final = CORRELATION_HEADER.lower().encode()
_NOT_KEPT, _ASK_FIRST = (b"cache-control", b"no-store"), (b"cache-control", b"no-cache")
_TAG: Final = b"etag"
_SAFE: Final = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
# Whatever stands there of these is replaced.
_OURS: Final = frozenset({_CORRELATION, _NOT_KEPT[0], *(name for name, _ in _SAFE)})
# Of an answer to a request, and of one to a live connection that is not opened.
_BEGINNINGS: Final = frozenset({"http.response.start", "websocket.http.response.start"})


def edge(
    app: ASGIApp,
    *,
    limits: RateLimits,
    heads: Mapping[tuple[str, str], RouteClass],
    telemetry: Telemetry,
    now_ns: Callable[[], int],
    cors: CORSConfig | None = None,
) -> ASGIApp:
    """Return the application with what every request and answer must have.

    Args:
        app: the application.
        limits: the buckets.
        heads: what method and first part of a path count as; a path that is not there counts as a read.
        telemetry: what counts.
        now_ns: a clock that never goes back.
        cors: which pages of browsers may read answers; what is answered here has to say it too.
    """

    async def at_edge(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await app(scope, receive, send)
            return
        began_ns = now_ns()

        async def completed(message: Any) -> None:
            if message["type"] in _BEGINNINGS:
                took_ns = now_ns() - began_ns
                note_answer(scope, int(message["status"]), took_ns=took_ns, telemetry=telemetry)
                _complete(message, scope)
            await send(message)

        route_class = heads.get((str(scope.get("method", "GET")), head_of(str(scope["path"]))), RouteClass.READS)
        token = correlation.set(correlation_id(scope))
        try:
            try:
                note(scope, await limits.arrive(client_of(scope), route_class, size=body_size(scope)))
            except RateLimitedError as error:
                note(scope, [error.tally])
                await _refuse(error, scope, completed, cors=cors)
                return
            await app(scope, receive, completed)
        finally:
            correlation.reset(token)

    return at_edge


async def _refuse(error: RateLimitedError, scope: Any, send: Send, *, cors: CORSConfig | None) -> None:
    if scope["type"] == "websocket":
        await refuse(error, scope, send)
        return
    problem, body = problem_of(error, correlation_id(scope))
    headers = {"Content-Type": PROBLEM_TYPE, "Content-Length": str(len(body)), **problem.headers}
    headers |= _readable_by(scope, cors)
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": problem.status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _readable_by(scope: Any, cors: CORSConfig | None) -> dict[str, str]:
    """Return the headers by which a browser lets a page of the configuration read an answer."""
    origin = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)
    if cors is None or origin is None or not cors.is_origin_allowed(origin):
        return {}
    return {**cors.simple_headers, "Access-Control-Allow-Origin": origin, "Vary": "Origin"}


def _complete(message: Any, scope: Any) -> None:
    """Add to every answer, refusals of the router among them, what each must have."""
    kept, caching = [], _NOT_KEPT
    for pair in message.get("headers", ()):
        name = pair[0].lower()
        if name not in _OURS:
            kept.append(pair)
        if name == _TAG:
            # What has a tag may be kept, but not used without asking.
            caching = _ASK_FIRST
    named = (_CORRELATION, correlation_id(scope).encode("latin-1"))
    message["headers"] = [*kept, named, caching, *_SAFE, *limit_headers(scope), *stale_headers(scope)]
