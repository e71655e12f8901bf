"""What the demo market trades, how each instrument is priced and sized: those of ``fairlead demo``, and an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Final

__all__ = ["ALIASES", "QUOTE", "QUOTE_DECIMALS", "SHAPES", "Shape"]

QUOTE: Final = "USD"
# Decimals of prices and quantities together fit in these.
QUOTE_DECIMALS: Final = 8
_PRICE_SPAN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An instrument of the demo.

    Attributes:
        symbol: its name.
        base: what is bought and sold.
        price_decimals: decimals of its prices.
        qty_decimals: decimals of its quantities, and of amounts of its base.
        tick: step of the price grid, in price mantissa units.
        anchor_ticks: where its fair price begins, and what that is drawn back to.
        round_lot: the quantity orders are multiples of, in quantity mantissa units.
        share: its part of the activity; only the ratio counts.
        no: of the market of an event, the asset that pays if it does not happen.
        aliases: other names of it, which the service takes where a symbol is asked for.
    """

    symbol: str
    base: str
    price_decimals: int = 2
    qty_decimals: int = 0
    tick: int = 1
    anchor_ticks: int
    round_lot: int = 100
    share: int
    no: str | None = None
    aliases: tuple[str, ...] = ()

    @property
    def ticks_max(self) -> int:
        """Its highest price: below 1 of the market of an event, else far above where it begins."""
        if self.no is None:
            return self.anchor_ticks * _PRICE_SPAN
        return int(10**self.price_decimals) // self.tick - 1

    def price(self, ticks: int) -> Decimal:
        """Return a number of ticks as a price."""
        return Decimal(ticks * self.tick).scaleb(-self.price_decimals)

    def ticks(self, price: Decimal) -> int:
        """Return a price as a number of ticks, a part of one left out."""
        return int(price.scaleb(self.price_decimals)) // self.tick

    def qty(self, lots: int) -> Decimal:
        """Return a number of round lots as a quantity."""
        return Decimal(lots * self.round_lot).scaleb(-self.qty_decimals)


SHAPES: Final = (
    Shape(symbol="AAPL", base="AAPL", anchor_ticks=18_950, share=24),
    Shape(symbol="SPY", base="SPY", anchor_ticks=47_512, share=28),
    Shape(symbol="QQQ", base="QQQ", anchor_ticks=40_384, share=20),
    Shape(
        symbol="BTC-USD",
        base="BTC",
        qty_decimals=4,
        tick=100,
        anchor_ticks=64_250,
        round_lot=500,
        share=17,
        aliases=("BTC",),
    ),
    Shape(
        symbol="ETH-USD",
        base="ETH",
        qty_decimals=4,
        tick=10,
        anchor_ticks=34_120,
        round_lot=5_000,
        share=11,
        aliases=("ETH",),
    ),
    Shape(symbol="RAIN", base="RAIN", no="NO-RAIN", anchor_ticks=42, round_lot=10, share=8),
)
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {alias: shape.symbol for shape in SHAPES for alias in shape.aliases}
)
