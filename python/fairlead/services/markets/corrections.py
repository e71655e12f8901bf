"""Trades that operators take back or correct."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final

from fairlead.domain.trading.refused import Scales
from fairlead.errors import NotFoundError, UsageError
from fairlead.model.report import Position, Report
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.trade_history import StandingTrade, TradeHistory
from fairlead.services.markets.grid import on_grid, positive
from fairlead.wire.codec import Value

__all__ = ["Corrections"]


# An amendment is told to the venue first, then to the buyer, then to the seller.
_SELLER: Final = 2


class Corrections:
    """Amendments of trades that the tables have. What the exchange refuses is a report that says so.

    Every method may raise ``NotFoundError``: the tables have no such trade; and ``UnavailableError``: no answer in
    time, the outcome is in doubt; look before doing it again.

    Args:
        front: the session that may do everything.
        feed: which instruments there are.
        history: the trades as they stand.
        reached: waits, a moment at most, until a report is in the tables that ``history`` reads.
    """

    def __init__(
        self,
        front: Front,
        *,
        feed: MarketFeed,
        history: TradeHistory,
        reached: Callable[[Position], Awaitable[bool]],
    ) -> None:
        self._front, self._feed, self._history = front, feed, history
        self._reached = reached

    async def trade(self, trade_id: int) -> StandingTrade:
        """Return a trade as it stands."""
        trade = await self._history.standing(trade_id)
        if trade is None:
            raise NotFoundError(f"no such trade is kept: trade_id={trade_id}")
        return trade

    async def bust(self, trade: StandingTrade) -> Report:
        """Take a trade back: money, assets and fees are as if it had never been."""
        return await self._amend(trade, price=None, quantity=None)

    async def correct(self, trade: StandingTrade, *, price: Decimal | None, quantity: Decimal | None) -> Report:
        """Let a trade stand at another price or for less.

        Raises:
            UsageError: neither is given, or one has more decimals than the instrument.
        """
        if price is None and quantity is None:
            raise UsageError(f"nothing to correct: trade_id={trade.trade_id}; give price, quantity or both")
        return await self._amend(trade, price=price, quantity=quantity)

    def scales(self, trade: StandingTrade) -> Scales:
        """Return what the numbers of a refusal mean."""
        it = self._feed.instruments.listing(trade.symbol)
        return Scales.of(it)

    async def _amend(self, trade: StandingTrade, *, price: Decimal | None, quantity: Decimal | None) -> Report:
        listing = self._feed.instruments.listing(trade.symbol)
        prices, quantities = listing.price_decimals, listing.qty_decimals
        fields: dict[str, Value] = {
            "trade.key.trade_id": trade.trade_id,
            "trade.key.instrument": listing.id,
            "trade.key.buy_order_id": trade.buyer.order_id,
            "trade.key.buyer": trade.buyer.account,
            "trade.key.sell_order_id": trade.seller.order_id,
            "trade.key.seller": trade.seller.account,
            "trade.terms.price": on_grid(trade.price, prices, field="price"),
            "trade.terms.qty": on_grid(trade.quantity, quantities, field="quantity"),
            "trade.terms.buy_fee": listing.quote.mantissa(trade.buyer.fee),
            "trade.terms.sell_fee": listing.quote.mantissa(trade.seller.fee),
            "price": None if price is None else on_grid(price, prices, field="price"),
            "qty": None if quantity is None else positive(quantity, quantities, field="quantity"),
        }
        report = await self._front.command("AmendTrade", fields)
        if report.position is not None and not report.is_rejected:
            # So that who is answered finds it in the tables.
            await self._reached(report.position._replace(leg=_SELLER))
        return report
