"""Nonces of signed requests in SQL: for several processes on one store, and across restarts of each."""

from sqlalchemy import delete

from fairlead.adapters.stores.access_tables import api_nonces
from fairlead.adapters.stores.database import Database, insert_once

__all__ = ["SqlNonces"]


class SqlNonces:
    """The nonces of one store.

    Args:
        database: the store.
        begin_ns: what was sent before is refused, nanoseconds UTC: it may have come to a service of one process, which
            remembered it in its memory alone.
    """

    def __init__(self, database: Database, *, begin_ns: int) -> None:
        self._database, self._begin_ns = database, begin_ns

    async def spend(self, key_id: str, nonce: str, /, *, sent_ns: int, until_ns: int) -> bool:
        """Remember a nonce; ``False`` where it is remembered already, or was sent before the service began."""
        if sent_ns < self._begin_ns:
            return False
        async with self._database.write() as step:
            spent = insert_once(step, api_nonces).values(key_id=key_id, nonce=nonce, until_ns=until_ns)
            return (await step.execute(spent.returning(api_nonces.c.nonce))).one_or_none() is not None

    async def purge(self, *, before_ns: int) -> int:
        """Forget nonces whose time was over before ``before_ns``."""
        async with self._database.write() as step:
            return (await step.execute(delete(api_nonces).where(api_nonces.c.until_ns < before_ns))).rowcount
