"""The store of a configuration, with the tables this program knows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.stores import Database, migrate, open_database
from fairlead.bootstrap.house import House
from fairlead.settings import Settings

__all__ = ["open_store", "store"]


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Database]:
    """Yield the store and close it.

    Raises:
        UnavailableError: it does not answer.
    """
    store = settings.store
    database = open_database(store.driver_url.reveal(), pool_size=store.pool_size, wait_ms=store.statement_timeout_ms)
    try:
        await migrate(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def store(house: House) -> AsyncIterator[None]:
    """Leave the store."""
    async with open_store(house.settings) as house.database:
        yield
