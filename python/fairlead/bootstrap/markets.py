"""What the service knows of its markets, followed on a task of its own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.markets import Following, Markets, Tape, TapeMinutes

__all__ = ["followed_markets"]


@asynccontextmanager
async def followed_markets(feed: MarketFeed, *, clock: Clock) -> AsyncIterator[Markets]:
    """Yield the markets of a session, which are followed meanwhile."""
    tape = Tape(clock=clock)
    task = asyncio.create_task(Following(feed, tape=tape).run(), name="fairlead-markets")
    try:
        yield Markets(feed, tape=tape, minutes=TapeMinutes(feed, tape), clock=clock)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
