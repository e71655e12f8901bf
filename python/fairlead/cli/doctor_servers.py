"""The servers that a configuration names, for ``fairlead doctor``; what speaks to one is imported when it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairlead.ports.servers import Server
    from fairlead.settings import Settings

__all__ = ["servers_of"]


def servers_of(settings: Settings) -> Iterator[Server]:
    """Yield each server of a configuration; one whose library is missing is a finding of the libraries."""
    for named in (_store, _bus, _cache):
        try:
            server = named(settings)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] == "fairlead":
                raise
            continue
        if server is not None:
            yield server


def _store(settings: Settings) -> Server | None:
    url = settings.store.driver_url.reveal()
    if not url.startswith("postgresql"):
        return None
    from fairlead.adapters.stores.postgres_server import PostgresServer

    return PostgresServer(url)


def _bus(settings: Settings) -> Server | None:
    if settings.bus.kind != "kafka":
        return None
    from fairlead.adapters.bus.kafka_link import KafkaLink
    from fairlead.adapters.bus.kafka_server import KafkaServer

    bus = settings.bus
    return KafkaServer(
        KafkaLink(
            servers=bus.servers,
            security=bus.security,
            username=bus.username,
            password=bus.password,
            ca_file=bus.ca_file,
        )
    )


def _cache(settings: Settings) -> Server | None:
    if settings.cache.kind != "redis":
        return None
    from fairlead.adapters.cache.redis_server import RedisServer

    return RedisServer(settings.cache.url.reveal(), timeout_ms=settings.cache.timeout_ms)
