"""The desks of trading as one thing that is handed on."""

from dataclasses import dataclass

from fairlead.services.trading.accounts import EngineAccounts
from fairlead.services.trading.advanced import AdvancedDesk
from fairlead.services.trading.orders import OrderDesk

__all__ = ["Trading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trading:
    """Where a user trades.

    Attributes:
        orders: single orders.
        advanced: groups of orders.
        accounts: the account of each user at the exchange.
        batch_orders_max: orders of one batch, 1 or more.
    """

    orders: OrderDesk
    advanced: AdvancedDesk
    accounts: EngineAccounts
    batch_orders_max: int = 50
