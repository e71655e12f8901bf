"""The errors of a replay: a recording that cannot be read, a perturbation that proves nothing."""

from __future__ import annotations

from fairlead.errors import DataError, UsageError


class RecordingError(DataError):
    """A recording is wrong, cut or mixed. Its text is one line: file, row, why.

    Args:
        path: the file as the caller named it.
        row: data row counted from 1, the header is row 0; ``None`` where no row is to blame.
        why: what is wrong, with the value found and what was expected.
    """

    def __init__(self, path: str, *, row: int | None, why: str) -> None:
        where = path if row is None else f"{path}: row {row}"
        super().__init__(f"{where}: {why}")
        self.path = path
        self.row = row
        self.why = why


class FoldError(DataError):
    """A record contradicts the book it is applied to. The service adds file and row."""


class PerturbRefusedError(UsageError):
    """``--perturb N`` names a row that is no order, or whose quantity decides nothing compared."""
