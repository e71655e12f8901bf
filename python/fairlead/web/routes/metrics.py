"""``/metrics``: what the service counts, as Prometheus reads it."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from fairlead.domain.access.secret import Secret
from fairlead.domain.limits.plan import RouteClass
from fairlead.web.identity import PUBLIC
from fairlead.web.limits import client_of, counts_as
from fairlead.web.services import Given

__all__ = ["ROUTES"]

_OF_PROXIES: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")


@get(
    "/metrics",
    opt=PUBLIC | counts_as(RouteClass.UPKEEP),
    media_type="text/plain",
    summary="What is counted and timed, for Prometheus",
)
async def metrics(request: Request[Any, Any, Any], services: Given) -> Response[bytes]:
    """Who may read it is set by ``metrics.access``: the machine itself by default."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    kind, text = services.figures.read(
        host=client_of(request.scope),
        is_forwarded=any(name in request.headers for name in _OF_PROXIES),
        token=Secret(token) if scheme.lower() == "bearer" else None,
    )
    return Response(text, media_type=kind)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (metrics,)
