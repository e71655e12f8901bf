"""Trips, halts and kill switches out of the audit of events."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from sqlalchemy import select, tuple_

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import STOP_EVENTS, order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.model.report import BEGINNING, Report

__all__ = ["SqlStopHistory"]

_PAGE_MAX: Final = 500
_PLACE: Final = (order_events.c.event_seq, order_events.c.sub, order_events.c.leg)


class SqlStopHistory:
    """The stops in a database.

    Args:
        database: where the tables are.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stops(self) -> AsyncGenerator[Sequence[Report], None]:
        """Yield them a page at a time, oldest first."""
        position = BEGINNING
        while True:
            asked = (
                select(order_events)
                .where(order_events.c.what.in_(STOP_EVENTS), tuple_(*_PLACE) > tuple_(*position))
                .order_by(*_PLACE)
                .limit(_PAGE_MAX)
            )
            async with self._database.read() as view:
                reports = [report_of_row(row) for row in await view.execute(asked)]
            if not reports:
                return
            yield reports
            position = reports[-1].position or position
