"""Subscribes to every instrument and keeps it so; those that are listed later too."""

import asyncio
import logging
from typing import Final

from fairlead.errors import FairleadError
from fairlead.model.report import Report
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.markets.recall import Recall
from fairlead.services.markets.tape import Tape

__all__ = ["Following"]

# As many subscriptions as a session of the gateway may have.
_SUBSCRIPTIONS_MAX: Final = 256
_LOOK_S: Final = 5.0
_log = logging.getLogger("fairlead.markets")


class Following:
    """Follows the markets of a feed.

    Args:
        feed: the session.
        tape: what keeps the trades.
        recall: what fills it with those of before.
    """

    def __init__(self, feed: MarketFeed, *, tape: Tape, recall: Recall) -> None:
        self._feed, self._recall = feed, recall
        self._listed = asyncio.Event()
        self._followed: set[str] = set()
        feed.listen(tape.hear)
        feed.listen_reports(self._hear)

    async def run(self) -> None:
        """Follow until cancelled. What cannot be subscribed to is tried again."""
        while True:
            self._listed.clear()
            try:
                await self.step()
                for symbol in sorted(self._followed):
                    await self._recall.step(symbol)
            except FairleadError as error:
                _log.warning("not every market is followed: why=%s", error)
            try:
                async with asyncio.timeout(_LOOK_S):
                    await self._listed.wait()
                    await self._feed.refresh_instruments()
            except TimeoutError:
                continue
            except FairleadError as error:
                _log.warning("the list of instruments does not come: why=%s", error)

    async def step(self) -> None:
        """Subscribe to what is not followed yet."""
        for symbol in sorted(set(self._feed.instruments.symbols()) - self._followed):
            if len(self._followed) >= _SUBSCRIPTIONS_MAX:
                _log.warning("market is not followed: symbol=%s limit=%s", symbol, _SUBSCRIPTIONS_MAX)
                return
            await self._feed.subscribe(symbol)
            self._followed.add(symbol)

    def _hear(self, report: Report) -> None:
        if report.exec_type == "InstrumentListed":
            self._listed.set()
