"""Puts the strict reading of bodies in place of the framework's, for every route that takes one."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, ClassVar, Final

from litestar import Request
from litestar._openapi.schema_generation import SchemaCreator
from litestar.connection import ASGIConnection
from litestar.dto import AbstractDTO
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from fairlead.web.bodies import BodyLimits, check_media_type, parse_body

__all__ = ["body_guard", "strict_reader"]

_CONTENT_TYPE: Final = b"content-type"
_AS_A_RULE: Final = b"application/json"


def strict_reader(limits: BodyLimits) -> type[AbstractDTO[Any]]:
    """Return what reads the body of every route: see ``parse_body``."""

    class StrictReader(AbstractDTO[Any]):
        shapes: ClassVar[dict[str, type[Any]]] = {}

        def decode_bytes(self, value: bytes) -> Any:
            shape = self.shapes[self.asgi_connection.route_handler.handler_id]
            return parse_body(value, shape, limits=limits)

        @classmethod
        def create_for_field_definition(
            cls, field_definition: FieldDefinition, handler_id: str, backend_cls: Any = None
        ) -> None:
            del backend_cls
            cls.shapes[handler_id] = field_definition.annotation

        @classmethod
        def create_openapi_schema(
            cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
        ) -> Reference | Schema:
            del handler_id
            return schema_creator.for_field_definition(field_definition)

        @classmethod
        def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
            del model_type
            yield from ()

        @classmethod
        def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
            del field_definition
            return False

    return StrictReader


def body_guard(limits: BodyLimits) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]:
    """Return the guard that refuses a body of another kind, and one that is missing, before a route is reached."""

    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        wanted = handler.parsed_data_field
        if wanted is None or not isinstance(connection, Request):
            return
        kind = next((value for name, value in connection.scope["headers"] if name == _CONTENT_TYPE), None)
        if kind != _AS_A_RULE:
            check_media_type(None if kind is None else kind.decode("latin-1"))
        if not await connection.body():
            parse_body(b"{}", wanted.annotation, limits=limits)

    return guard
