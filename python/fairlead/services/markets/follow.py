"""Subscribes to every instrument and keeps it so; those that are listed later too, and what is changed of one later.

Whoever gives a command, this process or another one, it is reported to all of them; each asks for the instruments then.
"""

import asyncio
import contextlib
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
# After these the instruments are others than those that were told of.
_CHANGES: Final = frozenset({"InstrumentListed", "OutcomeSet", "TicksSet"})
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
        self._told = asyncio.Event()
        # Whether the instruments were not asked for since the last change of them.
        self._is_behind = False
        self._followed: set[str] = set()
        feed.listen(tape.hear)
        feed.listen_reports(self._hear)

    async def run(self) -> None:
        """Follow until cancelled. What cannot be subscribed to is tried again."""
        while True:
            try:
                await self.step()
                for symbol in sorted(self._followed):
                    await self._recall.step(symbol)
            except FairleadError as error:
                _log.warning("not every market is followed: why=%s", error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._told.wait()
            try:
                await self._ask_again()
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

    async def _ask_again(self) -> None:
        """Ask for the instruments where they changed; what changes meanwhile, or is not answered, is asked for next."""
        self._is_behind |= self._told.is_set()
        self._told.clear()
        if self._is_behind:
            await self._feed.refresh_instruments()
            self._is_behind = False

    def _hear(self, report: Report) -> None:
        if report.exec_type in _CHANGES:
            self._told.set()
