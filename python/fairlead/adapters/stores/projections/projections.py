"""The cursor, and one step forward: every table and the cursor move together, or none does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import Database, put
from fairlead.adapters.stores.projection_tables import FOLLOWING, instruments, projection_cursor
from fairlead.adapters.stores.projections.event_rows import follow_events, follow_fills
from fairlead.adapters.stores.projections.market_rows import follow_breakers, follow_candles, follow_trades
from fairlead.adapters.stores.projections.money_rows import follow_money
from fairlead.adapters.stores.projections.order_rows import follow_orders
from fairlead.adapters.stores.projections.position_rows import follow_positions
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.projections import Followed

__all__ = ["SqlProjections"]

Follow = Callable[[AsyncConnection, Sequence[Report], Mapping[int, Listing]], Awaitable[None]]

# Raised with every change of what a row says: tables of another form are made again from the log.
_FORM: Final = 3
_NAME: Final = "reports"
_FOLLOWERS: Final[Sequence[Follow]] = (
    follow_orders,
    follow_events,
    follow_fills,
    follow_money,
    follow_positions,
    follow_trades,
    follow_candles,
    follow_breakers,
)


class SqlProjections:
    """The tables of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def followed(self) -> Followed:
        """Return how far they are; tables of another form count as empty."""
        async with self._database.read() as view:
            return await _followed(view)

    async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
        """Bring the tables forward and return the reports that were new to them, in their order."""
        async with self._database.follow() as step:
            followed = await _followed(step, locks=True)
            fresh = [it for it in reports if it.position is not None and it.position > followed.position]
            if not fresh:
                return fresh
            places = [it.position for it in fresh if it.position is not None]
            assert all(before < after for before, after in pairwise(places)), f"reports out of order: {places}"
            await _keep_instruments(step, fresh, listings)
            for follow in _FOLLOWERS:
                await follow(step, fresh, listings)
            await step.execute(update(projection_cursor).values(**places[-1]._asdict()))
        return fresh

    async def begin(self, log_id: str, /) -> None:
        """Empty every table, and follow a log from its beginning."""
        async with self._database.write() as step:
            for table in FOLLOWING:
                await step.execute(delete(table))
            await step.execute(
                insert(projection_cursor).values(
                    name=_NAME, log_id=log_id, form=_FORM, is_whole=True, **BEGINNING._asdict()
                )
            )

    async def mark_incomplete(self) -> None:
        """Remember that reports are missing for good."""
        async with self._database.write() as step:
            await step.execute(update(projection_cursor).values(is_whole=False))


async def _followed(view: AsyncConnection, *, locks: bool = False) -> Followed:
    asked = select(projection_cursor)
    row = (await view.execute(asked.with_for_update() if locks else asked)).one_or_none()
    if row is None or row.form != _FORM:
        assert not locks, "the tables follow no log: begin comes first"
        return Followed(log_id="", position=BEGINNING, is_whole=True)
    return Followed(log_id=row.log_id, position=Position(row.event_seq, row.sub, row.leg), is_whole=row.is_whole)


async def _keep_instruments(step: AsyncConnection, reports: Sequence[Report], listings: Mapping[int, Listing]) -> None:
    """Keep what readers need to know of the instruments that are spoken of."""
    named = {number for report in reports if isinstance(number := report.fields.get("instrument"), int)}
    rows = [
        {
            "instrument_id": it.id,
            "symbol": it.symbol,
            "price_decimals": it.price_decimals,
            "qty_decimals": it.qty_decimals,
            "base_id": it.base.id,
            "base_symbol": it.base.symbol,
            "base_decimals": it.base.decimals,
            "quote_id": it.quote.id,
            "quote_symbol": it.quote.symbol,
            "quote_decimals": it.quote.decimals,
        }
        for it in (listings[number] for number in sorted(named & listings.keys()))
    ]
    await put(step, instruments, rows)
