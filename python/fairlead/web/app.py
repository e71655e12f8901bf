"""The application: routes, guards and the shape of every answer, around services that are passed in."""

from collections.abc import Sequence
from time import monotonic_ns
from typing import Any, Final

from litestar import Litestar, Request, get, route
from litestar.config.cors import CORSConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotFoundException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp

from fairlead.domain.access.roles import Principal
from fairlead.web.bodies import BodyLimits
from fairlead.web.clean_paths import path_guard
from fairlead.web.correlation import CORRELATION_HEADER
from fairlead.web.deadline import deadline
from fairlead.web.description import describe
from fairlead.web.edge import edge
from fairlead.web.identity import PUBLIC, Guard, caller_in, identity_guard
from fairlead.web.limits import POLICY_HEADER, REMAINING_HEADER, heads_of, rate_guard
from fairlead.web.parameters import refuse_parameter
from fairlead.web.problems import answer_problem
from fairlead.web.read_own import read_own_guard
from fairlead.web.request import WholeRequest
from fairlead.web.routes import ROUTES
from fairlead.web.services import Given, Services
from fairlead.web.sockets import SOCKETS
from fairlead.web.sockets.origins import known_origins
from fairlead.web.sockets.refusal import answered
from fairlead.web.staleness import STALE_HEADER
from fairlead.web.straight import straight
from fairlead.web.strict import body_guard, strict_reader
from fairlead.web.trail import trail_guard
from fairlead.web.whole_numbers import path_number_guard, query_number_guard

__all__ = ["make_app"]

_SENT_BY_BROWSERS: Final = ["Authorization", "Content-Type", CORRELATION_HEADER]


def make_app(
    services: Services, *, limits: BodyLimits, timeout_s: float, allowed_origins: Sequence[str] = ()
) -> ASGIApp:
    """Return the application.

    Args:
        services: what its routes work with.
        limits: how large bodies may be.
        timeout_s: how long a request may take.
        allowed_origins: pages of browsers that may use it, as ``scheme://host:port``; none by default.
    """
    of_plain = (
        identity_guard(entry=services.entry, desk=services.desk, accounts=services.trading.accounts),
        rate_guard(services.limits),
        body_guard(limits),
    )
    before = (path_guard, path_number_guard)
    behind = (trail_guard(services.audit), read_own_guard(services.trading.recent))
    cors = _cors(allowed_origins) if allowed_origins else None
    app = Litestar(
        [*ROUTES, *SOCKETS, _description_route(), _absent],
        cors_config=cors,
        dependencies={
            "services": Provide(lambda: services, sync_to_thread=False),
            "caller": Provide(_provide_caller, sync_to_thread=False),
        },
        dto=strict_reader(limits),
        return_dto=None,
        guards=[_in_turn(*before, *of_plain, query_number_guard, *behind)],
        exception_handlers={ValidationException: refuse_parameter, Exception: answer_problem},
        middleware=[deadline(timeout_s)],
        openapi_config=None,
        request_class=WholeRequest,
        request_max_body_size=limits.bytes_max,
        logging_config=None,
        debug=False,
    )
    # A plain request has no path or query to look at, and one that writes reads nothing that it has to wait for.
    guard = _in_turn(*of_plain)
    first = straight(app, services, guard=guard, limits=limits, timeout_s=timeout_s, has_pages=cors is not None)
    return edge(
        known_origins(answered(first), allowed=allowed_origins),
        limits=services.limits,
        heads=heads_of(ROUTES),
        telemetry=services.telemetry,
        now_ns=monotonic_ns,
        cors=cors,
    )


def _in_turn(*guards: Guard) -> Guard:
    """Return several guards as one: the framework copies the whole handler for each that it calls."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        for one in guards:
            await one(connection, handler)

    return guard


def _provide_caller(request: Request[Any, Any, Any], services: Given) -> Principal:
    # It asks for the services so that the framework has one to provide at a time: for two it starts tasks.
    del services
    caller = caller_in(request)
    assert caller is not None, "a public route asked who its caller is"
    return caller


def _description_route() -> Any:
    @get("/openapi.json", opt=PUBLIC, include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return description

    description = describe(ROUTES)
    return openapi


@route(
    "/advanced-orders/algo",
    http_method=["GET", "POST", "PUT", "PATCH", "DELETE"],
    opt=PUBLIC,
    include_in_schema=False,
)
async def _absent() -> None:
    """Say of what comes with the execution engine that there is no such path: it is not the id of an order."""
    raise NotFoundException


def _cors(allowed_origins: Sequence[str]) -> CORSConfig:
    return CORSConfig(
        allow_origins=list(allowed_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=_SENT_BY_BROWSERS,
        expose_headers=[CORRELATION_HEADER, "Retry-After", POLICY_HEADER, REMAINING_HEADER, STALE_HEADER],
        allow_credentials=False,
    )
