"""What a client sends over a live connection, read as strictly as a body."""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fairlead.web.bodies import BodyLimits, read_object
from fairlead.web.order_wire import AmendBody
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Body, Text

__all__ = ["AmendOp", "AuthOp", "CancelOp", "ChannelAsked", "Frame", "NoFields", "SubscribeOp", "read_frame"]

_ID_MAX: Final = 64
_decode_word: Final = msgspec.json.Decoder[str](Annotated[str, Meta(min_length=1, max_length=_ID_MAX)]).decode
_decode_parts: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message: what is to be done, its id in the answer, and the rest."""

    op: str
    id: str | None
    body: bytes


class AuthOp(Body, frozen=True, kw_only=True):
    """``auth``: who is there."""

    token: Annotated[str, Meta(min_length=1, max_length=8_192)]


class ChannelAsked(Body, frozen=True, kw_only=True):
    """One channel; ``symbol`` of public ones, ``depth`` of books, ``interval`` of candles."""

    name: Text
    symbol: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    depth: Text | UnsetType = UNSET
    interval: Text | UnsetType = UNSET


class SubscribeOp(Body, frozen=True, kw_only=True):
    """``subscribe`` and ``unsubscribe``."""

    channels: Annotated[list[ChannelAsked], Meta(min_length=1, max_length=200)]
    resume_from: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET


class CancelOp(Body, frozen=True, kw_only=True):
    """``order.cancel``."""

    order_id: Annotated[str, Meta(max_length=64)]


class AmendOp(AmendBody, frozen=True, kw_only=True):
    """``order.amend``: the body of ``PATCH /orders/{id}`` and which order."""

    order_id: Annotated[str, Meta(max_length=64)]


class NoFields(Body, frozen=True, kw_only=True):
    """An op that has none."""


def read_frame(raw: bytes, *, limits: BodyLimits) -> Frame:
    """Return what a message says; its fields are checked by who carries it out.

    Raises:
        ProblemError: it is no object as ``parse_body`` wants it, or has no ``op``.
    """
    read_object(raw, limits=limits)
    parts = _decode_parts(raw)
    op, ident = (_word(name, parts.pop(name, None)) for name in ("op", "id"))
    if op is None:
        raise ProblemError(400, "VALIDATION_ERROR", "a message has no op", field="op", fix="say what is to be done")
    return Frame(op=op, id=ident, body=msgspec.json.encode(parts))


def _word(name: str, raw: msgspec.Raw | None) -> str | None:
    if raw is None:
        return None
    try:
        word: str = _decode_word(raw)
    except msgspec.ValidationError:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"{name} is no text of 1 to {_ID_MAX} characters",
            field=name,
            limit=str(_ID_MAX),
            fix="send a short text",
        ) from None
    return word
