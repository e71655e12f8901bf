"""The layout of every message, as written by ``cargo run -p xtask -- wire``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a block.

    Attributes:
        name: unique in the block; a field of a block within it has dots.
        offset: bytes from the start of the block.
        size: bytes.
        form: ``u8 u16 u32 u64 i32 i64 i128 price qty money bool code mask bytes text count``.
        words: of a code, the name of each number.
        row: the mask or code on which it depends whether the field counts, as an index; -1: it always counts.
        bit: which bit of a mask; -1: it depends on a code.
        values: the numbers of a code with which it counts.
    """

    name: str
    offset: int
    size: int
    form: str
    words: Mapping[int, str]
    row: int
    bit: int
    values: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A kind of message.

    Attributes:
        name: as in ``NewOrder``.
        code: its number.
        part_of: ``client command``, ``operator command``, ``session``, ``report`` or ``market data``.
        size: bytes of the body without entries.
        fields: of the body, in order.
        entry: of one entry, in order; empty where the kind has no list.
        entry_size: bytes of one entry.
        entries_max: most entries.
    """

    name: str
    code: int
    part_of: str
    size: int
    fields: tuple[Field, ...]
    entry: tuple[Field, ...]
    entry_size: int
    entries_max: int


_TABLE: Final[dict[str, Any]] = json.loads(files(__package__).joinpath("layout.json").read_text(encoding="utf-8"))


def _field(row: Mapping[str, Any]) -> Field:
    when = row.get("when", {})
    return Field(
        name=row["name"],
        offset=row["offset"],
        size=row["size"],
        form=row["form"],
        words=dict(_TABLE["codes"][row["codes"]]) if "codes" in row else {},
        row=when.get("row", -1),
        bit=when.get("bit", -1),
        values=frozenset(when.get("values", ())),
    )


def _layout(kind: Mapping[str, Any]) -> Layout:
    return Layout(
        name=kind["name"],
        code=kind["code"],
        part_of=kind["class"],
        size=kind["size"],
        fields=tuple(_field(row) for row in kind["rows"]),
        entry=tuple(_field(row) for row in kind["entry"]),
        entry_size=kind["entry_size"],
        entries_max=kind["entries_max"],
    )


VERSION: Final[int] = _TABLE["version"]
HEADER_SIZE: Final[int] = _TABLE["header_size"]
# By name.
LAYOUTS: Final[Mapping[str, Layout]] = {kind["name"]: _layout(kind) for kind in _TABLE["kinds"]}
# By number.
BY_CODE: Final[Mapping[int, Layout]] = {layout.code: layout for layout in LAYOUTS.values()}
