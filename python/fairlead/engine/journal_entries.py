"""The commands of a log whose reports do not say what was entered, read behind a running engine."""

from collections.abc import Sequence
from pathlib import Path

from fairlead import _core

__all__ = ["JournalEntries"]


class JournalEntries:
    """The commands after a record that entered orders of which reports do not say all, amends of that, and limits.

    Nothing is disturbed. What was read is not read again, so asking often costs what is new.

    Args:
        directory: the data directory.
        after_seq: the record after which it begins.

    Raises:
        NotFoundError: there is no log.
        UnavailableError: it cannot be read, or a newer version wrote it.
    """

    def __init__(self, directory: Path | str, *, after_seq: int) -> None:
        self._core = _core.JournalEntries(Path(directory), after_seq)

    @property
    def given_seq(self) -> int:
        """The record up to which everything was given, or is gone with the beginning of the log."""
        return self._core.given_seq

    def next(self, until_seq: int, *, records: int) -> Sequence[tuple[int, bytes]]:
        """Return the next ones, each with its number and its message of :mod:`fairlead.wire`.

        Args:
            until_seq: the last record wanted; it must be durable, as one is that a report told of.
            records: about how many records of the log are read at most, 1 or more.

        Raises:
            DataError: the log is damaged, or its next segment is gone: begin again at ``given_seq``.
            UnavailableError: it cannot be read.
        """
        return self._core.next(until_seq, records)
