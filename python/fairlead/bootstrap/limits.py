"""The buckets, the door and the pages of the service, as ``[limits]`` sets them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.serving import Door
from fairlead.bootstrap.house import House
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.plan import Plan, Policy
from fairlead.services.rate_limits import RateLimits
from fairlead.settings import Limits, Settings
from fairlead.web.paging import PageSizes

__all__ = ["door_of", "limits", "page_sizes", "rate_limits"]

_MINUTE_S = 60


def rate_limits(limits: Limits) -> RateLimits:
    """Return full buckets of these rates, on a clock that never goes back."""
    per_s = {
        Policy.IP: limits.ip_requests_per_s,
        Policy.IP_CANCELS: limits.ip_cancels_per_s,
        Policy.IP_MARKET_DATA: limits.ip_market_data_per_s,
        Policy.KEY: limits.key_requests_per_s,
        Policy.READS: limits.account_reads_per_s,
        Policy.ORDERS: limits.account_orders_per_s,
        Policy.CANCELS: limits.account_cancels_per_s,
    }
    rates = {policy: Rate(count=count, burst=count * limits.burst_s) for policy, count in per_s.items()}
    # Seconds of a rate per minute would be less than one attempt.
    logins = Rate(count=limits.ip_logins_per_min, period_s=_MINUTE_S, burst=limits.ip_logins_per_min)
    return RateLimits(Plan(rates={**rates, Policy.IP_LOGINS: logins}), now_ns=time.monotonic_ns)


def door_of(settings: Settings) -> Door:
    """Return who may connect, and for how long without a word."""
    limits = settings.limits
    return Door(
        connections_max=limits.connections_max,
        ip_connections_max=limits.ip_connections_max,
        head_s=limits.auth_wait_s,
        idle_s=limits.idle_s,
        proxies=settings.server.trusted_proxies,
    )


def page_sizes(limits: Limits) -> PageSizes:
    """Return how long lists are."""
    return PageSizes(default=limits.page_size, most=limits.page_size_max)


@asynccontextmanager
async def limits(house: House) -> AsyncIterator[None]:
    """Leave the buckets and the door."""
    house.limits, house.door = rate_limits(house.settings.limits), door_of(house.settings)
    yield
