"""The audit of events can be followed from any place: what is behind is read again, what comes is heard of."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from tests.contract.buses import at
from tests.contract.pages import trade
from tests.contract.stores import with_store

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projections import SqlReportPages
from fairlead.adapters.stores.projections.event_rows import follow_events
from fairlead.adapters.stores.projections.memory import Memory
from fairlead.adapters.stores.projections.told import Told
from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.trading.report_body import report_body
from fairlead.model.report import Position, Report

LOG = "log-1"


async def _keep(database: Database, reports: Sequence[Report]) -> None:
    told = Told([(it.position, it, None) for it in reports if it.position is not None], (), {})
    await database.direct.step(lambda step: follow_events(step, told, Memory()))


async def _first(pages: SqlReportPages, cursor: Cursor | None, *, tail_max: int | None = None) -> list[Position | None]:
    """Return the places in the first page."""
    async with aclosing(pages.after(cursor, tail_max=tail_max)) as following:
        page = await anext(following)
    assert page.log_id == LOG
    return [report.position for report in page.reports]


def test_reports_come_from_the_place_that_was_asked_for(store_url: str) -> None:
    reports = [report for number in (1, 2, 3) for report in trade(number)]
    places = [report.position for report in reports]

    async def story(database: Database) -> None:
        await _keep(database, reports)
        pages = SqlReportPages(database, log_id=LOG)
        assert await _first(pages, None) == places
        assert await _first(pages, at(1)) == places
        # Between the two sides of a trade: the seller's is next.
        assert await _first(pages, Cursor(log_id=LOG, position=Position(2, 0, 1))) == places[3:]
        assert await _first(pages, at(9, log_id="log-0")) == places
        assert await _first(pages, None, tail_max=1) == places[4 - 2 :]
        assert await _first(pages, at(3), tail_max=1) == places[4:]

    with_store(store_url, story)


def test_what_was_kept_is_published_as_what_came(store_url: str) -> None:
    reports = trade(1)

    async def story(database: Database) -> None:
        await _keep(database, reports)
        async with aclosing(SqlReportPages(database, log_id=LOG).after(None)) as following:
            page = await anext(following)
        assert [report_body(report) for report in page.reports] == [report_body(report) for report in reports]

    with_store(store_url, story)


def test_who_waits_hears_of_new_ones(store_url: str) -> None:
    async def story(database: Database) -> None:
        pages = SqlReportPages(database, log_id=LOG)
        async with aclosing(pages.after(None)) as following:
            waiting = asyncio.ensure_future(anext(following))
            await asyncio.sleep(0)
            await _keep(database, trade(1))
            pages.note()
            async with asyncio.timeout(30):
                page = await waiting
            assert len(page.reports) == 2
            await _keep(database, trade(2))
            pages.note()
            async with asyncio.timeout(30):
                page = await anext(following)
            assert [report.trade_id for report in page.reports] == [2, 2]

    with_store(store_url, story)
