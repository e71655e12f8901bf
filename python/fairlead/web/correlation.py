"""The id by which a request is found again in answers and logs: the caller's where it is one, else a new one."""

import re
import secrets
from collections.abc import Iterable
from typing import Any, Final

__all__ = ["CORRELATION_HEADER", "correlation_id"]

CORRELATION_HEADER: Final = "X-Correlation-Id"
_NAME: Final = CORRELATION_HEADER.lower().encode()
# Nothing that could begin another line of a log or of a header.
_FORM: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_KEPT: Final = "fairlead_correlation_id"


def correlation_id(scope: Any) -> str:
    """Return the id of the request of an ASGI scope: the same each time it is asked for.

    One that came twice, or that has other characters than ``A-Z a-z 0-9 . _ -``, or more than 64, is not taken.
    """
    state = scope.setdefault("state", {})
    if _KEPT not in state:
        state[_KEPT] = _given(scope.get("headers", ())) or secrets.token_hex(16)
    return str(state[_KEPT])


def _given(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    found = [value for name, value in headers if name.lower() == _NAME]
    if len(found) != 1 or _FORM.fullmatch(found[0]) is None:
        return None
    return found[0].decode("ascii")
