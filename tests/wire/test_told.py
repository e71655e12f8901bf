"""The head of a private message says what the whole message says, and nothing that is damaged counts as one."""

from pathlib import Path

import pytest

from fairlead.client.instruments import Instruments
from fairlead.client.report import position_of, report_of
from fairlead.client.told import told_of
from fairlead.wire import LAYOUTS, decode

VECTORS = Path(__file__).resolve().parents[2] / "vectors" / "wire" / "valid.hex"
REPORTS = {layout.name for layout in LAYOUTS.values() if layout.part_of == "report"}


def _messages() -> list[tuple[str, bytes]]:
    lines = [line.split() for line in VECTORS.read_text().splitlines() if not line.startswith("#")]
    return [(kind, bytes.fromhex(text)) for kind, text in lines]


def test_a_head_says_what_the_message_says() -> None:
    seen = set()
    for kind, data in _messages():
        told, message = told_of(data), decode(data)
        if kind not in REPORTS:
            assert told is None, kind
            continue
        assert told is not None, kind
        assert (told.kind, told.session, told.seq) == (kind, message.session, message.seq)
        assert (told.position, told.ts_ns) == (position_of(message), message.fields["ts_ns"])
        assert told.ref_seq == message.fields["ref_seq"]
        assert told.instrument == message.fields.get("instrument")
        assert told.report(Instruments()) == report_of(message, Instruments())
        seen.add((kind, told.instrument is None))
    assert {kind for kind, _ in seen} == REPORTS
    assert ("ExecutionReport", True) in seen
    assert ("ExecutionReport", False) in seen


@pytest.mark.parametrize("kind", sorted(REPORTS))
def test_what_is_damaged_is_left_to_the_codec(kind: str) -> None:
    data = next(data for name, data in _messages() if name == kind)
    newer = bytes([data[0], data[1] + 1]) + data[2:]
    other_length = data[:2] + (len(data) - 15).to_bytes(2) + data[4:]

    for damaged in (data[:-1], data + b"\0", newer, other_length):
        assert told_of(damaged) is None
