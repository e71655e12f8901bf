"""``/time``, ``/health`` and ``/ready``: what anybody may ask about the service."""

from typing import Final

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from fairlead.domain.limits.plan import RouteClass
from fairlead.model.instants import iso
from fairlead.web.identity import PUBLIC
from fairlead.web.limits import counts_as
from fairlead.web.operator_wire import status_word
from fairlead.web.services import Given
from fairlead.web.wire import Health, Now, Part, Ready

__all__ = ["ROUTES"]

_NS_PER_MS: Final = 1_000_000
_UNAVAILABLE: Final = 503


@get("/time", opt=PUBLIC, summary="The time of the service")
async def time(services: Given) -> Now:
    """For machines that sign: their clock may be 30 seconds off."""
    now_ns = services.clock.now_ns()
    return Now(time=iso(now_ns), unix_ms=now_ns // _NS_PER_MS)


@get("/health", opt=PUBLIC | counts_as(RouteClass.UPKEEP), summary="Whether the process is alive")
async def health(services: Given) -> Health:
    """Say nothing of the parts: a restart helps where this does not answer, and not where ``/ready`` says no."""
    status = services.breakers.status()
    return Health(status="UP", circuit_breaker_tripped=status.is_tripped, circuit_breaker_status=status_word(status))


@get("/ready", opt=PUBLIC | counts_as(RouteClass.UPKEEP), summary="Whether the service can work, part by part")
async def ready(services: Given) -> Response[Ready]:
    """Answer 503 where a part is not there that orders need; they go on without bus and cache."""
    states = await services.readiness.check()
    parts = [Part(name=state.name, is_ready=state.is_ready) for state in states]
    is_ready = all(state.is_ready for state in states if state.is_needed)
    body = Ready(status="READY" if is_ready else "NOT_READY", parts=parts)
    return Response(body, status_code=200 if is_ready else _UNAVAILABLE)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (time, health, ready)
