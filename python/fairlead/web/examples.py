"""A body and an answer of the operations that people begin with, as a demo took and gave them; tests send them."""

from importlib.resources import files
from typing import Any, Final

import msgspec

__all__ = ["EXAMPLES", "with_examples"]

_JSON: Final = "application/json"


class _Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent, and what is answered to it; nothing where there is no body."""

    request: Any = None
    response: Any = None


# By method and path, as in ``POST /orders``, in an order in which they mean something.
EXAMPLES: Final[dict[str, _Example]] = msgspec.json.decode(
    files(__package__).joinpath("examples.json").read_bytes(), type=dict[str, _Example]
)


def with_examples(document: dict[str, Any]) -> dict[str, Any]:
    """Put those of its operations into an OpenAPI document."""
    for name, example in EXAMPLES.items():
        method, path = name.split(" ")
        operation = document["paths"].get(path, {}).get(method.lower())
        if operation is not None:
            (status,) = (it for it in operation["responses"] if it.startswith("2"))
            _show(operation["responses"][status], example.response)
            _show(operation.get("requestBody", {}), example.request)
    return document


def _show(described: dict[str, Any], value: Any) -> None:
    body = described.get("content", {}).get(_JSON)
    if body is not None and value is not None:
        body["example"] = value
