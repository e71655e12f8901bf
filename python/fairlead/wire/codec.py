"""One message to bytes and back. A message has one form: what is read and written again is the same bytes."""

import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from msgspec import Struct

from fairlead._core import MessagePlan
from fairlead.wire.error import WireError
from fairlead.wire.plan import Value, plan_of
from fairlead.wire.table import BY_CODE, HEADER_SIZE, LAYOUTS, VERSION, Field, Layout

__all__ = ["Message", "Value", "decode", "encode"]

_HEADER: Final = struct.Struct(">BBHIQ")
_SIGNED: Final = frozenset({"i32", "i64", "i128", "price", "qty", "money"})
# The first and the last printable character of a text.
_FIRST, _LAST = 0x21, 0x7E


class Message(Struct, frozen=True, kw_only=True):
    """A message.

    Attributes:
        kind: its name, as in ``NewOrder``.
        session: the connection, 0 before logon and in market data.
        seq: its number in its direction or channel, 0 where it has none.
        fields: by the names of the page of layouts: whole numbers; names for codes (``side="Buy"``); ``None`` for what
            is absent.
        entries: those of its list, best first.
    """

    kind: str
    session: int = 0
    seq: int = 0
    fields: Mapping[str, Value] = {}
    entries: Sequence[Mapping[str, Value]] = ()


def decode(data: bytes | bytearray | memoryview) -> Message:
    """Read a whole message.

    Args:
        data: the message without the length in front of it.

    Raises:
        WireError: it is none; nothing of it is used.
    """
    data = bytes(data)
    layout, session, seq = _read_header(data)
    body = len(data) - HEADER_SIZE
    if body < layout.size:
        raise WireError("BlockLength", "block_len", at=2, value=body, limit=layout.size)
    block, entry = _plans(layout.name)
    fields = _read(block, data, HEADER_SIZE, layout.fields)
    count = 0
    if layout.entry:
        name = layout.fields[-1].name
        count = int.from_bytes(data[HEADER_SIZE + layout.size - 2 : HEADER_SIZE + layout.size])
        if count > layout.entries_max:
            at = HEADER_SIZE + layout.size - 2
            raise WireError("TooMany", name, at=at, value=count, limit=layout.entries_max)
    size = layout.size + count * layout.entry_size
    if body != size:
        raise WireError("BlockLength", "block_len", at=2, value=body, limit=size)
    starts = range(HEADER_SIZE + layout.size, len(data), layout.entry_size or 1)
    entries = tuple(_read(entry, data, start, layout.entry) for start in starts)
    return Message(kind=layout.name, session=session, seq=seq, fields=fields, entries=entries)


def encode(message: Message) -> bytes:
    """Write a message, without the length in front of it.

    Raises:
        WireError: a field is missing, unknown, out of its range, or given where it does not count.
    """
    layout = LAYOUTS.get(message.kind)
    if layout is None:
        raise WireError("UnknownKind", "kind", at=0, value=message.kind, limit="a name of the page of layouts")
    if len(message.entries) > layout.entries_max:
        limit = layout.entries_max
        raise WireError("TooMany", "entries", at=HEADER_SIZE, value=len(message.entries), limit=limit)
    block, plan = _plans(layout.name)
    body = bytearray(_write(block, message.fields, HEADER_SIZE, layout.fields))
    if layout.entry:
        body[-2:] = len(message.entries).to_bytes(2)
    for entry in message.entries:
        body += _write(plan, entry, HEADER_SIZE + len(body), layout.entry)
    for name, value, bits in (("session", message.session, 32), ("seq", message.seq, 64)):
        if not 0 <= value < 1 << bits:
            raise WireError("OutOfRange", name, at=0, value=value, limit=(1 << bits) - 1)
    return _HEADER.pack(layout.code, VERSION, len(body), message.session, message.seq) + bytes(body)


@cache
def _plans(kind: str) -> tuple[MessagePlan, MessagePlan]:
    """The plans of a kind's block and of its entries."""
    layout = LAYOUTS[kind]
    return plan_of(layout.fields), plan_of(layout.entry)


def _read(plan: MessagePlan, data: bytes, start: int, fields: Sequence[Field]) -> dict[str, Value]:
    found = plan.read(data, start)
    return _read_block(data, start, fields) if found is None else found


def _write(plan: MessagePlan, values: Mapping[str, Value], start: int, fields: Sequence[Field]) -> bytes:
    written = plan.write(values)
    return _write_block(values, start, fields) if written is None else written


def _read_header(data: bytes) -> tuple[Layout, int, int]:
    if len(data) < HEADER_SIZE:
        raise WireError("Short", "header", at=0, value=len(data), limit=HEADER_SIZE)
    code, version, block_len, session, seq = _HEADER.unpack_from(data)
    if block_len != len(data) - HEADER_SIZE:
        raise WireError("FrameLength", "block_len", at=2, value=block_len, limit=len(data) - HEADER_SIZE)
    if version != VERSION:
        fault = "NewerVersion" if version > VERSION else "UnknownCode"
        raise WireError(fault, "version", at=1, value=version, limit=VERSION)
    layout = BY_CODE.get(code)
    if layout is None:
        raise WireError("UnknownKind", "kind", at=0, value=code, limit=max(BY_CODE))
    return layout, session, seq


def _read_block(data: bytes, start: int, fields: Sequence[Field]) -> dict[str, Value]:
    numbers: dict[int, int] = {}
    out: dict[str, Value] = {}
    for index, row in enumerate(fields):
        at = start + row.offset
        raw = data[at : at + row.size]
        counts = _counts(row, numbers)
        if not counts and any(raw):
            raise WireError("NotZero", row.name, at=at, value=raw.hex(), limit=0)
        if row.form in {"mask", "code"}:
            numbers[index] = int.from_bytes(raw)
        if row.form == "mask":
            spare = _bits(index, fields)
            if numbers[index] >> spare:
                raise WireError("NotZero", "present", at=at, value=numbers[index], limit=(1 << spare) - 1)
        elif row.form != "count":
            out[row.name] = _read_value(row, raw, at) if counts else None
    return out


def _read_value(row: Field, raw: bytes, at: int) -> Value:
    if row.form == "bytes":
        return raw
    if row.form == "text":
        text = raw.rstrip(b"\0")
        bad = next((byte for byte in text if not _FIRST <= byte <= _LAST), None)
        if not text or bad is not None:
            raise WireError("NotText", row.name, at=at, value=bad or 0, limit=_LAST)
        return text.decode("ascii")
    number = int.from_bytes(raw, signed=row.form in _SIGNED)
    if row.form == "bool":
        if number > 1:
            raise WireError("UnknownCode", row.name, at=at, value=number, limit=1)
        return number == 1
    if row.form == "code":
        if number not in row.words:
            raise WireError("UnknownCode", row.name, at=at, value=number, limit=max(row.words))
        return row.words[number]
    return number


def _counts(row: Field, numbers: Mapping[int, int]) -> bool:
    """Whether a field counts, given the masks and codes before it."""
    if row.row < 0:
        return True
    number = numbers[row.row]
    return bool(number >> row.bit & 1) if row.bit >= 0 else number in row.values


def _bits(mask: int, fields: Sequence[Field]) -> int:
    """How many bits of a mask have a meaning."""
    return max((row.bit for row in fields if row.row == mask), default=-1) + 1


def _write_block(values: Mapping[str, Value], start: int, fields: Sequence[Field]) -> bytes:
    unknown = values.keys() - {row.name for row in fields}
    if unknown:
        raise WireError("Unknown", min(unknown), at=start, value=values[min(unknown)], limit="no such field")
    given = {index for index, row in enumerate(fields) if values.get(row.name) is not None}
    numbers: dict[int, int] = {}
    out = bytearray()
    for index, row in enumerate(fields):
        at = start + row.offset
        value = values.get(row.name)
        if row.form == "mask":
            value = _mask(index, fields, given) if _counts(row, numbers) else 0
            numbers[index] = value
            out += value.to_bytes(row.size)
        elif row.form == "count":
            out += bytes(row.size)
        elif _counts(row, numbers):
            raw = _write_value(row, value, at)
            numbers[index] = int.from_bytes(raw)
            out += raw
        elif value is not None:
            raise WireError("NotZero", row.name, at=at, value=value, limit=None)
        else:
            numbers[index] = 0
            out += bytes(row.size)
    return bytes(out)


def _mask(mask: int, fields: Sequence[Field], given: set[int]) -> int:
    """The bits of those fields that are given."""
    bits = (row.bit for index, row in enumerate(fields) if row.row == mask and index in given)
    return sum({1 << bit for bit in bits})


def _write_value(row: Field, value: Value, at: int) -> bytes:
    if value is None:
        raise WireError("Missing", row.name, at=at, value=None, limit=row.form)
    if row.form in {"bytes", "text"}:
        return _write_text(row, value, at)
    if row.form == "code":
        numbers = {name: number for number, name in row.words.items()}
        if not isinstance(value, str) or value not in numbers:
            raise WireError("UnknownCode", row.name, at=at, value=value, limit=", ".join(numbers))
        return numbers[value].to_bytes(row.size)
    if isinstance(value, bool) != (row.form == "bool") or not isinstance(value, int):
        raise WireError("OutOfRange", row.name, at=at, value=value, limit=row.form)
    try:
        return value.to_bytes(row.size, signed=row.form in _SIGNED)
    except OverflowError:
        raise WireError("OutOfRange", row.name, at=at, value=value, limit=row.form) from None


def _write_text(row: Field, value: Value, at: int) -> bytes:
    if row.form == "bytes":
        if not isinstance(value, bytes) or len(value) != row.size:
            raise WireError("OutOfRange", row.name, at=at, value=value, limit=row.size)
        return value
    if not isinstance(value, str) or not 1 <= len(value) <= row.size:
        raise WireError("NotText", row.name, at=at, value=value, limit=row.size)
    if not all(_FIRST <= ord(character) <= _LAST for character in value):
        raise WireError("NotText", row.name, at=at, value=value, limit="printable ASCII without spaces")
    return value.encode("ascii").ljust(row.size, b"\0")
