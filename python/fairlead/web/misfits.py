"""What a decoder says of a value that does not fit becomes field, value, limit and fix, in words for people."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import inspect

from fairlead.web.problems import ProblemError

__all__ = ["misfit", "shown", "unknown_fields"]

_SHOWN_MAX: Final = 64
_TEXT_MAX: Final = 200
_NAMES_MAX: Final = 10
_PLACE: Final = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")
_EXPECTED: Final = re.compile(r"Expected `(?P<kinds>[a-z |]+)`(?P<bound> [^,]*)?(?:, got `.*`)?")
_PATTERN: Final = re.compile(r"Expected `str` matching regex '(?P<text>.*)'", re.DOTALL)
_NAMED: Final = re.compile(r"Object (?P<how>contains unknown|missing required) field `(?P<name>.*)`", re.DOTALL)
_WORDS: Final = {
    "str": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
# Values of these are nobody's business, not even where they are wrong.
_SECRET: Final = re.compile("password|token|secret|code", re.IGNORECASE)


def misfit(error: msgspec.ValidationError, found: object, shape: type[msgspec.Struct]) -> ProblemError:
    """Return the refusal of a body.

    Args:
        error: what the decoder says.
        found: the body as it came.
        shape: what it was to be.
    """
    place = _PLACE.fullmatch(str(error))
    assert place is not None, "the pattern takes every text"
    what, path = place["what"], (place["path"] or "").removeprefix(".")
    steps = [name or int(index) for name, index in _STEP.findall("." + path if path[:1] not in ("", "[") else path)]
    field = path[:_SHOWN_MAX] or "body"
    if (named := _NAMED.fullmatch(what)) is not None:
        inner = f"{path}.{named['name']}".lstrip(".")[:_SHOWN_MAX]
        if named["how"] == "contains unknown":
            return unknown_fields([inner], known=_names_at(shape, steps))
        return _invalid(f"Missing required fields: {inner}", field=inner, fix="send them too")
    value = None if _SECRET.search(field) else shown(_value_at(found, steps))
    if (pattern := _PATTERN.fullmatch(what)) is not None:
        wanted, said = f"a text like {pattern['text']}", "" if value is None else f": value={value}"
        fix = f"send {field} as {wanted}"
        return _invalid(f"{field} must be {wanted}{said}", field=field, value=value, limit=wanted, fix=fix)
    expected = _EXPECTED.fullmatch(what)
    if expected is None:
        return _invalid(f"{field}: {what[:_TEXT_MAX]}", field=field, value=value, fix=f"correct {field}")
    wanted = " or ".join(_WORDS.get(kind, kind) for kind in expected["kinds"].split(" | ")) + (expected["bound"] or "")
    said = "" if value is None else f": value={value}"
    return _invalid(
        f"{field} must be {wanted}{said}", field=field, value=value, limit=wanted, fix=f"send {field} as {wanted}"
    )


def unknown_fields(names: Sequence[str], *, known: Sequence[str]) -> ProblemError:
    """Return the refusal of fields that a body does not have; it names those that it has."""
    listed, allowed = ", ".join(sorted(names)[:_NAMES_MAX]), ", ".join(sorted(known))
    return _invalid(f"Unknown fields: {listed}", field=listed, limit=allowed, fix=f"leave them out; known={allowed}")


def shown(value: object) -> str:
    """Return a value as it stands in JSON, shortened."""
    text = msgspec.json.encode(value).decode("utf-8", "replace")
    return text if len(text) <= _SHOWN_MAX else f"{text[: _SHOWN_MAX - 3]}..."


def _value_at(found: Any, steps: Sequence[str | int]) -> object:
    for step in steps:
        found = found[step]
    return found


@cache
def _type_of(shape: type[msgspec.Struct]) -> inspect.Type:
    return inspect.type_info(shape)


def _names_at(shape: type[msgspec.Struct], steps: Sequence[str | int]) -> Sequence[str]:
    """Return the fields that an object at a place of a body may have."""
    inner = _type_of(shape)
    for step in steps:
        if isinstance(inner, inspect.StructType):
            inner = next(field.type for field in inner.fields if field.encode_name == step)
        elif isinstance(inner, inspect.ListType):
            inner = inner.item_type
        if isinstance(inner, inspect.UnionType):
            objects = [one for one in inner.types if isinstance(one, inspect.StructType | inspect.ListType)]
            inner = objects[0] if objects else inner
    return [field.encode_name for field in inner.fields] if isinstance(inner, inspect.StructType) else []


def _invalid(detail: str, *, field: str, fix: str, value: str | None = None, limit: str | None = None) -> ProblemError:
    return ProblemError(400, "VALIDATION_ERROR", detail, field=field, value=value, limit=limit, fix=fix)
