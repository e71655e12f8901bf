"""Orders, their trades and what was said of them, for who owns them."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import order_events
from fairlead.adapters.stores.projections.event_rows import report_of_row
from fairlead.adapters.stores.projections.order_rows import RECORD, record_of
from fairlead.adapters.stores.projections.term_rows import WITH_TERMS
from fairlead.adapters.stores.step import Row, names_of
from fairlead.domain.trading.order_record import OrderRecord
from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.domain.trading.refused import Scales
from fairlead.errors import NotFoundError
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.advanced_orders import Entering
from fairlead.ports.order_history import OrderFilter

__all__ = ["SqlOrderHistory", "fill_of_row"]

_MINE: Final = f"{WITH_TERMS} WHERE account = ?"
_BY_CLIENT_ID: Final = (
    f"SELECT {RECORD} FROM {WITH_TERMS} WHERE order_id ="
    " (SELECT order_id FROM order_client_ids WHERE account = ? AND client_order_id = ?)"
)
_NAMED: Final = " AND order_id IN (SELECT order_id FROM order_client_ids WHERE account = ? AND client_order_id = ?)"
_NEWEST_FIRST: Final = " ORDER BY order_id DESC LIMIT ?"
_FILL: Final = "trade_id, price, quantity, fee, liquidity, ts_ns"
_FILLS: Final = "fills WHERE order_id = ? AND account = ? ORDER BY event_seq, sub, leg"
_EVENT: Final = names_of(order_events)
_OLDEST_FIRST: Final = " ORDER BY event_seq, sub, leg LIMIT ?"
_KEPT_AFTER: Final = "SELECT kept_after_seq FROM projection_cursor"
_SCALES: Final = (
    "SELECT price_decimals, qty_decimals, base_decimals, quote_decimals,"
    " (SELECT COUNT(*) FROM outcomes WHERE outcomes.symbol = instruments.symbol) FROM instruments WHERE symbol = ?"
)
_FEE_ASSET: Final = "SELECT quote_symbol FROM instruments WHERE symbol = ?"


class SqlOrderHistory:
    """The orders of one store.

    Args:
        database: the store.
        reached: waits until the tables are at a position.
        entering: commands of this process that say more than reports, on their way into the tables; ``None``: none.
    """

    def __init__(
        self,
        database: Database,
        *,
        reached: Callable[[Position], Awaitable[bool]],
        entering: Entering | None = None,
    ) -> None:
        self._rows, self._page, self._reached = database.direct.rows, database.direct.page, reached
        self._entering = entering
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
        read = partial(self._rows, f"SELECT {RECORD} FROM {_MINE} AND order_id = ?", account, order_id)
        found = await self._whole(read)
        return found[0] if found else None

    async def by_client_id(self, account: int, client_order_id: str, /) -> OrderView | None:
        """Return an order by any client id of its chain, the newest order where an id was used again."""
        rows = await self._rows(_BY_CLIENT_ID, account, client_order_id)
        return record_of(rows[0]).view if rows else None

    async def page(
        self, account: int, wanted: OrderFilter, /, *, before: int | None, count_max: int
    ) -> Sequence[OrderRecord]:
        """Return orders, newest first."""
        text: str = _MINE
        values: list[object] = [account]
        given = (
            (" AND symbol = ?", wanted.symbol),
            (" AND status = ?", wanted.status),
            (" AND side = ?", wanted.side),
            (" AND order_id < ?", before),
        )
        for part, value in given:
            if value is not None:
                text, values = text + part, [*values, value]
        if wanted.client_order_id is not None:
            text, values = text + _NAMED, [*values, account, wanted.client_order_id]
        return await self._whole(partial(self._page, RECORD, text + _NEWEST_FIRST, *values, count_max))

    async def _whole(self, read: Callable[[], Awaitable[Sequence[Row]]]) -> Sequence[OrderRecord]:
        """Return orders with what they were sent with, those too that were entered here just before."""
        # Asked first: what is there by the time the rows are read was perhaps not there while they were.
        pending = frozenset() if self._entering is None else self._entering.pending()
        records = [record_of(row) for row in await read()]
        late = [it.first_seq for it in records if it.sent is None and it.first_seq in pending]
        if late and self._entering is not None:
            await self._entering.entered_all(late)
            records = [record_of(row) for row in await read()]
        return records

    async def fills(self, account: int, order_id: int, /) -> Sequence[Fill]:
        """Return the trades of an order, oldest first."""
        return [fill_of_row(row) for row in await self._page(_FILL, _FILLS, order_id, account)]

    async def events(self, account: int, order_id: int, /, *, count_max: int) -> Sequence[Report]:
        """Return what was said of an order, oldest first."""
        text = f"order_events WHERE order_id = ? AND account = ?{_OLDEST_FIRST}"
        return [report_of_row(row) for row in await self._page(_EVENT, text, order_id, account, count_max)]

    async def events_after(self, account: int | None, position: Position, /, *, count_max: int) -> Sequence[Report]:
        """Return what an account, or everybody, was told after a position, oldest first."""
        if position != BEGINNING:
            rows = await self._rows(_KEPT_AFTER)
            if rows and position.event_seq < rows[0][0]:
                raise NotFoundError(
                    f"events are not kept that long: after={'.'.join(map(str, position))} kept_after={rows[0][0]};"
                    " begin at 0.0.0 with what is kept, or now"
                )
        whose, values = ("", position) if account is None else ("account = ? AND ", (account, *position))
        text = f"order_events WHERE {whose}(event_seq, sub, leg) > (?, ?, ?){_OLDEST_FIRST}"
        return [report_of_row(row) for row in await self._page(_EVENT, text, *values, count_max)]

    async def scales(self, symbol: str, /) -> Scales | None:
        """Return the decimals of an instrument."""
        rows = await self._rows(_SCALES, symbol)
        if not rows:
            return None
        price, quantity, base, quote, events = rows[0]
        return Scales(price=price, quantity=quantity, base=base, quote=quote, is_event=bool(events))

    async def fee_asset(self, symbol: str, /) -> str | None:
        """Return in what the fees of an instrument are paid."""
        if (known := self._fee_assets.get(symbol)) is None and (rows := await self._rows(_FEE_ASSET, symbol)):
            known = self._fee_assets[symbol] = rows[0][0]
        return known


def fill_of_row(row: Row) -> Fill:
    """Return ``trade_id, price, quantity, fee, liquidity, ts_ns`` as the trade they are."""
    trade_id, price, quantity, fee, liquidity, ts_ns = row
    return Fill(
        trade_id=trade_id,
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=Decimal(fee),
        liquidity=liquidity,
        time_ns=ts_ns,
    )
