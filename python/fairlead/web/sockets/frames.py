"""What a client sends over a live connection, read as strictly as a body."""

from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from fairlead.web.bodies import BodyLimits, parse_body, read_object
from fairlead.web.order_requests import given
from fairlead.web.order_wire import AmendBody
from fairlead.web.wire import Body, Text

__all__ = [
    "AmendOp",
    "AuthOp",
    "CancelOp",
    "ChannelAsked",
    "Frame",
    "NoFields",
    "SubscribeOp",
    "UnsubscribeOp",
    "read_frame",
]

_HEAD: Final = ("op", "id")
_Word = Annotated[str, Meta(min_length=1, max_length=64)]
_decode_parts: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One message: what is to be done, its id in the answer, and the rest."""

    op: str
    id: str | None
    body: bytes


class _Head(Body, frozen=True, kw_only=True):
    """What every message may have."""

    op: _Word
    id: _Word | UnsetType = UNSET


class AuthOp(Body, frozen=True, kw_only=True):
    """``auth``: who is there."""

    token: Annotated[str, Meta(min_length=1, max_length=8_192)]


class ChannelAsked(Body, frozen=True, kw_only=True):
    """One channel; ``symbol`` of public ones, ``depth`` of books, ``interval`` of candles, ``account`` of copies."""

    name: Text
    symbol: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    depth: Text | UnsetType = UNSET
    interval: Text | UnsetType = UNSET
    account: int | Text | UnsetType = UNSET


_Channels = Annotated[list[ChannelAsked], Meta(min_length=1, max_length=200)]


class UnsubscribeOp(Body, frozen=True, kw_only=True):
    """``unsubscribe``."""

    channels: _Channels


class SubscribeOp(Body, frozen=True, kw_only=True):
    """``subscribe``; ``resume_from`` of private channels."""

    channels: _Channels
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
        ProblemError: it is no object as ``parse_body`` wants it, or ``op`` or ``id`` is no short text.
    """
    read_object(raw, limits=limits)
    parts = _decode_parts(raw)
    head = {name: parts.pop(name) for name in _HEAD if name in parts}
    said = parse_body(msgspec.json.encode(head), _Head, limits=limits)
    return Frame(op=said.op, id=given(said.id), body=msgspec.json.encode(parts))
