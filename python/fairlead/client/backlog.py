"""What came and was not taken yet: bounded, in its order, and it knows when some of it is missing."""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import overload

from fairlead.client.instruments import Instruments
from fairlead.client.told import Told
from fairlead.model.report import Report, ReportBatch

__all__ = ["Backlog", "Unread"]


class Unread(Sequence[Report]):
    """Reports that are read when somebody looks at them, by the thread that looks.

    Args:
        told: what came, oldest first.
        instruments: what gives its numbers their decimals.
    """

    def __init__(self, told: Sequence[Told], instruments: Instruments) -> None:
        self._told, self._instruments = told, instruments

    def __len__(self) -> int:
        return len(self._told)

    def __iter__(self) -> Iterator[Report]:
        instruments = self._instruments
        return (told.report(instruments) for told in self._told)

    @overload
    def __getitem__(self, index: int) -> Report: ...
    @overload
    def __getitem__(self, index: slice) -> "Unread": ...
    def __getitem__(self, index: int | slice) -> "Report | Unread":
        if isinstance(index, slice):
            return Unread(self._told[index], self._instruments)
        return self._told[index].report(self._instruments)


class Backlog:
    """What waits for ``events`` or ``take`` of a client.

    Args:
        count_max: how many wait at most; then the oldest are dropped.
    """

    def __init__(self, count_max: int) -> None:
        self.count_max, self.missed = count_max, 0
        self._told: deque[Told] = deque()
        self._has_hole = False

    def __len__(self) -> int:
        return len(self._told)

    def put(self, told: Told) -> None:
        """Add the newest."""
        if len(self._told) >= self.count_max:
            self._told.popleft()
            self.missed += 1
        self._told.append(told)

    def note_hole(self) -> None:
        """The gateway does not have all that follows the last one."""
        self._has_hole = True

    @property
    def has_gap(self) -> bool:
        """Whether reports are missing before one that waits, or that will."""
        return self._has_hole or self.missed > 0

    def pop(self, instruments: Instruments) -> Report:
        """Take the oldest."""
        return self._told.popleft().report(instruments)

    def has_unread(self, count_max: int, instruments: Instruments) -> bool:
        """Whether one of the oldest is about an instrument that was not told of as it is: it cannot be read yet."""
        return any(
            told.instrument is not None
            and not (instruments.knows_event if told.sets_event else instruments.knows_id)(told.instrument)
            for told, _ in zip(self._told, range(count_max), strict=False)
        )

    def take(self, count_max: int, instruments: Instruments) -> ReportBatch:
        """Take the oldest; they are read when somebody looks at them."""
        has_gap, self.missed, self._has_hole = self.has_gap, 0, False
        taken = [self._told.popleft() for _ in range(min(count_max, len(self._told)))]
        return ReportBatch(reports=Unread(taken, instruments), has_gap=has_gap)
