"""Which instruments the exchange has, as far as a service must know to read their numbers."""

from typing import Protocol

from fairlead.domain.trading.refused import Scales

__all__ = ["InstrumentScales"]


class InstrumentScales(Protocol):
    """The instruments that the exchange told of."""

    def scales(self, symbol: str, /) -> Scales | None:
        """Return the decimals of an instrument; ``None``: the exchange told of none."""
        ...

    async def refresh(self) -> None:
        """Ask the exchange for the list again.

        Raises:
            UnavailableError: it does not answer in time.
        """
        ...
