"""What an exchange says of a trade that is taken back or corrected."""

from dataclasses import dataclass
from decimal import Decimal

from fairlead.model.event import Event

__all__ = ["TradeAmended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeAmended(Event):
    """A trade was taken back (FIX 150=H; ``qty`` is 0) or corrected (G): it counts as if it had been made so.

    ``was_price`` and ``was_qty`` are as it stood before, the fees what each side pays from now on.
    """

    trade_id: int
    symbol: str
    buy_order_id: int
    buyer: str
    sell_order_id: int
    seller: str
    was_price: Decimal
    was_qty: Decimal
    price: Decimal
    qty: Decimal
    buy_fee: Decimal
    sell_fee: Decimal
