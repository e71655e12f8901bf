"""Wakes the connections of an account when the tables have something new of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from fairlead.model.report import Report

__all__ = ["News"]


class News:
    """Who waits for which account, or for any."""

    def __init__(self) -> None:
        self._waiting: defaultdict[int | None, set[Callable[[], None]]] = defaultdict(set)

    @contextmanager
    def of(self, account: int | None, tell: Callable[[], None]) -> Iterator[None]:
        """Call ``tell`` at each report of an account, or of any where it is ``None``, meanwhile."""
        self._waiting[account].add(tell)
        try:
            yield
        finally:
            self._waiting[account].discard(tell)
            if not self._waiting[account]:
                del self._waiting[account]

    def hear(self, reports: Sequence[Report]) -> None:
        """Take reports that are in the tables."""
        for account in {None, *(report.fields.get("account") for report in reports)}:
            if account is None or isinstance(account, int):
                for tell in self._waiting.get(account, ()):
                    tell()
