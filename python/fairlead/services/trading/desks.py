"""The desks of trading as one thing that is handed on."""

from dataclasses import dataclass

from fairlead.services.trading.accounts import EngineAccounts
from fairlead.services.trading.advanced import AdvancedDesk
from fairlead.services.trading.orders import OrderDesk
from fairlead.services.trading.recent_orders import RecentOrders
from fairlead.services.trading.symbols import Symbols

__all__ = ["Trading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """Where a user trades.

    Attributes:
        orders: single orders.
        advanced: groups of orders.
        accounts: the account of each user at the exchange.
        recent: what was heard of orders; reads wait until the tables have it.
        symbols: which instrument a symbol means.
        batch_orders_max: orders of one batch, 1 or more.
    """

    orders: OrderDesk
    advanced: AdvancedDesk
    accounts: EngineAccounts
    recent: RecentOrders
    symbols: Symbols
    batch_orders_max: int = 50
