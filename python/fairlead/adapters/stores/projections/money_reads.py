"""Balances, ledger, positions and trades of who owns them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projection_tables import (
    balances,
    fills,
    instruments,
    ledger,
    positions,
    projection_cursor,
    trades,
)
from fairlead.adapters.stores.projections.position_rows import holding_of
from fairlead.domain.trading.order_view import Fill
from fairlead.errors import UnavailableError
from fairlead.model.listing import Asset
from fairlead.model.report import Position
from fairlead.ports.money_history import BalanceLine, LedgerLine, OwnTrade, PositionLine

__all__ = ["SqlMoneyHistory"]

_PARTS: Final = ("base", "quote")


class SqlMoneyHistory:
    """The money of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def balances(self, account: int, /) -> Sequence[BalanceLine]:
        """Return what an account has, by asset."""
        asked = select(balances).where(balances.c.account == account).order_by(balances.c.asset_id)
        async with self._database.read() as view:
            await _demand_whole(view)
            assets = await _assets(view)
            return [
                BalanceLine(
                    asset_id=row.asset_id,
                    asset=_name(assets, row.asset_id),
                    total=_amount(assets, row.asset_id, row.total),
                    updated_ns=row.updated_ts_ns,
                )
                for row in await view.execute(asked)
            ]

    async def ledger(
        self, account: int, /, *, before: tuple[Position, int] | None, count_max: int
    ) -> Sequence[LedgerLine]:
        """Return the movements of an account, newest first, before one of them."""
        columns = ledger.c
        place = (columns.event_seq, columns.sub, columns.leg, columns.line)
        asked = select(ledger).where(columns.account == account)
        if before is not None:
            asked = asked.where(tuple_(*place) < (*before[0], before[1]))
        async with self._database.read() as view:
            await _demand_whole(view)
            assets = await _assets(view)
            rows = await view.execute(asked.order_by(*(column.desc() for column in place)).limit(count_max))
            return [
                LedgerLine(
                    position=Position(row.event_seq, row.sub, row.leg),
                    line=row.line,
                    asset_id=row.asset_id,
                    asset=_name(assets, row.asset_id),
                    kind=row.kind,
                    amount=_amount(assets, row.asset_id, row.amount),
                    balance=_amount(assets, row.asset_id, row.balance),
                    order_id=row.order_id,
                    trade_id=row.trade_id,
                    ts_ns=row.ts_ns,
                )
                for row in rows
            ]

    async def positions(self, account: int, /) -> Sequence[PositionLine]:
        """Return the positions of an account, by symbol."""
        asked = select(positions).where(positions.c.account == account).order_by(positions.c.symbol)
        async with self._database.read() as view:
            await _demand_whole(view)
            quotes = {row.symbol: row.quote_symbol for row in await view.execute(select(instruments))}
            found = []
            for row in (await view.execute(asked)).all():
                newest = select(trades.c.price, trades.c.ts_ns).where(trades.c.symbol == row.symbol)
                last = (await view.execute(newest.order_by(trades.c.trade_id.desc()).limit(1))).one_or_none()
                found.append(
                    PositionLine(
                        symbol=row.symbol,
                        quote=quotes.get(row.symbol),
                        holding=holding_of((row.quantity, row.cost, row.realized, row.fees)),
                        updated_ns=row.updated_ts_ns,
                        last_price=None if last is None else last.price,
                        last_price_ns=None if last is None else last.ts_ns,
                    )
                )
            return found

    async def trades(
        self, account: int, /, *, symbol: str | None, before: Position | None, count_max: int
    ) -> Sequence[OwnTrade]:
        """Return the trades of an account, newest first, before one of them."""
        columns = fills.c
        place = (columns.event_seq, columns.sub, columns.leg)
        asked = select(fills).where(columns.account == account)
        if symbol is not None:
            asked = asked.where(columns.symbol == symbol)
        if before is not None:
            asked = asked.where(tuple_(*place) < tuple(before))
        async with self._database.read() as view:
            rows = await view.execute(asked.order_by(*(column.desc() for column in place)).limit(count_max))
            return [
                OwnTrade(
                    position=Position(row.event_seq, row.sub, row.leg),
                    order_id=row.order_id,
                    symbol=row.symbol,
                    side=row.side,
                    fill=Fill(
                        trade_id=row.trade_id,
                        price=row.price,
                        quantity=row.quantity,
                        fee=row.fee,
                        liquidity=row.liquidity,
                        time_ns=row.ts_ns,
                    ),
                    fee_asset=row.fee_asset,
                )
                for row in rows
            ]


async def _demand_whole(view: AsyncConnection) -> None:
    is_whole = (await view.execute(select(projection_cursor.c.is_whole))).scalar_one_or_none()
    if not is_whole:
        raise UnavailableError("the tables are not whole: sums over what they have would be wrong")


async def _assets(view: AsyncConnection) -> dict[int, Asset]:
    """Return the assets of all markets by their numbers."""
    found: dict[int, Asset] = {}
    for row in await view.execute(select(instruments)):
        for part in _PARTS:
            number = getattr(row, f"{part}_id")
            decimals = getattr(row, f"{part}_decimals")
            found[number] = Asset(id=number, symbol=getattr(row, f"{part}_symbol"), decimals=decimals)
    return found


def _name(assets: Mapping[int, Asset], asset_id: int) -> str | None:
    return assets[asset_id].symbol if asset_id in assets else None


def _amount(assets: Mapping[int, Asset], asset_id: int, mantissa: int) -> Decimal | None:
    return assets[asset_id].amount(mantissa) if asset_id in assets else None
