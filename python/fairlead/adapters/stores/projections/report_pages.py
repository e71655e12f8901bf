"""The audit of events, page by page from any place: what others follow and may be behind of."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.step import names_of
from fairlead.domain.publishing.cursor import Cursor
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.report_pages import ReportPage

__all__ = ["SqlReportPages"]

_PAGE_MAX: Final = 500
_NEWEST: Final = "SELECT max(event_seq) FROM order_events"
_EVENT: Final = names_of(order_events)
_LATER: Final = "order_events WHERE (event_seq, sub, leg) > (?, ?, ?) ORDER BY event_seq, sub, leg LIMIT ?"


class SqlReportPages:
    """The reports in the tables of one process.

    Args:
        database: where they are.
        log_id: which log the tables follow.
    """

    def __init__(self, database: Database, *, log_id: str) -> None:
        self._direct, self._log_id = database.direct, log_id
        self._changes: set[asyncio.Event] = set()

    def note(self, _: object = None) -> None:
        """Reports came into the tables: who waits for them looks again."""
        for change in self._changes:
            change.set()

    async def after(self, cursor: Cursor | None, /, *, tail_max: int | None = None) -> AsyncGenerator[ReportPage, None]:
        """Yield the reports after a place, then new ones as they come."""
        position = await self._begin(cursor, tail_max)
        change = asyncio.Event()
        self._changes.add(change)
        try:
            while True:
                change.clear()
                reports = await self._page(position)
                if not reports:
                    await change.wait()
                    continue
                yield ReportPage(log_id=self._log_id, reports=reports)
                position = reports[-1].position or position
        finally:
            self._changes.discard(change)

    async def _begin(self, cursor: Cursor | None, tail_max: int | None) -> Position:
        if cursor is not None and cursor.log_id == self._log_id:
            return cursor.position
        if tail_max is None:
            return BEGINNING
        ((newest,),) = await self._direct.rows(_NEWEST)
        return Position(max(0, (newest or 0) - tail_max), 0, 0)

    async def _page(self, position: Position) -> list[Report]:
        rows = await self._direct.page(_EVENT, _LATER, *position, _PAGE_MAX)
        return [report_of_row(row) for row in rows]
