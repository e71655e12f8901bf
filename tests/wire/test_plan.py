"""The quick way through a block is the way field by field: same values, same bytes, and no where that says no."""

import itertools
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from fairlead.wire import LAYOUTS, WireError
from fairlead.wire.codec import _read_block, _write_block
from fairlead.wire.plan import Value, plan_of
from fairlead.wire.table import Field

T = TypeVar("T")
ODD: tuple[Value, ...] = (None, -1, 1, True, 1 << 200, "x" * 40, "a b", "é", "", "Buy", b"", bytes(32))
BLOCKS = [fields for layout in LAYOUTS.values() for fields in (layout.fields, layout.entry) if fields]


def _or_none(act: Callable[[], T]) -> T | None:
    try:
        return act()
    except WireError:
        return None


def _raw(rng: random.Random, row: Field, fields: Sequence[Field]) -> bytes:
    if row.form == "code":
        return rng.choice([*row.words, 0]).to_bytes(row.size)
    if row.form == "mask":
        index = fields.index(row)
        known = max((one.bit for one in fields if one.row == index), default=-1) + 1
        return rng.randrange(1 << known).to_bytes(row.size)
    if row.form == "text":
        letters = bytes(rng.randrange(0x21, 0x7F) for _ in range(rng.randint(1, row.size)))
        return letters.ljust(row.size, b"\0")
    return rng.randrange(2).to_bytes(row.size) if row.form == "bool" else rng.randbytes(row.size)


def _block(rng: random.Random, fields: Sequence[Field]) -> bytes:
    """A block that is right, more often than not."""
    data = bytearray()
    for row in fields:
        raw, number = _raw(rng, row, fields), 0
        if row.row >= 0:
            owner = fields[row.row]
            number = int.from_bytes(data[owner.offset : owner.offset + owner.size])
        counts = row.row < 0 or bool(number >> row.bit & 1 if row.bit >= 0 else number in row.values)
        data += raw if counts else bytes(row.size)
    if rng.random() < 0.3:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_agree_on_every_block(seed: int) -> None:
    rng, read, written = random.Random(seed), 0, 0
    for fields in BLOCKS * 4:
        plan, data = plan_of(fields), _block(rng, fields)
        found = _or_none(lambda data=data, fields=fields: _read_block(data, 0, fields))  # type: ignore[misc]

        quick = plan.read(data, 0)

        assert quick == found
        if found is None or quick is None:
            continue
        assert [(name, type(value)) for name, value in quick.items()] == [(k, type(v)) for k, v in found.items()]
        read += 1
        if quick and rng.random() < 0.5:
            quick[rng.choice([*quick, "other"])] = rng.choice(ODD)
        slow = _or_none(lambda quick=quick, fields=fields: _write_block(quick, 0, fields))  # type: ignore[misc]
        assert plan.write(quick) == slow
        written += slow is not None
    assert min(read, written) > len(BLOCKS), "most blocks are right"


def test_both_ways_agree_wherever_a_block_is_damaged() -> None:
    rng = random.Random(7)
    for fields in BLOCKS:
        plan, whole = plan_of(fields), _block(rng, fields)
        for at, bit in itertools.product(range(len(whole)), (1, 7)):
            data = bytes([*whole[:at], whole[at] ^ 1 << bit, *whole[at + 1 :]])

            assert plan.read(data, 0) == _or_none(lambda data=data, fields=fields: _read_block(data, 0, fields)), at  # type: ignore[misc]


def test_what_is_too_short_or_no_dictionary_is_left_to_the_other_way() -> None:
    plan = plan_of(LAYOUTS["Heartbeat"].fields)
    block = plan.write({"test_id": 7})

    assert block == (7).to_bytes(len(block or b""))
    assert plan.read(b"\1" + (block or b""), 1) == {"test_id": 7}
    assert plan.read(block or b"", 1) is None
    assert plan.write([("test_id", 7)]) is None
