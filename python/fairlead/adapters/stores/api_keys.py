"""API keys and the nonces of their requests in SQL."""

from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.engine import Row

from fairlead.adapters.stores.access_tables import api_keys, api_nonces, users
from fairlead.adapters.stores.database import Database, insert_once
from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Scope

__all__ = ["SqlApiKeys"]


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
        async with self._database.read() as view:
            row = (await view.execute(select(api_keys).where(api_keys.c.key_id == key_id))).one_or_none()
        return None if row is None else _key(row)

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

    async def spend(self, key_id: str, nonce: str, /, *, until_ns: int) -> bool:
        """Remember a nonce; ``False`` where it is remembered already."""
        async with self._database.write() as step:
            spent = insert_once(step, api_nonces).values(key_id=key_id, nonce=nonce, until_ns=until_ns)
            return (await step.execute(spent.returning(api_nonces.c.nonce))).one_or_none() is not None

    async def purge(self, *, before_ns: int) -> int:
        """Forget nonces whose time was over before ``before_ns``."""
        async with self._database.write() as step:
            return (await step.execute(delete(api_nonces).where(api_nonces.c.until_ns < before_ns))).rowcount


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        user_id=row.user_id,
        name=row.name,
        scopes=frozenset(Scope(word) for word in row.scopes.split(" ")),
        epoch=row.epoch,
        created_ts_ns=row.created_ts_ns,
        expires_ts_ns=row.expires_ts_ns,
        revoked_ts_ns=row.revoked_ts_ns,
    )
