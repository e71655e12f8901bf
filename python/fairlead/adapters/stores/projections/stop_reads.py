"""Trips, halts and kill switches out of the audit of events."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import STOP_EVENTS, order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.step import names_of
from fairlead.model.report import BEGINNING, Report

__all__ = ["SqlStopHistory"]

_PAGE_MAX: Final = 500
# Words in the text, not values: only so does SQLite see that the index over few of many rows is enough.
_STOPS: Final = ", ".join(f"'{word}'" for word in STOP_EVENTS)
_LATER: Final = (
    f"SELECT {names_of(order_events)} FROM order_events WHERE what IN ({_STOPS})"
    " AND (event_seq, sub, leg) > (?, ?, ?) ORDER BY event_seq, sub, leg LIMIT ?"
)


class SqlStopHistory:
    """The stops in a database.

    Args:
        database: where the tables are.
    """

    def __init__(self, database: Database) -> None:
        self._rows = database.direct.rows

    async def stops(self) -> AsyncGenerator[Sequence[Report], None]:
        """Yield them a page at a time, oldest first."""
        position = BEGINNING
        while True:
            reports = [report_of_row(row) for row in await self._rows(_LATER, *position, _PAGE_MAX)]
            if not reports:
                return
            yield reports
            position = reports[-1].position or position
