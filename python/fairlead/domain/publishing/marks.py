"""How far a reader of events is: kept with what it made of them, it makes each event count once.

INV-1 An event at or before the mark of its partition, by offset or by its place in the same log, is not given again.
"""

import msgspec

from fairlead.domain.publishing.cursor import Cursor
from fairlead.errors import DataError

__all__ = ["Mark", "Marks"]


class Mark(msgspec.Struct, frozen=True):
    """How far a partition was read: the offset that comes next, and the place in the log of the last event."""

    offset: int
    at: str


class Marks:
    """The marks of a reader, by topic and partition.

    Args:
        text: what ``str`` of earlier ones gave; empty for a reader that begins.

    Raises:
        DataError: the text is of something else.
    """

    def __init__(self, text: str = "") -> None:
        self._marks: dict[str, Mark] = {}
        if text:
            try:
                self._marks = msgspec.json.decode(text, type=dict[str, Mark])
            except msgspec.MsgspecError as error:
                raise DataError(f"these are no marks of a reader: text={text[:100]!r} why={error}") from None
        self._cursors = {name: Cursor.read(mark.at) for name, mark in self._marks.items()}

    def next_offset(self, topic: str, partition: int) -> int | None:
        """Return the offset to go on from; ``None`` where nothing was read yet."""
        mark = self._marks.get(_name(topic, partition))
        return None if mark is None else mark.offset

    def admit(self, topic: str, partition: int, *, offset: int, at: Cursor) -> bool:
        """Count an event; whether it is one that did not come before.

        Args:
            topic: of the event.
            partition: of the topic, 0 or more.
            offset: its place in the partition.
            at: its place in the log of the exchange.
        """
        name = _name(topic, partition)
        mark, cursor = self._marks.get(name), self._cursors.get(name)
        if mark is not None and offset < mark.offset:
            return False
        if cursor is not None and cursor.covers(at):
            self._marks[name] = Mark(offset + 1, str(cursor))
            return False
        self._marks[name], self._cursors[name] = Mark(offset + 1, str(at)), at
        return True

    def __str__(self) -> str:
        return msgspec.json.encode(self._marks).decode()


def _name(topic: str, partition: int) -> str:
    return f"{topic}/{partition}"
