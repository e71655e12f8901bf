"""Carries out what the agents want, command by command, at a steady rate; what is refused is simply not done."""

import asyncio
import logging
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.ports.front import Front
from fairlead.ports.market_feed import MarketFeed, PublicBook
from fairlead.services.demo_market.agents import Agents, Quote, Take
from fairlead.services.demo_market.shapes import SHAPES

__all__ = ["DemoRun"]

_OPEN: Final = "Continuous"
_PAUSE_S: Final = 1.0
_log = logging.getLogger("fairlead.demo")


class DemoRun:
    """The demo market in progress.

    Args:
        feed: what the agents see.
        makers: a session of its own for each maker.
        taker: that of the taker.
        agents: what they want.
        per_s: commands a second.
    """

    def __init__(self, feed: MarketFeed, *, makers: Sequence[Front], taker: Front, agents: Agents, per_s: int) -> None:
        self._feed, self._makers, self._taker, self._agents = feed, makers, taker, agents
        self._interval_s = 1.0 / per_s
        # The order that rests in a maker's slot: maker, symbol, side, slot.
        self._slots: dict[tuple[int, str, str, int], str] = {}

    async def begin(self) -> None:
        """Go on from where the books are: take over their prices, withdraw the quotes of before, quote anew.

        Raises:
            UnavailableError: the exchange does not answer.
        """
        for shape in SHAPES:
            book = await self._feed.subscribe(shape.symbol)
            bids, asks = book.bids, book.asks
            if bids and asks:
                self._agents.meet(shape.symbol, bid=bids[0].price, ask=asks[0].price)
        for trader in (*self._makers, self._taker):
            await trader.mass_cancel()
        for quote in self._agents.opening():
            if (await self._feed.subscribe(quote.symbol)).state == _OPEN:
                await self._quote(quote)

    async def run(self) -> None:
        """Trade until cancelled."""
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            try:
                commands = await self._step()
            except UnavailableError as error:
                _log.warning("the demo market waits: why=%s", error)
                commands = 0
                await asyncio.sleep(_PAUSE_S)
            # What could not be done in time is left out and not made up for.
            due_s = max(due_s + max(1, commands) * self._interval_s, loop.time() - _PAUSE_S)
            await asyncio.sleep(max(0.0, due_s - loop.time()))

    async def _step(self) -> int:
        """Do one thing; return how many commands it took."""
        symbol = self._agents.pick()
        book = await self._feed.subscribe(symbol)
        if book.state != _OPEN:
            return 0
        bid, ask = _best(book)
        wish = self._agents.next(symbol, bid=bid, ask=ask)
        return await (self._quote(wish) if isinstance(wish, Quote) else self._take(wish))

    async def _quote(self, quote: Quote) -> int:
        trader, place = self._makers[quote.maker], (quote.maker, quote.symbol, quote.side, quote.slot)
        commands, before = 1, self._slots.pop(place, None)
        if before is not None:
            # It may have traded meanwhile: then there is nothing to cancel.
            await trader.cancel(before)
            commands = 2
        report = await trader.submit(
            symbol=quote.symbol,
            side=quote.side,
            ord_type="limit",
            order_qty=quote.qty,
            price=quote.price,
            post_only=True,
        )
        if not report.is_rejected and report.cl_ord_id is not None:
            self._slots[place] = report.cl_ord_id
        return commands

    async def _take(self, take: Take) -> int:
        await self._taker.submit(
            symbol=take.symbol,
            side=take.side,
            ord_type="limit",
            order_qty=take.qty,
            price=take.price,
            time_in_force="ioc",
        )
        return 1


def _best(book: PublicBook) -> tuple[Decimal | None, Decimal | None]:
    bids, asks = book.bids, book.asks
    return bids[0].price if bids else None, asks[0].price if asks else None
