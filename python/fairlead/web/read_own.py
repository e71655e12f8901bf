"""Who reads what is theirs reads what they wrote: the tables are waited for where an answer was ahead of them.

Where they do not come in time, the answer says that it may be old.
"""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from fairlead.domain.access.roles import Principal
from fairlead.services.trading import RecentOrders
from fairlead.web.identity import Guard
from fairlead.web.staleness import note_stale

__all__ = ["read_own_guard"]


def read_own_guard(recent: RecentOrders) -> Guard:
    """Return the guard that waits, a moment at most; it stands after those that refuse."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        caller = connection.scope.get("auth")
        if connection.scope.get("method") != "GET" or not isinstance(caller, Principal):
            return
        if not await recent.caught_up(caller.account):
            note_stale(connection.scope)

    return guard
