"""What the service knows of its markets, followed on a task of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fairlead.adapters.stores.projections import SqlKeptBars, SqlStopHistory
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.ports.clock import Clock
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.minute_bars import KeptBars
from fairlead.ports.projections import Progress, ReportPlaces
from fairlead.ports.stop_history import StopHistory
from fairlead.services.markets import Breakers, Coverage, Following, Markets, Recall, Tape, TapeMinutes

__all__ = ["followed_markets", "markets"]


@asynccontextmanager
async def followed_markets(
    feed: MarketFeed,
    *,
    places: ReportPlaces,
    clock: Clock,
    follower: Progress,
    history: StopHistory,
    kept: KeptBars,
    aliases: Mapping[str, str],
) -> AsyncIterator[tuple[Markets, Breakers]]:
    """Yield the markets of a session and their breakers, which are followed meanwhile."""
    tape, breakers = Tape(clock=clock), Breakers(feed)
    # First to the tables' news, then to what they have: between the two nothing is missed.
    be_silent = follower.listen(breakers.recall)
    async for reports in history.stops():
        breakers.recall(reports)
    coverage = Coverage(places, reached=follower.reached, clock=clock)
    recall = Recall(feed, tape=tape, kept=kept, coverage=coverage, clock=clock)
    following, minutes = Following(feed, tape=tape, recall=recall), TapeMinutes(feed, tape)
    try:
        async with background(following.run(), name="markets", lost="the markets are followed no more"):
            yield (
                Markets(feed, tape=tape, minutes=minutes, kept=kept, coverage=coverage, clock=clock, aliases=aliases),
                breakers,
            )
    finally:
        be_silent()


@asynccontextmanager
async def markets(house: House) -> AsyncIterator[None]:
    """Leave the markets and their breakers."""
    known = followed_markets(
        house.feed,
        places=house.copy,
        clock=house.needs.clock,
        follower=house.follower,
        history=SqlStopHistory(house.database),
        kept=SqlKeptBars(house.database),
        aliases=house.aliases,
    )
    async with known as (house.markets, house.breakers):
        yield
