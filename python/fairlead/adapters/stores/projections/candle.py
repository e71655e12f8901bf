"""One candle while trades come into it."""

from dataclasses import dataclass
from decimal import Decimal

from fairlead.model.listing import EXACT

__all__ = ["Candle"]


@dataclass(slots=True)
class Candle:
    """What traded within one interval."""

    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    value: Decimal
    trades: int

    def add(self, price: Decimal, quantity: Decimal, value: Decimal) -> None:
        """Take one more trade in, the newest."""
        if price > self.high:
            self.high = price
        if price < self.low:
            self.low = price
        self.close = price
        self.volume = EXACT.add(self.volume, quantity)
        self.value = EXACT.add(self.value, value)
        self.trades += 1
