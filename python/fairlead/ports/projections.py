"""The tables that follow the reports of the exchange: where they are, and how they are brought forward."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report, ReportBatch

__all__ = ["Followed", "Progress", "Projections", "ReportLog", "ReportPlaces", "ReportStream"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far the tables are.

    Attributes:
        log_id: which log they follow; empty before they follow one.
        position: the last report that is in them.
        is_whole: whether every report before that is in them too.
    """

    log_id: str
    position: Position
    is_whole: bool


class Projections(Protocol):
    """Tables with a cursor. Both move in one step, or neither does."""

    async def followed(self) -> Followed:
        """Return how far they are.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...

    async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
        """Bring the tables forward and return the reports that were new to them, in their order.

        Args:
            reports: oldest first; those that are in the tables already are passed over.
            listings: the instruments by their numbers, those of all the reports among them.

        Raises:
            UnavailableError: the store does not answer; nothing has changed.
        """
        ...

    async def begin(self, log_id: str, /) -> None:
        """Empty every table, and follow another log from its beginning."""
        ...

    async def mark_incomplete(self) -> None:
        """Remember that reports are missing for good."""
        ...


class Progress(Protocol):
    """How far the tables are, for those who read them; whichever process brings them forward."""

    @property
    def position(self) -> Position:
        """The last report that is in the tables."""
        ...

    @property
    def is_following(self) -> bool:
        """Whether the tables can be reached."""
        ...

    def listen(self, listener: Callable[[Sequence[Report]], None]) -> Callable[[], None]:
        """Tell ``listener`` of every report from now on once it is in the tables; return how to stop that."""
        ...

    async def reached(self, position: Position, *, timeout_s: float = 2.0) -> bool:
        """Wait until a report is in the tables; whether it came so far in time."""
        ...


class ReportStream(Protocol):
    """The reports of all accounts as they come: ``fairlead.aio.Client`` with the role ``front_end``."""

    @property
    def listings(self) -> Mapping[int, Listing]:
        """The instruments by their numbers: those of every report that was taken."""
        ...

    async def take(self, count_max: int, /) -> ReportBatch:
        """Return the next reports, one or more, each once, oldest first; wait until there is one.

        Raises:
            UnavailableError: they cannot be taken now; none is lost.
        """
        ...


class ReportPlaces(Protocol):
    """Where the reports of all accounts stand, as they come: the same session."""

    @property
    def unread(self) -> int:
        """How many reports came and were not taken yet: what is asked now is answered behind more than these."""
        ...

    def listen_places(self, note: Callable[[Position, int], None]) -> None:
        """Call ``note`` with the place and the time of each report, in order; it must neither wait nor raise."""
        ...

    async def refresh_instruments(self) -> object:
        """Ask the exchange something whose answer comes behind the reports that were due.

        Raises:
            UnavailableError: no answer came in time.
        """
        ...


class ReportLog(Protocol):
    """The same reports, made again from the log of the exchange: slower, and from its beginning."""

    def after(self, position: Position, /) -> AsyncIterator[ReportBatch]:
        """Yield the reports after a position up to the end of the log; ``has_gap`` where its beginning is gone.

        Raises:
            UnavailableError: the log cannot be read.
            DataError: it is damaged.
        """
        ...
