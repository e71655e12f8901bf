"""What the story of an order is made of, out of the audit of events."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import instruments, order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.domain.explain import MARKET_EVENTS, OrderFacts, needs_command
from fairlead.model.listing import Asset, Listing
from fairlead.model.report import Report

__all__ = ["SqlOrderTraces"]

# Of an order, of the commands that say more of it, and of the markets while it was open.
_OWN_MAX: Final = 1_000
_COMMANDS_MAX: Final = 200
_BESIDE_MAX: Final = 2_000
_MARKET_MAX: Final = 500
_ENDS: Final = frozenset({"Filled", "Canceled", "Expired", "Rejected"})
_PLACE: Final = (order_events.c.event_seq, order_events.c.sub, order_events.c.leg)


class SqlOrderTraces:
    """The stories of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self, account: int, order_id: int, /) -> OrderFacts | None:
        """Return what is kept of an order."""
        columns = order_events.c
        mine = select(order_events).where(columns.order_id == order_id, columns.account == account)
        async with self._database.read() as view:
            newest = await _newest(view, mine, _OWN_MAX + 1)
            if not newest:
                return None
            own = newest[-_OWN_MAX:]
            beside = await _beside(view, own)
            market = await _market(view, own)
            listings = await _listings(view, own)
        return OrderFacts(
            own=own,
            beside=beside[-_BESIDE_MAX:],
            market=market[-_MARKET_MAX:],
            listings=listings,
            is_whole=len(newest) <= _OWN_MAX and len(beside) <= _BESIDE_MAX and len(market) <= _MARKET_MAX,
        )


async def _newest(view: AsyncConnection, asked: Any, count_max: int) -> list[Report]:
    rows = await view.execute(asked.order_by(*(column.desc() for column in _PLACE)).limit(count_max))
    return [report_of_row(row) for row in rows][::-1]


async def _beside(view: AsyncConnection, own: Sequence[Report]) -> list[Report]:
    """Return what else the commands did that say more of a report: the first one, and the newest."""
    seqs = list(dict.fromkeys(_seqs(report for report in own if needs_command(report))))
    wanted = {*seqs[:1], *seqs[-_COMMANDS_MAX:]}
    places = {report.position for report in own}
    asked = select(order_events).where(order_events.c.event_seq.in_(sorted(wanted)))
    return [it for it in await _newest(view, asked, _BESIDE_MAX + 1) if it.position not in places]


async def _market(view: AsyncConnection, own: Sequence[Report]) -> list[Report]:
    columns = order_events.c
    seqs = list(_seqs(own))
    asked = select(order_events).where(columns.what.in_(MARKET_EVENTS), columns.event_seq >= seqs[0])
    if own[-1].ord_status in _ENDS or own[-1].exec_type in _ENDS:
        asked = asked.where(columns.event_seq <= seqs[-1])
    return await _newest(view, asked, _MARKET_MAX + 1)


async def _listings(view: AsyncConnection, own: Sequence[Report]) -> dict[int, Listing]:
    numbers = {number for report in own if isinstance(number := report.fields.get("instrument"), int)}
    rows = await view.execute(select(instruments).where(instruments.c.instrument_id.in_(sorted(numbers))))
    return {
        row.instrument_id: Listing(
            id=row.instrument_id,
            symbol=row.symbol,
            price_decimals=row.price_decimals,
            qty_decimals=row.qty_decimals,
            base=Asset(id=row.base_id, symbol=row.base_symbol, decimals=row.base_decimals),
            quote=Asset(id=row.quote_id, symbol=row.quote_symbol, decimals=row.quote_decimals),
        )
        for row in rows
    }


def _seqs(reports: Iterable[Report]) -> Iterable[int]:
    return (report.position.event_seq for report in reports if report.position is not None)
