"""What needs a right over others is written down before it is carried out, with who ordered it."""

from typing import Any, Final

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from fairlead.domain.access.roles import Permission, Principal, Scope, scope_for
from fairlead.errors import UnavailableError
from fairlead.ports.access_trail import AccessAction
from fairlead.services.audit import AuditDesk
from fairlead.web.identity import Guard, permission_of

__all__ = ["trail_guard"]

# What stops trading is done, written down or not.
_STOPS: Final = frozenset({Permission.HALT, Permission.KILL})


def trail_guard(audit: AuditDesk) -> Guard:
    """Return the guard that writes it down; it stands after those that let the caller in."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        permission, method = permission_of(handler), str(connection.scope.get("method", "GET"))
        if permission is None or method == "GET" or scope_for(permission) is not Scope.ADMIN:
            return
        caller = connection.scope.get("auth")
        assert isinstance(caller, Principal), "a route that needs a right has found who asks"
        try:
            await audit.note(AccessAction.ORDERED, caller, subject=f"{method} {connection.scope['path']}")
        except UnavailableError:
            if permission not in _STOPS:
                raise

    return guard
