"""Arrays of messages say the same as the messages one by one."""

from pathlib import Path

import numpy as np
import pytest

from fairlead.wire import LAYOUTS, WireError, decode
from fairlead.wire.arrays import dtype, read

VALID = Path(__file__).resolve().parents[2] / "vectors" / "wire" / "valid.hex"


def _messages(kind: str) -> list[bytes]:
    lines = (line.split() for line in VALID.read_text().splitlines() if not line.startswith("#"))
    return [bytes.fromhex(text) for name, text in lines if name == kind]


@pytest.mark.parametrize("kind", [name for name, layout in LAYOUTS.items() if not layout.entry])
def test_an_array_holds_the_fields_of_its_messages(kind: str) -> None:
    messages = _messages(kind)

    array = read(kind, b"".join(messages))

    assert len(array) == len(messages) > 0
    for row, data in zip(array, messages, strict=True):
        message = decode(data)
        assert (row["header.session"], row["header.seq"]) == (message.session, message.seq)
        for field in LAYOUTS[kind].fields:
            value = message.fields.get(field.name)
            if value is None:
                continue
            if field.form in {"i128", "money"}:
                assert (int(row[field.name]) << 64 | int(row[f"{field.name}.low"])) == value
            elif field.form == "text":
                assert row[field.name] == str(value).encode()
            elif field.form == "code":
                assert field.words[int(row[field.name])] == value
            elif field.form != "bytes":
                assert row[field.name] == value


def test_numbers_stay_big_endian_and_in_place() -> None:
    form = dtype("NewOrder")

    assert form.fields is not None
    assert (form.fields["price"][0].str, form.itemsize) == (">i8", 151)
    data = b"".join(_messages("NewOrder"))
    assert np.shares_memory(read("NewOrder", data), np.frombuffer(data, dtype=np.uint8))


def test_other_bytes_are_refused() -> None:
    orders, cancels = _messages("NewOrder"), _messages("CancelOrder")

    for data in (orders[0][:-1], orders[0] + b"\0" * len(orders[0]), cancels[0]):
        with pytest.raises(WireError):
            read("NewOrder", data)
    with pytest.raises(WireError, match="UnknownKind"):
        dtype("OrderBookSnapshot")
    with pytest.raises(WireError, match="UnknownKind"):
        dtype("Nothing")
