"""How the description of the API says that a number may be text or a JSON number."""

from typing import Final

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar.openapi.spec import OpenAPIType, Schema
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from fairlead.web.numbers import NumberOrNull

__all__ = ["ExactNumbers"]

_OR_NULL: Final = NumberOrNull | msgspec.UnsetType


class ExactNumbers(OpenAPISchemaPlugin):
    """Describes fields whose JSON is kept as it came: prices and quantities, read by ``decimal_of``."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        """Whether a field is such a number."""
        return field_definition.annotation in (msgspec.Raw, _OR_NULL)

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """Return what may be sent: digits with one point, at most 40 characters, never an exponent."""
        del schema_creator
        text = Schema(type=OpenAPIType.STRING, pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$", max_length=40)
        null = [Schema(type=OpenAPIType.NULL)] if field_definition.annotation == _OR_NULL else []
        return Schema(one_of=[text, Schema(type=OpenAPIType.NUMBER), *null])
