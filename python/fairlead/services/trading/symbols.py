"""Symbols as people give them: each is that of an instrument, or another name of one."""

from collections.abc import Mapping
from typing import Final

from fairlead.domain.trading.refused import Scales, refused
from fairlead.model.report import Report
from fairlead.ports.instruments import InstrumentScales

__all__ = ["UNKNOWN", "Symbols"]

# What the exchange says of a symbol that is no name of anything.
UNKNOWN: Final = Report(kind="CommandReport", fields={}, is_rejected=True, reason="UNKNOWN_INSTRUMENT")


class Symbols:
    """Reads them.

    Args:
        instruments: what the exchange told of.
        aliases: other names of instruments; the symbol of an instrument is none of them.
    """

    def __init__(self, instruments: InstrumentScales, *, aliases: Mapping[str, str]) -> None:
        self._instruments, self._aliases = instruments, aliases

    def canonical(self, symbol: str) -> str:
        """Return the symbol of the instrument that is meant; what is no name of any as it is."""
        meant = self._aliases.get(symbol)
        return symbol if meant is None or self._instruments.scales(symbol) is not None else meant

    async def known(self, symbol: str) -> str:
        """Return the symbol of the instrument that is meant.

        Raises:
            RefusedError: there is none.
        """
        meant = self.canonical(symbol)
        await self.scales(meant)
        return meant

    async def scales(self, symbol: str) -> Scales:
        """Return the decimals of an instrument, which may have been listed a moment ago.

        Raises:
            RefusedError: there is none.
        """
        if self._instruments.scales(symbol) is None:
            await self._instruments.refresh()
        if (scales := self._instruments.scales(symbol)) is None:
            raise refused(UNKNOWN, what=f"symbol={symbol:.40}")
        return scales
