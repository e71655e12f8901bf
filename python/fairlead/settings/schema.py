"""The JSON Schema of the configuration file, for editors."""

from typing import Any, Final

import msgspec

from fairlead.settings.catalog import SETTINGS
from fairlead.settings.sections import SECTIONS

SCHEMA_ID: Final = "urn:fairlead:settings:1"


def schema() -> dict[str, Any]:
    """Return the schema: a closed object a section, each setting with type, limits, default and description."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "fairlead.toml",
        "type": "object",
        "additionalProperties": False,
        "properties": {section: _section(section) for section in SECTIONS},
    }


def _section(section: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": SECTIONS[section].__doc__,
        "additionalProperties": False,
        "properties": {
            one.name: msgspec.json.schema(one.check) | {"default": one.default}
            for one in SETTINGS.values()
            if one.section == section
        },
    }
