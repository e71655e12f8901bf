"""The desk of users on the store of a data directory, beside a service that runs on it or not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fairlead.adapters.access import master_secret, token_keys
from fairlead.bootstrap.access import access_needs
from fairlead.bootstrap.store import open_store
from fairlead.services.access import UserDesk
from fairlead.settings import Loaded

__all__ = ["user_desk"]


@asynccontextmanager
async def user_desk(loaded: Loaded) -> AsyncIterator[UserDesk]:
    """Yield the desk; store and keys are made where there are none, as the first start of the service makes them.

    Raises:
        WeakSecretError: a key or secret must not be used.
        UnavailableError: the store does not answer.
    """
    settings = loaded.settings
    settings.engine.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    ring, master = token_keys(loaded), master_secret(loaded)
    async with (
        open_store(settings) as database,
        access_needs(settings, database=database, ring=ring, master=master) as needs,
    ):
        yield UserDesk(needs)
