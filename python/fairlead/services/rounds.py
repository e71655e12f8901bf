"""Looks at parts and markets again and again, so that figures say how they stand while nobody asks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final

from fairlead.errors import FairleadError
from fairlead.ports.telemetry import Telemetry
from fairlead.services.markets import Markets
from fairlead.services.readiness import Readiness

__all__ = ["Rounds"]

_STANDS_STILL: Final = frozenset({"Halted", "VolatilityAuction"})
_log = logging.getLogger("fairlead.service")


class Rounds:
    """Looks, and tells what counts.

    Args:
        telemetry: what counts.
        readiness: the parts.
        markets: the markets.
    """

    def __init__(self, telemetry: Telemetry, *, readiness: Readiness, markets: Markets) -> None:
        self._telemetry, self._readiness, self._markets = telemetry, readiness, markets

    async def run(self, *, health_s: float, breaker_s: float) -> None:
        """Look at the parts each ``health_s`` seconds, and at the markets each ``breaker_s``, until cancelled."""
        async with asyncio.TaskGroup() as looks:
            looks.create_task(_each(health_s, self.look_at_parts))
            looks.create_task(_each(breaker_s, self.look_at_markets))

    async def look_at_parts(self) -> None:
        """Say of each part whether it is there."""
        for part in await self._readiness.check():
            self._telemetry.part_is(part.name, is_ready=part.is_ready)

    async def look_at_markets(self) -> None:
        """Say of each market whether it stands still, and how wide its spread is."""
        for market in await self._markets.listing():
            book = await self._markets.book(market.symbol, levels=1)
            spread = _spread(book.bids[0].price, book.asks[0].price) if book.bids and book.asks else None
            self._telemetry.market_is(market.symbol, is_halted=book.state in _STANDS_STILL, spread=spread)


def _spread(bid: Decimal, ask: Decimal) -> float | None:
    """The difference as a share of the middle; ``None`` where the middle is not above 0."""
    return float((ask - bid) * 2 / (ask + bid)) if ask + bid > 0 else None


async def _each(seconds: float, look: Callable[[], Awaitable[None]]) -> None:
    while True:
        # First: what has just been started is not missing.
        await asyncio.sleep(seconds)
        try:
            await look()
        except FairleadError as error:
            _log.info("round_failed", extra={"why": str(error)})
