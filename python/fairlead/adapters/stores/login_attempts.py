"""Attempts to log in, in SQL."""

from collections.abc import Callable

from sqlalchemy import delete, select, update

from fairlead.adapters.stores.access_tables import login_attempts
from fairlead.adapters.stores.database import Database, insert_once
from fairlead.domain.access.lockout import Attempts

__all__ = ["SqlLoginAttempts"]


class SqlLoginAttempts:
    """The attempts of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def change(self, key: str, rule: Callable[[Attempts], Attempts], /) -> Attempts:
        """Apply ``rule`` to what is remembered of ``key``; nobody else changes it meanwhile."""
        mine = login_attempts.c.address_hash == key
        async with self._database.write() as step:
            # The row is there before it is locked, so that two first attempts wait for each other too.
            fresh = insert_once(step, login_attempts)
            await step.execute(fresh.values(address_hash=key, attempts=0, since_ns=0, locked_until_ns=0))
            row = (await step.execute(select(login_attempts).where(mine).with_for_update())).one()
            before = Attempts(count=row.attempts, since_ns=row.since_ns, locked_until_ns=row.locked_until_ns)
            after = rule(before)
            await step.execute(
                update(login_attempts)
                .where(mine)
                .values(attempts=after.count, since_ns=after.since_ns, locked_until_ns=after.locked_until_ns)
            )
        return after

    async def clear(self, key: str, /) -> None:
        """Forget ``key``."""
        async with self._database.write() as step:
            await step.execute(delete(login_attempts).where(login_attempts.c.address_hash == key))

    async def purge(self, *, before_ns: int) -> int:
        """Forget what is not locked and began before ``before_ns``."""
        columns = login_attempts.c
        async with self._database.write() as step:
            done = await step.execute(
                delete(login_attempts).where(columns.since_ns < before_ns, columns.locked_until_ns < before_ns)
            )
            return done.rowcount
