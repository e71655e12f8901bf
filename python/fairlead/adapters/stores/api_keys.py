"""API keys in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, insert, or_, select, update

from fairlead.adapters.stores.access_tables import api_keys, users
from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.step import names_of
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Scope

__all__ = ["SqlApiKeys"]

_BY_ID: Final = f"SELECT {names_of(api_keys)} FROM api_keys WHERE key_id = ?"


class SqlApiKeys:
    """The API keys of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, key: ApiKey, /, *, live_max: int) -> bool:
        """Keep a key where its user has fewer than ``live_max``."""
        columns = api_keys.c
        live = select(func.count()).where(
            columns.user_id == key.user_id,
            columns.revoked_ts_ns.is_(None),
            columns.epoch == key.epoch,
            or_(columns.expires_ts_ns.is_(None), columns.expires_ts_ns > key.created_ts_ns),
        )
        added = insert(api_keys).values(
            key_id=key.key_id,
            user_id=key.user_id,
            name=key.name,
            scopes=" ".join(sorted(key.scopes)),
            epoch=key.epoch,
            created_ts_ns=key.created_ts_ns,
            expires_ts_ns=key.expires_ts_ns,
            revoked_ts_ns=key.revoked_ts_ns,
        )
        async with self._database.write() as step:
            # Two new keys of one user wait for each other here.
            await step.execute(select(users.c.user_id).where(users.c.user_id == key.user_id).with_for_update())
            if (await step.execute(live)).scalar_one() >= live_max:
                return False
            await step.execute(added)
        return True

    async def find(self, key_id: str, /) -> ApiKey | None:
        """Return the key with this id, if any."""
        rows = await self._database.direct.rows(_BY_ID, key_id)
        return _key(rows[0]) if rows else None

    async def of_user(self, user_id: str, /) -> list[ApiKey]:
        """Return every key of a user, oldest first."""
        asked = select(api_keys).where(api_keys.c.user_id == user_id)
        async with self._database.read() as view:
            rows = (await view.execute(asked.order_by(api_keys.c.created_ts_ns, api_keys.c.key_id))).all()
        return [_key(row) for row in rows]

    async def revoke(self, key_id: str, /, *, user_id: str, ts_ns: int) -> bool:
        """Take a key of this user back; the first time stays."""
        first = func.coalesce(api_keys.c.revoked_ts_ns, ts_ns)
        change = update(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.user_id == user_id)
        async with self._database.write() as step:
            return (await step.execute(change.values(revoked_ts_ns=first))).rowcount == 1


def _key(row: Sequence[Any]) -> ApiKey:
    key_id, user_id, name, scopes, epoch, created_ts_ns, expires_ts_ns, revoked_ts_ns = row
    return ApiKey(
        key_id=key_id,
        user_id=user_id,
        name=name,
        scopes=frozenset(Scope(word) for word in scopes.split(" ")),
        epoch=epoch,
        created_ts_ns=created_ts_ns,
        expires_ts_ns=expires_ts_ns,
        revoked_ts_ns=revoked_ts_ns,
    )
