"""Live connections over the session to the exchange and the tables that follow it."""

import time

from fairlead.domain.limits.bucket import Rate
from fairlead.ports.market_feed import MarketFeed
from fairlead.services.access import Needs
from fairlead.services.access.liveness import still_counts
from fairlead.services.projections import Follower
from fairlead.services.streaming import Doors, Hub, News, Sockets
from fairlead.settings import Limits

__all__ = ["live_sockets"]


def live_sockets(limits: Limits, *, feed: MarketFeed, follower: Follower, needs: Needs) -> Sockets:
    """Return what live connections work with; it hears the feed and the tables from now on."""
    news = News()
    follower.listen(news.hear)
    per_s = limits.connection_messages_per_s
    return Sockets(
        hub=Hub(feed),
        news=news,
        # Addresses, and all connections, are counted where they are accepted.
        doors=Doors({"account": limits.account_connections_max}),
        counts=lambda principal: still_counts(needs, principal),
        position=lambda: follower.position,
        now_ns=time.monotonic_ns,
        rate=Rate(count=per_s, burst=per_s * limits.burst_s),
        queue_bytes_max=limits.queue_bytes_max,
        subscriptions_max=limits.subscriptions_max,
        auth_wait_s=limits.auth_wait_s,
        idle_s=limits.idle_s,
        body_bytes_max=limits.body_bytes_max,
        depth_max=limits.json_depth_max,
    )
