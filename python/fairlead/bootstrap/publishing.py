"""What tells others of the exchange: a bus and a cache where they are configured, each with a task that feeds it."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from fairlead.adapters.bus import MemoryBus
from fairlead.adapters.cache import MemoryCache
from fairlead.adapters.stores.projections import SqlReportPages
from fairlead.bootstrap.background import background
from fairlead.bootstrap.house import House
from fairlead.errors import UsageError
from fairlead.ports.bus import Bus
from fairlead.ports.cache import Cache
from fairlead.services.publishing import Bodies, BusSink, CacheSink, Publisher
from fairlead.settings import Settings

__all__ = ["SPARED", "beside", "cache_of", "publishing"]

# Orders go on without these.
SPARED: Final = ("bus", "cache")
_LOG_ID: Final = "publishing.id"
_LOST: Final = "events are published no more"


@asynccontextmanager
async def _opened(house: House) -> AsyncIterator[tuple[Bus, Cache]]:
    """Yield bus and cache, and leave how each is asked whether it is there."""
    bus, cache = _bus(house.settings), cache_of(house.settings)

    async def ask_cache() -> None:
        await cache.reached()

    async with AsyncExitStack() as parts:
        parts.push_async_callback(bus.close)
        parts.push_async_callback(cache.close)
        house.outside = {"bus": bus.ping, "cache": ask_cache}
        yield bus, cache


@asynccontextmanager
async def publishing(house: House) -> AsyncIterator[None]:
    """Feed bus and cache meanwhile; those in the process are fed nothing: nobody in it reads them."""
    settings, publishers = house.settings, house.publishers
    async with _opened(house) as (bus, cache), AsyncExitStack() as parts:
        pages = SqlReportPages(house.database, log_id=_log_id(house.directory))
        parts.callback(house.follower.listen(pages.note))
        if settings.bus.kind != "memory":
            orders = house.records.orders
            bodies = Bodies(find=orders.find, scales=orders.scales)
            publishers.append(Publisher("bus", pages=pages, sink=BusSink(bus, bodies=bodies, tail_max=None)))
        if settings.cache.kind != "memory":
            publishers.append(Publisher("cache", pages=pages, sink=CacheSink(cache)))
        for publisher in publishers:
            feeding = background(publisher.run(), name=f"publisher-{publisher.name}", lost=_LOST)
            await parts.enter_async_context(feeding)
        yield


@asynccontextmanager
async def beside(house: House) -> AsyncIterator[None]:
    """Leave how bus and cache are asked whether they are there; another process feeds them."""
    async with _opened(house):
        yield


def _bus(settings: Settings) -> Bus:
    if settings.bus.kind == "memory":
        return MemoryBus()
    try:
        from fairlead.adapters.bus.kafka import KafkaBus
        from fairlead.adapters.bus.kafka_link import KafkaLink
    except ModuleNotFoundError as error:
        raise UsageError(f"bus.kind=kafka needs {error.name}: install fairlead[kafka]") from None
    bus = settings.bus
    return KafkaBus(
        KafkaLink(
            servers=bus.servers,
            topic_prefix=bus.topic_prefix,
            security=bus.security,
            username=bus.username,
            password=bus.password,
            ca_file=bus.ca_file,
        )
    )


def cache_of(settings: Settings, *, timeout_ms: int | None = None) -> Cache:
    """Return what processes share; an answer that takes longer than ``timeout_ms`` counts as none."""
    if settings.cache.kind == "memory":
        return MemoryCache()
    try:
        from fairlead.adapters.cache.redis_cache import RedisCache
    except ModuleNotFoundError as error:
        raise UsageError(f"cache.kind=redis needs {error.name}: install fairlead[redis]") from None
    return RedisCache(settings.cache.url.reveal(), timeout_ms=timeout_ms or settings.cache.timeout_ms)


def _log_id(directory: Path) -> str:
    """Return the name of the log for those who follow it from outside; a new data directory has another."""
    path = directory / _LOG_ID
    if not path.exists():
        draft = path.with_suffix(".new")
        with draft.open("w") as file:
            file.write(secrets.token_hex(16))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return path.read_text().strip()
