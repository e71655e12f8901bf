"""The OpenAPI 3.1 document: made from the routes, served by the service, and committed as ``docs/openapi.yaml``."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import msgspec
from litestar import Litestar
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme

from fairlead.web.bodies import BodyLimits
from fairlead.web.examples import with_examples
from fairlead.web.identity import SIGNED_HEADERS, is_public
from fairlead.web.number_schema import ExactNumbers
from fairlead.web.problems import PROBLEM_TYPE, Problem
from fairlead.web.strict import strict_reader

__all__ = ["describe"]

_TITLE: Final = "Fairlead"
# The form of the paths and bodies, not of the program.
_VERSION: Final = "1"


def describe(routes: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """Return the document that describes these routes."""
    schemes: dict[str, SecurityScheme | Reference] = {
        name: SecurityScheme(type="apiKey", name=name, security_scheme_in="header") for name in SIGNED_HEADERS
    }
    schemes["bearer"] = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
    config = OpenAPIConfig(
        title=_TITLE,
        version=_VERSION,
        use_handler_docstrings=True,
        components=Components(security_schemes=schemes),
    )
    app = Litestar(
        list(routes),
        # Named so that they are no parameters of a request; nobody calls them.
        dependencies={name: Provide(partial(_nothing), sync_to_thread=False) for name in ("services", "caller")},
        dto=strict_reader(BodyLimits()),
        return_dto=None,
        openapi_config=config,
        plugins=[ExactNumbers()],
        logging_config=None,
    )
    return with_examples(_with_problems(app.openapi_schema.to_schema(), routes))


def _nothing() -> None:
    return None


def _with_problems(document: dict[str, Any], routes: Sequence[HTTPRouteHandler]) -> dict[str, Any]:
    """Put our one shape of refusals, and who may call, in place of what the framework knows of them."""
    _, shapes = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    document["components"]["schemas"] |= shapes
    closed = {
        (path, method.lower())
        for route in routes
        for path in route.paths
        for method in route.http_methods
        if not is_public(route)
    }
    refusal = {
        "description": "A problem, as RFC 9457 says.",
        "content": {PROBLEM_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}},
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operation["responses"].pop("400", None)
            operation["responses"]["default"] = refusal
            if (path.replace("}", ":str}"), method) in closed:
                operation["security"] = [{"bearer": []}, {name: [] for name in SIGNED_HEADERS}]
    return document
