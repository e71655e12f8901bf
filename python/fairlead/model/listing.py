"""What a reader of reports must know of an instrument: its decimals, and which two assets change hands."""

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from typing import Final

__all__ = ["EXACT", "Asset", "Listing"]

# Sums and products of what is traded: wide enough for any of them, and an error where it would not be.
EXACT: Final = Context(prec=160, traps=[Inexact])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """Money or goods: ``amount = mantissa / 10**decimals``."""

    id: int
    symbol: str
    decimals: int

    def amount(self, mantissa: int) -> Decimal:
        """Return an amount of it as a decimal."""
        return Decimal(mantissa).scaleb(-self.decimals, context=EXACT)

    def mantissa(self, amount: Decimal) -> int:
        """Return an amount of it as a whole number.

        Raises:
            Inexact: it has more decimals than the asset.
        """
        return int(amount.scaleb(self.decimals, context=EXACT).to_integral_exact(context=EXACT))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An instrument: ``base`` is bought and sold, ``quote`` is paid.

    ``no`` is the asset that pays if the event of the market does not happen; ``None`` where it is not that of an event.
    """

    id: int
    symbol: str
    price_decimals: int
    qty_decimals: int
    base: Asset
    quote: Asset
    no: Asset | None = None

    def quantity(self, mantissa: int) -> Decimal:
        """Return a quantity of the wire as a decimal."""
        return Decimal(mantissa).scaleb(-self.qty_decimals, context=EXACT)

    def price(self, mantissa: int) -> Decimal:
        """Return a price of the wire as a decimal."""
        return Decimal(mantissa).scaleb(-self.price_decimals, context=EXACT)
