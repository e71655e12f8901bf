"""Live connections over the session to the exchange and the tables that follow it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from fairlead import aio
from fairlead.adapters.serving import USERS_FROM
from fairlead.adapters.telemetry import Gauges
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.trading.refused import Scales
from fairlead.engine.journal_reports import last_seq
from fairlead.errors import NotFoundError
from fairlead.model.report import BEGINNING, Position
from fairlead.ports.market_feed import MarketFeed
from fairlead.ports.projections import Progress
from fairlead.services.access import Needs
from fairlead.services.access.liveness import still_counts
from fairlead.services.markets import Markets
from fairlead.services.publishing import Bodies
from fairlead.services.streaming import Doors, Hub, Live, LiveCandles, News, Sockets, Tally
from fairlead.services.streaming.hub import PUBLIC
from fairlead.services.trading import RecentOrders
from fairlead.settings import Limits
from fairlead.web.sockets.drop_copy import DROP_COPY
from fairlead.web.sockets.stream import PRIVATE

__all__ = ["live_sockets", "log_end", "sockets"]

# After every report of one command.
_SUB_MAX: Final = 2**32 - 1
_LEG_MAX: Final = 2**8 - 1


async def log_end(directory: Path) -> Position:
    """Return the last place in the log of a data directory."""
    try:
        return Position(await asyncio.to_thread(last_seq, directory), _SUB_MAX, _LEG_MAX)
    except NotFoundError:
        return BEGINNING


def live_sockets(
    limits: Limits,
    *,
    front: aio.Client,
    feed: MarketFeed,
    follower: Progress,
    needs: Needs,
    markets: Markets,
    bodies: Bodies,
    end: Position,
) -> Sockets:
    """Return what live connections work with; it hears the session and the tables from now on.

    Args:
        limits: the bounds.
        front: the session that hears users.
        feed: market data.
        follower: the tables.
        needs: who may be there.
        markets: what traded so far.
        bodies: writes what is told of reports.
        end: what the log had when the service began.
    """
    # The tables have a session of their own, which may be ahead of the one that hears users.
    news = News()
    live = Live(
        position=lambda: front.position,
        hole=lambda: front.hole,
        end=lambda: max(end, follower.position),
        accounts_from=USERS_FROM,
    )
    front.listen_reports(live.hear)
    follower.listen(news.hear)
    per_s, bytes_per_s = limits.connection_messages_per_s, limits.connection_bytes_per_s
    return Sockets(
        hub=Hub(feed, candles=LiveCandles(markets.tape, clock=needs.clock)),
        live=live,
        bodies=bodies,
        news=news,
        tally=Tally((*PRIVATE, DROP_COPY, *PUBLIC)),
        # Addresses, and all connections, are counted where they are accepted.
        doors=Doors({"account": limits.account_connections_max}),
        counts=lambda principal: still_counts(needs, principal),
        position=lambda: follower.position,
        now_ns=time.monotonic_ns,
        rate=Rate(count=per_s, burst=per_s * limits.burst_s),
        byte_rate=Rate(count=bytes_per_s, burst=bytes_per_s * limits.burst_s),
        queue_bytes_max=limits.queue_bytes_max,
        subscriptions_max=limits.subscriptions_max,
        auth_wait_s=limits.auth_wait_s,
        idle_s=limits.idle_s,
        body_bytes_max=limits.body_bytes_max,
        depth_max=limits.json_depth_max,
    )


def _bodies(front: aio.Client, recent: RecentOrders) -> Bodies:
    """Return what writes the reports that a session hears, as it hears them."""

    async def scales(symbol: str) -> Scales | None:
        listed = front.instruments
        return Scales.of(listed.listing(symbol)) if listed.knows(symbol) else None

    return Bodies(find=recent.find, scales=scales)


@asynccontextmanager
async def sockets(house: House) -> AsyncIterator[None]:
    """Leave the live connections, which are counted, and told meanwhile what is told by the clock."""
    house.sockets = live_sockets(
        house.settings.limits,
        front=house.front,
        feed=house.feed,
        follower=house.follower,
        needs=house.needs,
        markets=house.markets,
        bodies=_bodies(house.front, house.desks.recent),
        end=await log_end(house.directory),
    )
    tally = house.sockets.tally
    open_ = Gauges("websocket_connections", "Live connections.", label="kind", read=tally.connections)
    heard = Gauges("websocket_subscriptions", "Their channels.", label="channel", read=tally.subscriptions)
    house.telemetry.add([open_, heard])
    async with background(house.sockets.hub.run(), name="hub", lost="live connections are told nothing by the clock"):
        yield
