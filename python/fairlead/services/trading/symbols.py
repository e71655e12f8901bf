"""Symbols as people give them."""

from typing import Final

from fairlead.domain.trading.refused import refused
from fairlead.model.report import Report
from fairlead.ports.instruments import InstrumentScales

__all__ = ["Symbols"]

_UNKNOWN: Final = Report(kind="CommandReport", fields={}, is_rejected=True, reason="UNKNOWN_INSTRUMENT")


class Symbols:
    """Reads them.

    Args:
        instruments: what the exchange told of.
    """

    def __init__(self, instruments: InstrumentScales) -> None:
        self._instruments = instruments

    async def known(self, symbol: str) -> str:
        """Return the symbol of the instrument that is meant.

        Raises:
            RefusedError: there is none.
        """
        if self._instruments.scales(symbol) is None:
            await self._instruments.refresh()
        if self._instruments.scales(symbol) is None:
            raise refused(_UNKNOWN, what=f"symbol={symbol:.40}")
        return symbol
