"""What can be read of what happened: the tables that follow the reports, for the routes."""

from dataclasses import dataclass

from fairlead.ports.money_history import MoneyHistory
from fairlead.ports.order_history import OrderHistory
from fairlead.services.advanced_lists import AdvancedLists
from fairlead.services.order_stories import OrderStories

__all__ = ["Records"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The readers of one process.

    Attributes:
        orders: orders, their trades and their events.
        money: balances, ledger, positions and trades.
        stories: why an order is where it is.
        advanced: orders that wait, hide a part, or depend on each other.
    """

    orders: OrderHistory
    money: MoneyHistory
    stories: OrderStories
    advanced: AdvancedLists
