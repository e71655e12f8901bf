"""The data directory of a service, with the keys and secrets that are kept in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.access import master_secret, token_keys
from fairlead.bootstrap.demo import demo_place, no_demo
from fairlead.bootstrap.house import House

__all__ = ["place"]


@asynccontextmanager
async def place(house: House) -> AsyncIterator[None]:
    """Make the directory and what is missing in it.

    Raises:
        UsageError: the data directory of a demo is a venue's.
        WeakSecretError: a key or secret must not be used.
    """
    house.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    house.prepare = demo_place(house.settings) if house.with_demo else no_demo
    house.ring, house.master = token_keys(house.loaded), master_secret(house.loaded)
    yield
