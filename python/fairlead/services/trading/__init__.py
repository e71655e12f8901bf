"""What a user asks of the exchange: orders and groups of them, always in the one account of the user."""

from fairlead.services.trading.accounts import EngineAccounts
from fairlead.services.trading.advanced import AdvancedDesk, PlacedGroup
from fairlead.services.trading.desks import Trading
from fairlead.services.trading.floor import Floor
from fairlead.services.trading.orders import OrderDesk, Outcome, Placed
from fairlead.services.trading.recent_orders import RecentOrders
from fairlead.services.trading.symbols import Symbols

__all__ = [
    "AdvancedDesk",
    "EngineAccounts",
    "Floor",
    "OrderDesk",
    "Outcome",
    "Placed",
    "PlacedGroup",
    "RecentOrders",
    "Symbols",
    "Trading",
]
