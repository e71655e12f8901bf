"""How a block that is as it should be is read and written in one go; whoever gets ``None`` finds out what is wrong.

A plan does what the codec does field by field, and gives up where that would raise: it has no errors of its own.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from fairlead.wire.table import Field

__all__ = ["Plan", "Value"]

Value: TypeAlias = int | str | bool | bytes | None

_TEXT: Final = re.compile("[\x21-\x7e]+", re.ASCII)
_UNSIGNED, _SIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}, {4: "i", 8: "q"}
_WIDE: Final = 16
_NUMBERS: Final = frozenset({"u8", "u16", "u32", "u64", "i32", "i64", "price", "qty", "money"})


@dataclass(frozen=True, slots=True)
class _Step:
    """One field: what it is, and on what it depends whether it counts."""

    name: str
    form: str
    size: int
    row: int
    bit: int
    values: frozenset[int]
    words: Mapping[int, str]
    numbers: Mapping[str, int]
    # Of a mask: those bits that mean nothing, and which field sets which.
    spare: int
    bits: tuple[tuple[str, int], ...]
    nothing: int | bytes


class Plan:
    """A block of fields.

    Args:
        fields: in their order, without holes between them.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._struct = struct.Struct(">" + "".join(_letter(row) for row in fields))
        self._steps = tuple(_step(index, fields) for index in range(len(fields)))
        self._names = frozenset(row.name for row in fields)

    def read(self, data: bytes, start: int) -> dict[str, Value] | None:
        """Return the fields of a block; ``None``: something is wrong with one."""
        raw = self._struct.unpack_from(data, start)
        out: dict[str, Value] = {}
        for step, value in zip(self._steps, raw, strict=True):
            form, row = step.form, step.row
            if row >= 0:
                number = raw[row]
                if not (number >> step.bit & 1 if step.bit >= 0 else number in step.values):
                    if value != step.nothing:
                        return None
                    if form not in _UNSAID:
                        out[step.name] = None
                    continue
            if form in _NUMBERS and step.size < _WIDE:
                out[step.name] = value
            elif form == "mask":
                if value & step.spare:
                    return None
            elif form != "count":
                told = _told(step, value)
                if told is None:
                    return None
                out[step.name] = told
        return out

    def write(self, values: Mapping[str, Value]) -> bytes | None:
        """Return a block; ``None``: something is wrong with one of the values."""
        if not values.keys() <= self._names:
            return None
        given: list[Any] = []
        for step in self._steps:
            value = values.get(step.name)
            is_due = True
            if step.row >= 0:
                number = given[step.row]
                is_due = bool(number >> step.bit & 1) if step.bit >= 0 else number in step.values
            if step.form in _UNSAID:
                said = 0
                if step.form == "mask" and is_due:
                    for name, bit in step.bits:
                        if values.get(name) is not None:
                            said |= bit
                given.append(said)
            elif not is_due:
                if value is not None:
                    return None
                given.append(step.nothing)
            else:
                raw = _raw(step, value)
                if raw is None:
                    return None
                given.append(raw)
        try:
            return self._struct.pack(*given)
        except struct.error:
            return None


_UNSAID: Final = frozenset({"mask", "count"})


def _told(step: _Step, value: Any) -> Value:
    """Return what stands in a message as its value; ``None``: it is none."""
    form = step.form
    if form == "code":
        return step.words.get(value)
    if form == "bool":
        return None if value > 1 else value == 1
    if form == "text":
        text: str = value.rstrip(b"\0").decode("latin-1")
        return text if _TEXT.fullmatch(text) else None
    return bytes(value) if form == "bytes" else int.from_bytes(value, signed=True)


def _raw(step: _Step, value: Value) -> int | bytes | None:
    """Return a value as it stands in a message; ``None``: it cannot."""
    form = step.form
    if form == "code":
        return step.numbers.get(value) if isinstance(value, str) else None
    if form == "bool":
        return int(value) if isinstance(value, bool) else None
    if form == "text":
        is_text = isinstance(value, str) and len(value) <= step.size and _TEXT.fullmatch(value)
        return str(value).encode("ascii") if is_text else None
    if form == "bytes":
        return value if isinstance(value, bytes) and len(value) == step.size else None
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    if step.size < _WIDE:
        return value
    try:
        return value.to_bytes(step.size, signed=True)
    except OverflowError:
        return None


def _letter(row: Field) -> str:
    if row.form in {"text", "bytes"} or row.size == _WIDE:
        return f"{row.size}s"
    signed = row.form in {"i32", "i64", "price", "qty", "money"}
    return (_SIGNED if signed else _UNSIGNED)[row.size]


def _step(index: int, fields: Sequence[Field]) -> _Step:
    row = fields[index]
    owned = [(one.name, 1 << one.bit) for one in fields if one.row == index and one.bit >= 0]
    known = max((bit for _, bit in owned), default=0)
    is_bytes = _letter(row).endswith("s")
    return _Step(
        name=row.name,
        form=row.form,
        size=row.size,
        row=row.row,
        bit=row.bit,
        values=row.values,
        words=row.words,
        numbers={name: number for number, name in row.words.items()},
        spare=~(max(2 * known, 1) - 1),
        bits=tuple(owned),
        nothing=bytes(row.size) if is_bytes else 0,
    )
