"""The buckets, the door and the pages of the service, as ``[limits]`` sets them."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from fairlead import aio
from fairlead.adapters.serving import Door
from fairlead.bootstrap.house import House
from fairlead.bootstrap.publishing import cache_of
from fairlead.domain.limits.bucket import Rate
from fairlead.domain.limits.order_ratio import OrderRatio
from fairlead.domain.limits.plan import Plan, Policy, part_of
from fairlead.ports.cache import Cache
from fairlead.services.order_ratio import RatioWatch
from fairlead.services.rate_limits import RateLimits
from fairlead.services.rate_windows import OwnWindows, SharedWindows, Windows
from fairlead.settings import Limits, Settings
from fairlead.web.paging import PageSizes

__all__ = ["door_of", "limits", "page_sizes", "plan_of", "windows_of"]

_MINUTE_S: Final = 60
_WINDOW_MS: Final = 50


def plan_of(limits: Limits) -> Plan:
    """Return the rates of the configuration."""
    per_s = {
        Policy.IP: limits.ip_requests_per_s,
        Policy.IP_CANCELS: limits.ip_cancels_per_s,
        Policy.IP_MARKET_DATA: limits.ip_market_data_per_s,
        Policy.KEY: limits.key_requests_per_s,
        Policy.READS: limits.account_reads_per_s,
        Policy.ORDERS: limits.account_orders_per_s,
        Policy.CANCELS: limits.account_cancels_per_s,
        Policy.IP_BYTES: limits.ip_bytes_per_s,
        Policy.BYTES: limits.account_bytes_per_s,
    }
    rates = {policy: Rate(count=count, burst=count * limits.burst_s) for policy, count in per_s.items()}
    # Seconds of a rate per minute would be less than one attempt.
    logins = Rate(count=limits.ip_logins_per_min, period_s=_MINUTE_S, burst=limits.ip_logins_per_min)
    return Plan(rates={**rates, Policy.IP_LOGINS: logins})


def windows_of(settings: Settings, cache: Cache | None) -> Windows:
    """Return full buckets, on a clock that never goes back.

    Args:
        settings: the configuration.
        cache: what processes share; ``None``: nothing.
    """
    plan, workers = plan_of(settings.limits), settings.server.workers
    own = OwnWindows(part_of(plan, workers) if workers > 1 else plan, now_ns=time.monotonic_ns)
    return own if cache is None else SharedWindows(plan, cache=cache, own=own, now_ns=time.monotonic_ns)


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
    settings = house.settings
    house.door = door_of(settings)
    async with AsyncExitStack() as parts:
        cache: Cache | None = None
        if settings.cache.kind != "memory":
            # Requests wait for it: it has connections of its own, and less time.
            cache = cache_of(settings, timeout_ms=min(settings.cache.timeout_ms, _WINDOW_MS))
            parts.push_async_callback(cache.close)
        house.limits = RateLimits(
            windows_of(settings, cache),
            body_bytes_max=settings.limits.body_bytes_max,
            ratio=_ratio(settings.limits, house.front, now_ns=house.needs.clock.now_ns),
        )
        yield


def _ratio(limits: Limits, front: aio.Client, *, now_ns: Callable[[], int]) -> RatioWatch | None:
    """Return what counts orders and trades from now on; nothing where nobody asks for it."""
    if not limits.order_to_trade_max:
        return None
    rule = OrderRatio(
        most=limits.order_to_trade_max, free=limits.order_to_trade_free, window_s=limits.order_to_trade_window_s
    )
    watch = RatioWatch(rule, now_ns=now_ns)
    front.listen_reports(watch.hear)
    return watch
