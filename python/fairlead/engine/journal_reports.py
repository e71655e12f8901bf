"""What a gateway told about a log, told again from the log alone, beside a running engine."""

from collections.abc import Sequence
from pathlib import Path

from fairlead import _core
from fairlead.model.report import BEGINNING, Position

__all__ = ["JournalReports", "last_seq"]

# After every record a log can have.
_END = 2**63


class JournalReports:
    """The reports of a log after a position, as messages of :mod:`fairlead.wire`. Nothing is changed or disturbed.

    The log is executed again from its newest snapshot that is not after the position, or from its beginning; memory is
    that of an exchange, whatever the length of the log.

    Args:
        directory: the data directory.
        after: the report after which it begins.

    Raises:
        NotFoundError: there is no log.
        DataError: it is damaged.
        UnavailableError: it cannot be read, or a newer version wrote it.
    """

    def __init__(self, directory: Path | str, *, after: Position = BEGINNING) -> None:
        self._core = _core.JournalReports(Path(directory), *after)

    @property
    def has_gap(self) -> bool:
        """Whether reports before the first one here are gone with the beginning of the log."""
        return self._core.has_gap

    def next(self, count: int) -> Sequence[bytes]:
        """Return the next reports: ``count`` or some more; none where the log ended when this was made."""
        return self._core.next(count)


def last_seq(directory: Path | str) -> int:
    """Return the number of the last record of a log; what is before its last segment is not read.

    Raises:
        NotFoundError: there is no log.
        UnavailableError: it cannot be read.
    """
    _, last = _core.journal_records(Path(directory), _END, 1)
    return last
