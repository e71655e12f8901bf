"""The Python codec against messages made by Rust, and against bytes that Rust refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from fairlead.errors import DataError
from fairlead.wire import LAYOUTS, Frames, Message, WireError, decode, encode, frame

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "wire"

ORDER = Message(
    kind="NewOrder",
    session=9,
    seq=42,
    fields={
        "account": 7,
        "session": 9,
        "instrument": 3,
        "cl_ord_id": "A-1",
        "side": "Sell",
        "ord_type": "Limit",
        "tif": "Gtc",
        "order_qty": 500,
        "price": -25,
        "min_qty": 0,
        "display": "All",
        "post_only": "No",
        "reduce_only": False,
    },
)


def _lines(name: str) -> Iterator[list[str]]:
    for line in (VECTORS / name).read_text().splitlines():
        if not line.startswith("#"):
            yield line.split()


def test_every_message_made_by_rust_is_read_and_written_as_it_was() -> None:
    kinds = set()
    for kind, text in _lines("valid.hex"):
        data = bytes.fromhex(text)

        message = decode(data)

        assert message.kind == kind
        assert encode(message) == data, kind
        kinds.add(kind)
    assert kinds == LAYOUTS.keys()


def test_what_rust_refuses_is_refused_with_the_same_fault() -> None:
    checked = 0
    for kind, fault, field, at, value, text in _lines("invalid.hex"):
        if fault == "TickBands":
            continue  # a grid is the exchange's to check
        data = b"" if text == "-" else bytes.fromhex(text)

        with pytest.raises(WireError) as refused:
            decode(data)

        assert refused.value.fault == fault, (kind, field, text)
        if fault in {"UnknownCode", "NotText"}:
            assert refused.value.field.rpartition(".")[2] == field
            assert (refused.value.at, str(refused.value.value)) == (int(at), value)
        checked += 1
    assert checked > 100


def test_a_message_by_hand_has_the_bytes_of_the_page() -> None:
    data = encode(ORDER)

    assert data[:16].hex() == "01" + "01" + "0087" + "00000009" + "000000000000002a"
    assert data[16:21].hex() == "01" + "00000007"  # price is there; account
    assert data[29:65] == b"A-1".ljust(36, b"\0")
    assert data[65:68].hex() == "01" + "00" + "00"  # C-19: side 1 sell, type 0 limit, time in force 0 GTC
    assert decode(data).fields["price"] == -25
    assert decode(data).fields["quote_qty"] is None
    assert encode(decode(data)) == data


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("side", "Short", "UnknownCode"),
        ("side", 0, "UnknownCode"),
        ("side", None, "Missing"),
        ("cl_ord_id", "", "NotText"),
        ("cl_ord_id", "x" * 37, "NotText"),
        ("cl_ord_id", "a b", "NotText"),
        ("cl_ord_id", "caf\u00e9", "NotText"),
        ("order_qty", 1 << 63, "OutOfRange"),
        ("order_qty", 1.5, "OutOfRange"),
        ("order_qty", True, "OutOfRange"),
        ("account", -1, "OutOfRange"),
        ("reduce_only", 1, "OutOfRange"),
        ("expire_ns", 5, "NotZero"),
        ("display_qty", 5, "NotZero"),
        ("peg.offset_ticks", 5, "Missing"),
        ("colour", "red", "Unknown"),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(name: str, value: object, fault: str) -> None:
    wrong = replace(ORDER, fields={**ORDER.fields, name: value})

    with pytest.raises(WireError, match="field=") as refused:
        encode(wrong)

    assert refused.value.fault == fault
    assert isinstance(refused.value, DataError)


def test_lists_are_bounded_and_kinds_known() -> None:
    with pytest.raises(WireError) as refused:
        encode(replace(ORDER, entries=({},)))
    assert (refused.value.fault, refused.value.limit) == ("TooMany", 0)
    with pytest.raises(WireError, match="UnknownKind"):
        encode(Message(kind="NewOrders"))


def test_a_stream_is_cut_into_messages_however_it_arrives() -> None:
    messages = [bytes.fromhex(text) for _, text in _lines("valid.hex")][:60]
    stream = b"".join(frame(message) for message in messages)
    for step in (1, 2, 7, 1_000, len(stream)):
        frames = Frames()
        got = [message for at in range(0, len(stream), step) for message in frames.feed(stream[at : at + step])]
        assert got == messages
        assert frames.pending == 0


@pytest.mark.parametrize("size", [0, 15, 65])
def test_an_impossible_length_is_refused(size: int) -> None:
    with pytest.raises(WireError, match="FrameLength") as refused:
        list(Frames(len_max=64).feed(size.to_bytes(2)))
    assert refused.value.is_framing
