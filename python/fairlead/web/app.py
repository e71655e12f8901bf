"""The application: routes, guards and the shape of every answer, around services that are passed in."""

from collections.abc import Sequence
from typing import Any, Final

from litestar import Litestar, Request, get
from litestar.config.cors import CORSConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.di import Provide
from litestar.types import Message, Scope

from fairlead.domain.access.roles import Principal
from fairlead.web.bodies import BodyLimits
from fairlead.web.correlation import CORRELATION_HEADER, correlation_id
from fairlead.web.deadline import deadline
from fairlead.web.description import describe
from fairlead.web.identity import PUBLIC, caller_in, identity_guard
from fairlead.web.problems import answer_problem
from fairlead.web.routes import ROUTES
from fairlead.web.services import Services
from fairlead.web.strict import body_guard, strict_reader

__all__ = ["make_app"]

_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SENT_BY_BROWSERS: Final = ["Authorization", "Content-Type", CORRELATION_HEADER]


def make_app(
    services: Services, *, limits: BodyLimits, timeout_s: float, allowed_origins: Sequence[str] = ()
) -> Litestar:
    """Return the application.

    Args:
        services: what its routes work with.
        limits: how large bodies may be.
        timeout_s: how long a request may take.
        allowed_origins: pages of browsers that may use it, as ``scheme://host:port``; none by default.
    """
    return Litestar(
        [*ROUTES, _description_route()],
        cors_config=_cors(allowed_origins) if allowed_origins else None,
        dependencies={
            "services": Provide(lambda: services, sync_to_thread=False),
            "caller": Provide(_provide_caller, sync_to_thread=False),
        },
        dto=strict_reader(limits),
        return_dto=None,
        guards=[identity_guard(entry=services.entry, desk=services.desk), body_guard(limits)],
        exception_handlers={Exception: answer_problem},
        middleware=[deadline(timeout_s)],
        before_send=[_complete],
        openapi_config=None,
        request_max_body_size=limits.bytes_max,
        logging_config=None,
        debug=False,
    )


def _provide_caller(request: Request[Any, Any, Any]) -> Principal:
    caller = caller_in(request)
    assert caller is not None, "a public route asked who its caller is"
    return caller


def _description_route() -> Any:
    @get("/openapi.json", opt=PUBLIC, include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return description

    description = describe(ROUTES)
    return openapi


def _cors(allowed_origins: Sequence[str]) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=_SENT_BY_BROWSERS,
        expose_headers=[CORRELATION_HEADER, "Retry-After"],
        allow_credentials=False,
    )


async def _complete(message: Message, scope: Scope) -> None:
    """Add to every answer, refusals of the router among them, what each must have."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        headers[CORRELATION_HEADER] = correlation_id(scope)
        for name, value in _HEADERS.items():
            headers[name] = value
        if "etag" in headers:
            # It may be kept, but not used without asking.
            headers["Cache-Control"] = "no-cache"
