"""The JSON of a request becomes the object a route wants, or a refusal that names the field: nothing is guessed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

import msgspec

from fairlead.web.misfits import misfit, unknown_fields
from fairlead.web.problems import ProblemError

__all__ = ["BodyLimits", "check_media_type", "parse_body", "read_object", "too_large"]

_T = TypeVar("_T", bound=msgspec.Struct)
_JSON: Final = "application/json"
_SHOWN_MAX: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLimits:
    """How large a body may be.

    Attributes:
        bytes_max: its bytes.
        depth_max: levels of objects and lists inside each other.
    """

    bytes_max: int = 65_536
    depth_max: int = 16


def check_media_type(content_type: str | None) -> None:
    """Check that a body says it is JSON in UTF-8.

    Raises:
        ProblemError: 415.
    """
    kind, _, parameter = (content_type or "").partition(";")
    is_utf8 = parameter.strip().lower().replace('"', "") in {"", "charset=utf-8"}
    if kind.strip().lower() != _JSON or not is_utf8:
        raise ProblemError(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            f"the body is no JSON: value={(content_type or 'none')[:_SHOWN_MAX]!r} expected={_JSON}",
            field="Content-Type",
            limit=_JSON,
            fix=f"send Content-Type: {_JSON}",
        )


def parse_body(raw: bytes, shape: type[_T], *, limits: BodyLimits) -> _T:
    """Return what a body says.

    Raises:
        ProblemError: it is too large or too deep, is no JSON object, names a field twice, lacks one or has one too
            many, or a value has another type. ``NaN`` and infinities are no JSON.
    """
    found = read_object(raw, limits=limits)
    _check_names(found, shape)
    try:
        body: _T = _decoder(shape).decode(raw)
    except msgspec.ValidationError as error:
        raise misfit(error, found, shape) from None
    return body


def read_object(raw: bytes, *, limits: BodyLimits) -> dict[str, Any]:
    """Return the object that a text is; its fields are not looked at yet.

    Raises:
        ProblemError: it is too large or too deep, is no JSON object, or names a field twice.
    """
    if len(raw) > limits.bytes_max:
        raise too_large(limits.bytes_max)
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise _invalid("the body is no JSON", fix="send one JSON object in UTF-8") from None
    is_flat = raw.count(b"{") + raw.count(b"[") <= 1 <= limits.depth_max
    if not is_flat:
        _check_depth(found, limits=limits)
    if not isinstance(found, dict):
        raise _invalid(f"the body is no object: type={_type_of(found)}", fix="send one JSON object")
    # Each name has a colon behind it: as many colons as names are one name each.
    if raw.count(b":") != (len(found) if is_flat else _names_in(found)):
        _check_names_are_once(raw)
    return found


def too_large(bytes_max: int) -> ProblemError:
    """Return the refusal of a body with too many bytes."""
    return ProblemError(
        413,
        "BODY_TOO_LARGE",
        f"the body is too large: max_bytes={bytes_max}",
        field="body",
        limit=str(bytes_max),
        fix="send less at once",
    )


def _check_depth(found: object, *, limits: BodyLimits) -> None:
    level, depth = [found], 0
    while level := [one for one in level if isinstance(one, dict | list)]:
        depth += 1
        if depth > limits.depth_max:
            what = f"the body is too deep: max_levels={limits.depth_max}"
            raise _invalid(what, limit=str(limits.depth_max), fix="send it with fewer levels")
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]


def _names_in(found: object) -> int:
    if isinstance(found, dict):
        return len(found) + sum(_names_in(one) for one in found.values() if isinstance(one, dict | list))
    return sum(_names_in(one) for one in found) if isinstance(found, list) else 0


def _check_names_are_once(raw: bytes) -> None:
    # The numbers stay texts here: only the names are looked at.
    json.loads(raw.decode(), object_pairs_hook=_once, parse_int=str, parse_float=str)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            shown = name[:_SHOWN_MAX]
            raise _invalid(f"a field comes twice: {shown!r}", field=shown, fix="send it once")
        found[name] = value
    return found


def _check_names(found: dict[str, Any], shape: type[msgspec.Struct]) -> None:
    required, known = _names_of(shape)
    missing = [name for name in required if found.get(name) in (None, "")]
    if missing:
        listed = ", ".join(missing)
        raise _invalid(f"Missing required fields: {listed}", field=listed, fix="send them too")
    unknown = [name[:_SHOWN_MAX] for name in found if name not in known]
    if unknown:
        raise unknown_fields(unknown, known=sorted(known))


@cache
def _decoder(shape: type[_T]) -> msgspec.json.Decoder[_T]:
    return msgspec.json.Decoder(shape, strict=True)


@cache
def _names_of(shape: type[msgspec.Struct]) -> tuple[Sequence[str], frozenset[str]]:
    """Return the names that a body must have, in their order, and all it may have."""
    fields = msgspec.structs.fields(shape)
    required = tuple(field.encode_name for field in fields if field.required)
    return required, frozenset(field.encode_name for field in fields)


def _invalid(
    detail: str, *, field: str | None = None, limit: str | None = None, fix: str | None = None
) -> ProblemError:
    return ProblemError(400, "VALIDATION_ERROR", detail, field=field, limit=limit, fix=fix or "correct the field")


def _type_of(found: object) -> str:
    return {list: "array", str: "string", bool: "boolean", int: "number", float: "number"}.get(type(found), "null")
