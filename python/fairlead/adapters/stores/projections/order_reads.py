"""Orders, their trades and what was said of them, for who owns them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.engine import Row

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import fills, instruments, order_client_ids, order_events, orders
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.projections.order_rows import record_of
from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.model.report import Position, Report
from fairlead.ports.order_history import OrderFilter

__all__ = ["SqlOrderHistory"]


class SqlOrderHistory:
    """The orders of one store.

    Args:
        database: the store.
        reached: waits until the tables are at a position.
    """

    def __init__(self, database: Database, *, reached: Callable[[Position], Awaitable[bool]]) -> None:
        self._database, self._reached = database, reached
        # Of what was listed once; it never changes.
        self._fee_assets: dict[str, str] = {}

    async def reached(self, position: Position, /) -> bool:
        """Wait, a moment at most, until every report up to ``position`` can be read."""
        return await self._reached(position)

    async def find(self, account: int, order_id: int, /) -> OrderView | None:
        """Return an order by the exchange's id."""
        record = await self.record(account, order_id)
        return None if record is None else record.view

    async def record(self, account: int, order_id: int, /) -> OrderRecord | None:
        """Return an order with the sums over its trades."""
        asked = select(orders).where(orders.c.order_id == order_id, orders.c.account == account)
        async with self._database.read() as view:
            row = (await view.execute(asked)).one_or_none()
        return None if row is None else record_of(row)

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        """Return an order by any client id of its chain, the newest order where an id was used again."""
        ids = order_client_ids.c
        asked = (
            select(orders)
            .join(order_client_ids, orders.c.order_id == ids.order_id)
            .where(ids.account == account, ids.client_order_id == client_order_id)
        )
        async with self._database.read() as view:
            row = (await view.execute(asked)).one_or_none()
        return None if row is None else record_of(row).view

    async def page(
        self, account: int, wanted: OrderFilter, /, *, before: int | None, count_max: int
    ) -> Sequence[OrderRecord]:
        """Return orders, newest first."""
        columns = orders.c
        asked = select(orders).where(columns.account == account)
        given = ((columns.symbol, wanted.symbol), (columns.status, wanted.status), (columns.side, wanted.side))
        for column, value in given:
            if value is not None:
                asked = asked.where(column == value)
        if wanted.client_order_id is not None:
            ids = order_client_ids.c
            named = select(ids.order_id).where(ids.account == account, ids.client_order_id == wanted.client_order_id)
            asked = asked.where(columns.order_id.in_(named))
        if before is not None:
            asked = asked.where(columns.order_id < before)
        async with self._database.read() as view:
            rows = await view.execute(asked.order_by(columns.order_id.desc()).limit(count_max))
        return [record_of(row) for row in rows]

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        """Return the trades of an order, oldest first."""
        columns = fills.c
        asked = (
            select(fills)
            .where(columns.order_id == order_id, columns.account == account)
            .order_by(columns.event_seq, columns.sub, columns.leg)
        )
        async with self._database.read() as view:
            return [_fill(row) for row in await view.execute(asked)]

    async def events(self, account: int, order_id: int, /, *, count_max: int) -> Sequence[Report]:
        """Return what was said of an order, oldest first."""
        columns = order_events.c
        asked = select(order_events).where(columns.order_id == order_id, columns.account == account)
        return await self._events(asked, count_max)

    async def events_after(self, account: int, position: Position, /, *, count_max: int) -> Sequence[Report]:
        """Return what an account was told after a position, oldest first."""
        columns = order_events.c
        place = tuple_(columns.event_seq, columns.sub, columns.leg)
        return await self._events(
            select(order_events).where(columns.account == account, place > tuple(position)), count_max
        )

    async def _events(self, asked: Any, count_max: int) -> Sequence[Report]:
        columns = order_events.c
        ordered = asked.order_by(columns.event_seq, columns.sub, columns.leg).limit(count_max)
        async with self._database.read() as view:
            return [report_of_row(row) for row in await view.execute(ordered)]

    async def fee_asset(self, symbol: str, /) -> str | None:
        """Return in what the fees of an instrument are paid."""
        if (known := self._fee_assets.get(symbol)) is not None:
            return known
        asked = select(instruments.c.quote_symbol).where(instruments.c.symbol == symbol)
        async with self._database.read() as view:
            found: str | None = (await view.execute(asked)).scalar_one_or_none()
        if found is not None:
            self._fee_assets[symbol] = found
        return found


def _fill(row: Row[Any]) -> Fill:
    return Fill(
        trade_id=row.trade_id,
        price=row.price,
        quantity=row.quantity,
        fee=row.fee,
        liquidity=row.liquidity,
        time_ns=row.ts_ns,
    )
