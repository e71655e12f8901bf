"""Lag: what is behind is behind the newest report that anybody has heard, and never less than nothing."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from fairlead.domain.publishing.cursor import Cursor
from fairlead.errors import UnavailableError
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.report_pages import ReportPage
from fairlead.services.lag import Lag
from fairlead.services.publishing import Publisher


@dataclass
class Pages:
    """One page of one log, then nothing more."""

    seqs: tuple[int, ...]
    log_id: str = "ours"

    async def after(self, cursor: Cursor | None, /, *, tail_max: int | None = None) -> AsyncGenerator[ReportPage, None]:
        del cursor, tail_max
        reports = [Report(kind="ExecutionReport", fields={}, position=Position(seq, 0, 0)) for seq in self.seqs]
        if reports:
            yield ReportPage(log_id=self.log_id, reports=reports)


@dataclass
class Receiver:
    """Takes pages, or refuses them."""

    begun: Cursor | None = None
    refuses: bool = False
    taken: list[ReportPage] = field(default_factory=list)
    tail_max = None

    async def reached(self) -> Cursor | None:
        return self.begun

    async def take(self, page: ReportPage, /) -> None:
        if self.refuses:
            raise UnavailableError("away")
        self.taken.append(page)


def _after_one_round(receiver: Receiver, pages: Pages) -> Publisher:
    async def rest(_: float) -> None:
        raise asyncio.CancelledError

    publisher = Publisher("bus", pages=pages, sink=receiver, rest=rest)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(publisher.run())
    return publisher


def _at(seq: int, *, log_id: str = "ours") -> Cursor:
    return Cursor(log_id=log_id, position=Position(seq, 0, 0))


def test_a_receiver_is_where_its_last_page_ends() -> None:
    publisher = _after_one_round(Receiver(), Pages((7, 9)))
    assert (publisher.position.event_seq, publisher.taken, publisher.failed) == (9, 1, 0)


def test_a_receiver_to_whom_nothing_new_came_is_where_it_was() -> None:
    assert _after_one_round(Receiver(begun=_at(5)), Pages(())).position.event_seq == 5


def test_a_receiver_that_refuses_stays_behind_and_is_counted() -> None:
    publisher = _after_one_round(Receiver(begun=_at(5), refuses=True), Pages((7, 9)))
    assert (publisher.position.event_seq, publisher.taken, publisher.failed) == (5, 0, 1)


def test_a_place_in_another_log_says_nothing() -> None:
    publisher = _after_one_round(Receiver(begun=_at(500, log_id="old"), refuses=True), Pages((7, 9)))
    assert publisher.position == BEGINNING


def test_each_is_behind_the_newest_that_anybody_heard() -> None:
    publisher = _after_one_round(Receiver(begun=_at(5)), Pages(()))
    places: dict[str, Position | None] = {"heard": Position(30, 1, 0), "tables": Position(20, 0, 0)}

    def tables() -> Position:
        at = places["tables"]
        assert at is not None
        return at

    lag = Lag(heard=lambda: places["heard"], tables=tables, publishers=[publisher])
    assert lag.behind() == {"tables": 10, "bus": 25}
    places["heard"] = None
    assert lag.behind() == {"tables": 0, "bus": 15}
    places["heard"] = Position(3, 0, 0)
    assert lag.behind() == {"tables": 0, "bus": 15}
    assert (lag.taken(), lag.failed()) == ({"bus": 0}, {"bus": 0})
