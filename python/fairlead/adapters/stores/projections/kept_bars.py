"""Candles and trades out of their tables, in whole numbers."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Final

from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.step import Row, Step
from fairlead.domain.market_data.bars import Bar
from fairlead.domain.market_data.public_trade import PublicTrade
from fairlead.model.listing import EXACT
from fairlead.ports.minute_bars import KeptSpan

__all__ = ["SqlKeptBars"]

_SCALES: Final = "SELECT price_decimals, qty_decimals FROM instruments WHERE symbol = ? ORDER BY instrument_id LIMIT 1"
_BARS: Final = (
    "SELECT open_ts_ns, open, high, low, close, volume, value, trades FROM candles "
    "WHERE symbol = ? AND interval_s = ? AND open_ts_ns >= ? AND open_ts_ns < ? ORDER BY open_ts_ns {order} LIMIT ?"
)
_TRADES: Final = (
    "SELECT trade_id, ts_ns, price, quantity, taker_side FROM trades WHERE symbol = ? ORDER BY trade_id DESC LIMIT ?"
)
_WHOLE: Final = "SELECT is_whole FROM projection_cursor"
_REPORT: Final = "SELECT ts_ns FROM order_events ORDER BY event_seq {order}, sub {order}, leg {order} LIMIT 1"


class SqlKeptBars:
    """The candles of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._direct = database.direct

    async def span(self) -> KeptSpan:
        """Return of which time they tell."""
        return await self._direct.read(_span)

    async def bars(
        self, symbol: str, /, *, width_s: int, begin_ns: int, end_ns: int, count_max: int, newest: bool
    ) -> Sequence[Bar]:
        """Return bars in which something traded, oldest first."""
        asked = _BARS.format(order="DESC" if newest else "ASC")
        found = await self._direct.read(partial(_bars, asked, (symbol, width_s, begin_ns, end_ns, count_max)))
        return found[::-1] if newest else found

    async def trades(self, symbol: str, /, *, count_max: int) -> Sequence[PublicTrade]:
        """Return the newest trades, oldest first."""
        return await self._direct.read(partial(_trades, symbol, count_max))


def _span(view: Step) -> KeptSpan:
    whole, last = view.rows(_WHOLE), view.rows(_REPORT.format(order="DESC"))
    end_ns = last[0][0] if last else 0
    if whole and whole[0][0]:
        return KeptSpan(begin_ns=0, end_ns=end_ns)
    first = view.rows(_REPORT.format(order="ASC"))
    # Of the moment of the first report there may have been more.
    return KeptSpan(begin_ns=first[0][0] + 1 if first else end_ns, end_ns=end_ns)


def _bars(asked: str, values: Sequence[object], view: Step) -> list[Bar]:
    scales = view.rows(_SCALES, values[:1])
    if not scales:
        return []
    price, qty = scales[0]
    return [_bar(row, price, qty) for row in view.rows(asked, values)]


def _trades(symbol: str, count_max: int, view: Step) -> list[PublicTrade]:
    scales = view.rows(_SCALES, (symbol,))
    if not scales:
        return []
    price, qty = scales[0]
    return [_trade(row, price, qty) for row in reversed(view.rows(_TRADES, (symbol, count_max)))]


def _trade(row: Row, price: int, qty: int) -> PublicTrade:
    trade_id, ts_ns, last_px, last_qty, taker = row
    return PublicTrade(
        trade_id=trade_id,
        ts_ns=ts_ns,
        price=_whole(last_px, price),
        qty=_whole(last_qty, qty),
        aggressor=None if taker is None else taker.capitalize(),
    )


def _bar(row: Row, price: int, qty: int) -> Bar:
    open_ns, first, high, low, last, volume, value, trades = row
    return Bar(
        open_ns=open_ns,
        open=_whole(first, price),
        high=_whole(high, price),
        low=_whole(low, price),
        close=_whole(last, price),
        volume=_whole(volume, qty),
        value=_whole(value, price + qty),
        trades=trades,
    )


def _whole(text: str, decimals: int) -> int:
    return int(Decimal(text).scaleb(decimals, context=EXACT).to_integral_exact(context=EXACT))
