"""The numbers of users' accounts, and which of them the exchange made, in SQL."""

from collections.abc import Iterable

from sqlalchemy import case, select, update

from fairlead.adapters.stores.access_tables import ACCOUNT_MAX, account_numbers, made_accounts, users
from fairlead.adapters.stores.database import Database, insert_once
from fairlead.errors import NotFoundError, UnavailableError

__all__ = ["SqlAccountNumbers"]


class SqlAccountNumbers:
    """The numbers of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_made(self, account: int, /) -> bool:
        """Whether the exchange made this account for the service."""
        asked = select(made_accounts.c.account).where(made_accounts.c.account == account)
        async with self._database.read() as view:
            return (await view.execute(asked)).one_or_none() is not None

    async def note_made(self, accounts: Iterable[int], /) -> None:
        """Remember accounts that the exchange made."""
        rows = [{"account": account} for account in accounts]
        if not rows:
            return
        async with self._database.write() as step:
            await step.execute(insert_once(step, made_accounts), rows)

    async def owner(self, account: int, /) -> str | None:
        """Return whose number it is."""
        asked = select(users.c.user_id).where(users.c.account == account)
        async with self._database.read() as view:
            return (await view.execute(asked)).scalar_one_or_none()

    async def renumber(self, user_id: str, /, *, at_least: int) -> int:
        """Return the number of a user, another one where the exchange did not make it."""
        last = account_numbers.c.last
        following = case((last + 1 < at_least, at_least), else_=last + 1)
        count = update(account_numbers).where(account_numbers.c.name == "user", last < ACCOUNT_MAX)
        made = select(made_accounts.c.account).where(made_accounts.c.account == users.c.account).exists()
        mine = users.c.user_id == user_id
        async with self._database.write() as step:
            row = (await step.execute(select(users.c.account, made).where(mine))).one_or_none()
            if row is None:
                raise NotFoundError(f"no such user: user_id={user_id}")
            if row[1]:
                return int(row[0])
            taken = (await step.execute(count.values(last=following).returning(last))).scalar_one_or_none()
            if taken is None:
                raise UnavailableError(f"no account number is left: max={ACCOUNT_MAX}")
            await step.execute(update(users).where(mine).values(account=taken))
            return int(taken)
