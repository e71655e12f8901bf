"""Balances, ledger, positions, trades and fee schedule of who owns them."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.projections.order_reads import fill_of_row
from fairlead.adapters.stores.projections.position_rows import holding_of
from fairlead.adapters.stores.step import Row, Step
from fairlead.errors import UnavailableError
from fairlead.model.listing import Asset
from fairlead.model.report import Position
from fairlead.ports.money_history import BalanceLine, FeeSchedule, LedgerLine, OwnTrade, PositionLine

__all__ = ["SqlMoneyHistory"]

_IS_WHOLE: Final = "SELECT is_whole FROM projection_cursor"
_BALANCES: Final = "SELECT asset_id, total, updated_ts_ns FROM balances WHERE account = ? ORDER BY asset_id"
_MOVEMENT: Final = "event_seq, sub, leg, line, asset_id, kind, amount, balance, order_id, trade_id, ts_ns"
_LEDGER: Final = "ledger WHERE account = ?"
_LEDGER_BEFORE: Final = " AND (event_seq, sub, leg, line) < (?, ?, ?, ?)"
_LEDGER_NEWEST: Final = " ORDER BY event_seq DESC, sub DESC, leg DESC, line DESC LIMIT ?"
_POSITIONS: Final = (
    "SELECT symbol, updated_ts_ns, quantity, cost, realized, fees FROM positions WHERE account = ? ORDER BY symbol"
)
_LAST_TRADE: Final = "SELECT price, ts_ns FROM trades WHERE symbol = ? ORDER BY trade_id DESC LIMIT 1"
# Where trades are not kept that long: how the last minute ended in which something traded.
_LAST_MINUTE: Final = (
    "SELECT close, open_ts_ns FROM candles WHERE symbol = ? AND interval_s = 60 ORDER BY open_ts_ns DESC LIMIT 1"
)
_TRADE: Final = (
    "event_seq, sub, leg, order_id, symbol, side, fee_asset, trade_id, price, quantity, fee, liquidity, ts_ns"
)
_TRADES: Final = "fills WHERE account = ?"
_TRADES_NEWEST: Final = " ORDER BY event_seq DESC, sub DESC, leg DESC LIMIT ?"
_QUOTES: Final = "SELECT symbol, quote_symbol FROM instruments"
_ASSETS: Final = (
    "SELECT base_id, base_symbol, base_decimals FROM instruments"
    " UNION SELECT quote_id, quote_symbol, quote_decimals FROM instruments"
    " UNION SELECT no_id, no_symbol, base_decimals FROM outcomes JOIN instruments USING (instrument_id)"
)
_SCHEDULE: Final = "SELECT schedule FROM account_fees WHERE account = ?"
_NOTIONAL: Final = 0
_VARIANCE: Final = 1
_RATES: Final = "SELECT base, maker_ppm, taker_ppm FROM fee_rates WHERE schedule = ?"


class SqlMoneyHistory:
    """The money of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct
        # Of what was listed once; it never changes. Threads that read fill them.
        self._assets: dict[int, Asset] = {}
        self._quotes: dict[str, str] = {}

    async def balances(self, account: int, /) -> Sequence[BalanceLine]:
        """Return what an account has, by asset."""
        return await self._direct.read(partial(self._balances, account))

    def _balances(self, account: int, view: Step) -> Sequence[BalanceLine]:
        _demand_whole(view)
        rows = view.rows(_BALANCES, (account,))
        self._learn_assets(view, {row[0] for row in rows})
        return [
            BalanceLine(
                asset_id=asset_id,
                asset=self._name(asset_id),
                total=self._amount(asset_id, total),
                updated_ns=updated_ns,
            )
            for asset_id, total, updated_ns in rows
        ]

    async def ledger(
        self, account: int, /, *, before: tuple[Position, int] | None, count_max: int
    ) -> Sequence[LedgerLine]:
        """Return the movements of an account, newest first, before one of them."""
        text: str = _LEDGER
        values: Row = (account, count_max)
        if before is not None:
            text, values = _LEDGER + _LEDGER_BEFORE, (account, *before[0], before[1], count_max)
        return await self._direct.read(partial(self._ledger, text + _LEDGER_NEWEST, values))

    def _ledger(self, text: str, values: Row, view: Step) -> Sequence[LedgerLine]:
        _demand_whole(view)
        rows = view.page(_MOVEMENT, text, values)
        self._learn_assets(view, {row[4] for row in rows})
        return [
            LedgerLine(
                position=Position(event_seq, sub, leg),
                line=line,
                asset_id=asset_id,
                asset=self._name(asset_id),
                kind=kind,
                amount=self._amount(asset_id, amount),
                balance=self._amount(asset_id, balance),
                order_id=order_id,
                trade_id=trade_id,
                ts_ns=ts_ns,
            )
            for event_seq, sub, leg, line, asset_id, kind, amount, balance, order_id, trade_id, ts_ns in rows
        ]

    async def positions(self, account: int, /) -> Sequence[PositionLine]:
        """Return the positions of an account, by symbol."""
        return await self._direct.read(partial(self._positions, account))

    def _positions(self, account: int, view: Step) -> Sequence[PositionLine]:
        _demand_whole(view)
        found = []
        for symbol, updated_ns, *amounts in view.rows(_POSITIONS, (account,)):
            if symbol not in self._quotes:
                self._quotes.update((name, quote) for name, quote in view.rows(_QUOTES))
            last = view.rows(_LAST_TRADE, (symbol,)) or view.rows(_LAST_MINUTE, (symbol,))
            found.append(
                PositionLine(
                    symbol=symbol,
                    quote=self._quotes.get(symbol),
                    holding=holding_of(amounts),
                    updated_ns=updated_ns,
                    last_price=Decimal(last[0][0]) if last else None,
                    last_price_ns=last[0][1] if last else None,
                )
            )
        return found

    async def fee_schedule(self, account: int, /) -> FeeSchedule:
        """Return by what an account pays."""
        return await self._direct.read(partial(self._fee_schedule, account))

    def _fee_schedule(self, account: int, view: Step) -> FeeSchedule:
        _demand_whole(view)
        number = next((number for (number,) in view.rows(_SCHEDULE, (account,))), 0)
        rates = {base: (maker, taker) for base, maker, taker in view.rows(_RATES, (number,))}
        return FeeSchedule(number=number, notional=rates.get(_NOTIONAL, (0, 0)), variance=rates.get(_VARIANCE, (0, 0)))

    async def trades(
        self, account: int, /, *, symbol: str | None, before: Position | None, count_max: int
    ) -> Sequence[OwnTrade]:
        """Return the trades of an account, newest first, before one of them."""
        text: str = _TRADES
        values: list[object] = [account]
        if symbol is not None:
            text, values = f"{text} AND symbol = ?", [*values, symbol]
        if before is not None:
            text, values = f"{text} AND (event_seq, sub, leg) < (?, ?, ?)", [*values, *before]
        rows = await self._direct.page(_TRADE, text + _TRADES_NEWEST, *values, count_max)
        return [
            OwnTrade(
                position=Position(event_seq, sub, leg),
                order_id=order_id,
                symbol=name,
                side=side,
                fill=fill_of_row(tuple(fill)),
                fee_asset=fee_asset,
            )
            for event_seq, sub, leg, order_id, name, side, fee_asset, *fill in rows
        ]

    def _learn_assets(self, view: Step, wanted: set[int]) -> None:
        """Read the assets of all markets where one is wanted that is not known."""
        if not wanted <= self._assets.keys():
            rows = view.rows(_ASSETS)
            self._assets.update((number, Asset(id=number, symbol=name, decimals=of)) for number, name, of in rows)

    def _name(self, asset_id: int) -> str | None:
        return self._assets[asset_id].symbol if asset_id in self._assets else None

    def _amount(self, asset_id: int, mantissa: str) -> Decimal | None:
        return self._assets[asset_id].amount(int(mantissa)) if asset_id in self._assets else None


def _demand_whole(view: Step) -> None:
    rows = view.rows(_IS_WHOLE)
    if not rows or not rows[0][0]:
        raise UnavailableError("the tables are not whole: sums over what they have would be wrong")
