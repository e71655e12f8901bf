"""A path or a query with a NUL byte is refused at once: no id has one, and not every store can be asked for it."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from fairlead.web.problems import ProblemError

__all__ = ["path_guard"]


async def path_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check a request before anybody looks at who asks.

    Raises:
        ProblemError: 400.
    """
    del handler
    if "\0" not in connection.scope["path"] and not connection.scope["query_string"]:
        return
    for field, text in (
        ("path", str(connection.scope["path"])),
        ("query", "".join(part for pair in connection.query_params.multi_items() for part in map(str, pair))),
    ):
        if "\0" in text:
            raise ProblemError(
                400,
                "VALIDATION_ERROR",
                f"the {field} has a NUL byte",
                field=field,
                limit="no %00",
                fix="leave the byte out",
            )
