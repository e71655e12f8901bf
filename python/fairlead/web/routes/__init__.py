"""The paths, by what they are about. Each handler says who may call it."""

from collections.abc import Sequence
from typing import Final

from litestar.handlers import HTTPRouteHandler

from fairlead.web.routes import (
    advanced,
    api_keys,
    audit,
    auth,
    calendars,
    corrections,
    funding,
    limits,
    markets,
    metrics,
    money,
    operators,
    order_reads,
    outcomes,
    status,
    trading,
)

__all__ = ["ROUTES"]

ROUTES: Final[Sequence[HTTPRouteHandler]] = (
    *auth.ROUTES,
    *api_keys.ROUTES,
    *status.ROUTES,
    *markets.ROUTES,
    *operators.ROUTES,
    *outcomes.ROUTES,
    *corrections.ROUTES,
    *order_reads.ROUTES,
    *trading.ROUTES,
    *advanced.ROUTES,
    *funding.ROUTES,
    *money.ROUTES,
    *metrics.ROUTES,
    *calendars.ROUTES,
    *audit.ROUTES,
    *limits.ROUTES,
)
