"""A private message whose head is read when it comes, and the rest when somebody wants it.

A session that hears everybody hears far more than anybody looks at: where a report stands and what it answers decide
whether it is read at all, and by which thread.
"""

import struct
from typing import Final

from fairlead.client.instruments import Instruments
from fairlead.client.report import report_of
from fairlead.model.report import Position, Report
from fairlead.wire import HEADER_SIZE, LAYOUTS, VERSION, Field, Layout, decode

__all__ = ["Told", "told_of"]

_HEADER: Final = struct.Struct(">BBHIQ")
# position.event_seq, position.sub, position.leg, ts_ns, ref_seq.
_HEAD: Final = struct.Struct(">QIBqQ")
_NUMBER: Final = struct.Struct(">I")
_COMMAND: Final = LAYOUTS["CommandReport"]
_EVENT: Final = next(row for row in _COMMAND.fields if row.name == "event")
_EVENT_AT: Final = HEADER_SIZE + _EVENT.offset
_SETS_EVENT: Final = next(number for number, word in _EVENT.words.items() if word == "OutcomeSet")


class _Heads:
    """Where in the messages of a kind its head is.

    Args:
        layout: of a kind that tells of something in the log.
    """

    def __init__(self, layout: Layout) -> None:
        rows = {row.name: row for row in layout.fields}
        first = rows["position.event_seq"]
        self.kind, self.size = layout.name, HEADER_SIZE + layout.size
        self.at = HEADER_SIZE + first.offset
        reached = rows["ref_seq"].offset + rows["ref_seq"].size - first.offset
        assert reached == _HEAD.size, f"the head is not in one piece: kind={layout.name}"
        self.instrument = _optional(rows.get("instrument"), layout)

    def told(self, data: bytes, session: int, seq: int) -> "Told":
        event_seq, sub, leg, ts_ns, ref_seq = _HEAD.unpack_from(data, self.at)
        number = None
        if self.instrument is not None:
            mask_end, bit, at = self.instrument
            if data[mask_end - 1 - bit // 8] >> bit % 8 & 1:
                (number,) = _NUMBER.unpack_from(data, at)
        return Told(data, (self.kind, session, seq, ref_seq), (Position(event_seq, sub, leg), ts_ns), number)


def _optional(row: Field | None, layout: Layout) -> tuple[int, int, int] | None:
    """The end of the mask that says whether a number is there, its bit, and where the number is."""
    if row is None:
        return None
    mask = layout.fields[row.row]
    return HEADER_SIZE + mask.offset + mask.size, row.bit, HEADER_SIZE + row.offset


class Told:
    """What the exchange said of an order or a command.

    Attributes:
        kind: its name, as in ``ExecutionReport``.
        session: the connection.
        seq: its number on the connection.
        ref_seq: the number of what it answers, 0 where that is nobody's here.
        position: its place in the log.
        ts_ns: when, in nanoseconds since the Unix epoch.
        instrument: the number of the instrument it is about, ``None`` where there is none.
    """

    __slots__ = ("_data", "_report", "instrument", "kind", "position", "ref_seq", "seq", "session", "ts_ns")

    def __init__(
        self, data: bytes, names: tuple[str, int, int, int], place: tuple[Position, int], instrument: int | None
    ) -> None:
        self._data, self.instrument = data, instrument
        self.position, self.ts_ns = place
        self.kind, self.session, self.seq, self.ref_seq = names
        self._report: Report | None = None

    @property
    def sets_event(self) -> bool:
        """Whether its instrument is the market of an event from here on."""
        return self.kind == _COMMAND.name and self._data[_EVENT_AT] == _SETS_EVENT

    def report(self, instruments: Instruments) -> Report:
        """Return all of it; numbers have decimals where their instrument is among those given.

        Raises:
            WireError: it is no message.
        """
        report = self._report
        if report is None or (report.symbol is None and self.instrument is not None):
            report = self._report = report_of(decode(self._data), instruments)
        return report


_KINDS: Final = {layout.code: _Heads(layout) for layout in LAYOUTS.values() if layout.part_of == "report"}


def told_of(data: bytes) -> Told | None:
    """Return a private message of a session; ``None``: it is something else, or not as it should be."""
    heads = _KINDS.get(data[0])
    if heads is None or len(data) != heads.size:
        return None
    _, version, block_len, session, seq = _HEADER.unpack_from(data)
    if version != VERSION or block_len != len(data) - HEADER_SIZE:
        return None
    return heads.told(data, session, seq)
