"""The whole numbers of a market as the decimals that are told."""

from decimal import Context, Decimal
from typing import Final

from fairlead.ports.market_feed import Listed

__all__ = ["Scale", "whole"]

_EXACT: Final = Context(prec=96)


class Scale:
    """The decimals of one instrument.

    Args:
        listed: the instruments.
        symbol: which.
    """

    def __init__(self, listed: Listed, symbol: str) -> None:
        fields = listed.definition(symbol).fields
        self.instrument = whole(fields["instrument"])
        self._price, self._qty = (-whole(fields[f"{part}_decimals"]) for part in ("price", "qty"))

    def price(self, mantissa: object) -> str:
        """Return a price."""
        return _text(mantissa, self._price)

    def qty(self, mantissa: object) -> str:
        """Return a quantity."""
        return _text(mantissa, self._qty)

    def value(self, mantissa: object) -> str:
        """Return a sum of price times quantity."""
        return _text(mantissa, self._price + self._qty)


def whole(value: object) -> int:
    """Return a field of the wire as the whole number that it is."""
    return value if isinstance(value, int) else 0


def _text(mantissa: object, exponent: int) -> str:
    return f"{Decimal(whole(mantissa)).scaleb(exponent, context=_EXACT):f}"
