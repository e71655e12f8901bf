"""A parameter of a path, a query or a header that does not fit is refused with its value and what it may be."""

from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.enums import ParamType
from litestar.exceptions import ValidationException
from litestar.typing import FieldDefinition

from fairlead.web.problems import ProblemError, answer_problem

__all__ = ["misfit_parameter", "refuse_parameter"]

_SHOWN_MAX: Final = 64
# What the framework calls the body.
_BODY: Final = "data"


def refuse_parameter(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """Return the answer to a request with a parameter that the framework refused."""
    told = error.extra[0] if isinstance(error.extra, list) and error.extra else None
    key = told.get("key") if isinstance(told, dict) else None
    if key == _BODY:
        return answer_problem(request, _no_body())
    field = None if key is None else request.route_handler.parsed_fn_signature.parameters.get(key)
    return answer_problem(request, error if field is None else misfit_parameter(request, field))


def _no_body() -> ProblemError:
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        "the body is missing",
        field="body",
        limit="one JSON object",
        fix="send one JSON object, {} where nothing is to be said",
    )


def misfit_parameter(connection: ASGIConnection[Any, Any, Any, Any], field: FieldDefinition) -> ProblemError:
    """Return the refusal of what was given for a parameter of a route."""
    definition: Any = field.kwarg_definition
    name = getattr(definition, "name", None) or field.name
    source = getattr(definition, "param_type", ParamType.QUERY)
    value = _given(connection, name, source)
    allowed = _allowed(field.annotation, definition)
    said = "" if value is None else f": value={value}"
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        f"{name} must be {allowed}{said}",
        field=name,
        value=value,
        limit=allowed,
        fix=f"give {name} as {allowed}",
    )


def _given(connection: ASGIConnection[Any, Any, Any, Any], name: str, source: ParamType) -> str | None:
    """Return what was given; nothing of a header, which may be a secret."""
    if source == ParamType.HEADER:
        return None
    found = connection.path_params.get(name) if source == ParamType.PATH else connection.query_params.get(name)
    return None if found is None else str(found)[:_SHOWN_MAX]


def _allowed(annotation: Any, definition: Any) -> str:
    """Return what a parameter may be, in words."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    if get_origin(annotation) is Literal:
        return f"one of {', '.join(map(str, kinds))}"
    kind = annotation if isinstance(annotation, type) else kinds[0]
    if kind is not int:
        most = getattr(definition, "max_length", None)
        return "a text" if most is None else f"a text of at most {most} characters"
    low, high = getattr(definition, "ge", None), getattr(definition, "le", None)
    below = getattr(definition, "lt", None)
    high = below - 1 if high is None and below is not None else high
    return "a whole number" if low is None or high is None else f"a whole number from {low} to {high}"
