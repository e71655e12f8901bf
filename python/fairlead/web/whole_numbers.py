"""Whole numbers of paths and queries are ASCII digits: no other script, no exponent, no space, whatever converts them.

Bodies are read by ``parse_body``, identifiers that are texts of digits by who looks for them.
"""

import re
from collections.abc import Iterator
from typing import Any, Final, get_args

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.typing import FieldDefinition

from fairlead.web.parameters import misfit_parameter

__all__ = ["path_number_guard", "query_number_guard"]

_WHOLE: Final = re.compile("-?[0-9]+")


async def path_number_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check a path before anybody looks at who asks, as the framework does with other texts in the place of a number.

    Raises:
        NotFoundException: there is no such path.
    """
    del handler
    whole = {f"{{{name}}}" for name, value in connection.path_params.items() if isinstance(value, int)}
    if not whole:
        return
    scope = connection.scope
    places, parts = ([it for it in path.split("/") if it] for path in (scope["path_template"], scope["path"]))
    for place, part in zip(places, parts, strict=True):
        if place in whole and _WHOLE.fullmatch(part) is None:
            raise NotFoundException


async def query_number_guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Check a query of who may ask.

    Raises:
        ProblemError: 400.
    """
    if not connection.scope["query_string"]:
        return
    for name, field in _numbers(handler):
        for value in connection.query_params.getall(name, []):
            if _WHOLE.fullmatch(value) is None:
                raise misfit_parameter(connection, field)


def _numbers(handler: BaseRouteHandler) -> Iterator[tuple[str, FieldDefinition]]:
    """Yield the parameters of a route that are whole numbers, with their names in a request."""
    for field in handler.parsed_fn_signature.parameters.values():
        if field.annotation is int or int in get_args(field.annotation):
            yield getattr(field.kwarg_definition, "name", None) or field.name, field
