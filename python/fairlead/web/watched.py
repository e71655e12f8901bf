"""Every request is counted, timed and written down: by the template of its path, never by the path itself."""

import logging
from typing import Any, Final

from fairlead.domain.access.roles import Principal
from fairlead.ports.telemetry import Telemetry
from fairlead.web.limits import refused_policies

__all__ = ["note_answer"]

_METHODS: Final = frozenset({"GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"})
_OTHER: Final = "other"
# Of a path that is no route, and of a request that was refused before the router looked at it.
_UNMATCHED: Final = "unmatched"
_NS_PER_MS: Final = 1_000_000
_FAULT: Final = 500
_log = logging.getLogger("fairlead.web")


def note_answer(scope: Any, status: int, *, took_ns: int, telemetry: Telemetry) -> None:
    """Count an answer and write it down.

    Args:
        scope: that of its request.
        status: what it was answered with.
        took_ns: from its arrival to the beginning of its answer.
        telemetry: what counts.
    """
    given, route = str(scope.get("method")), _route(scope)
    method = given if given in _METHODS else _OTHER
    telemetry.request_answered(method=method, route=route, status=status, took_ns=took_ns)
    for policy in refused_policies(scope):
        telemetry.request_refused(policy=policy)
    level = logging.ERROR if status >= _FAULT else logging.INFO
    if not _log.isEnabledFor(level):
        return
    said = {"method": method, "route": route, "status": status, "took_ms": round(took_ns / _NS_PER_MS, 3)}
    caller = scope.get("auth")
    if isinstance(caller, Principal):
        said |= {"user_id": caller.user_id, "account": caller.account}
        if caller.key_id is not None:
            said["key_id"] = caller.key_id
    _log.log(level, "request_answered", extra=said)


def _route(scope: Any) -> str:
    return str(scope.get("path_template") or _UNMATCHED).replace(":str}", "}")
