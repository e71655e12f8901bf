"""Users and waiting registrations in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, insert, null, select, update
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.access_tables import (
    ACCOUNT_MAX,
    account_numbers,
    disabled_users,
    pending_users,
    users,
)
from fairlead.adapters.stores.database import Database, insert_once
from fairlead.domain.access.errors import ConflictError
from fairlead.domain.access.people import NewUser, PendingUser, User
from fairlead.domain.access.roles import Role
from fairlead.errors import NotFoundError, UnavailableError

__all__ = ["SqlUsers"]

_WITH_STATE: Final = select(users, disabled_users.c.disabled_ts_ns).select_from(
    users.outerjoin(disabled_users, disabled_users.c.user_id == users.c.user_id)
)

# The same for one user: each request and each live connection asks it again and again.
_BY_ID: Final = (
    f"SELECT {', '.join(f'users.{column.name}' for column in users.columns)}, disabled_ts_ns FROM users"
    " LEFT JOIN disabled_users ON disabled_users.user_id = users.user_id WHERE users.user_id = ?"
)


class SqlUsers:
    """The users of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def pend(self, pending: PendingUser, /) -> None:
        """Keep a registration in place of an earlier one of its address."""
        async with self._database.write() as step:
            await step.execute(delete(pending_users).where(pending_users.c.email_key == pending.email_key))
            await step.execute(
                insert(pending_users).values(
                    email_key=pending.email_key,
                    email=pending.email,
                    password_hash=pending.password_hash,
                    token_hash=pending.token_hash,
                    expires_ts_ns=pending.expires_ts_ns,
                )
            )

    async def confirm(self, token_hash: str, *, user_id: str, ts_ns: int) -> User | None:
        """Make the registration with this token a user."""
        try:
            async with self._database.write() as step:
                pending = await _take(step, token_hash)
                if pending is None or ts_ns >= pending.expires_ts_ns:
                    return None
                found = await step.execute(select(users.c.user_id).where(users.c.email_key == pending.email_key))
                if found.one_or_none() is None:
                    return await _insert(step, _confirmed(pending, user_id=user_id, ts_ns=ts_ns))
        except IntegrityError:
            raise _taken() from None
        # The step above ended well, so the registration that lost is gone.
        raise _taken()

    async def add(self, user: NewUser, /) -> User:
        """Keep a user and give it the next account."""
        try:
            async with self._database.write() as step:
                return await _insert(step, user)
        except IntegrityError:
            raise _taken() from None

    async def by_email(self, email_key: str, /) -> User | None:
        """Return the user with this address, if any."""
        async with self._database.read() as view:
            row = (await view.execute(_WITH_STATE.where(users.c.email_key == email_key))).one_or_none()
        return None if row is None else _user(row)

    async def by_id(self, user_id: str, /) -> User | None:
        """Return the user with this id, if any."""
        rows = await self._database.direct.rows(_BY_ID, user_id)
        return _user(rows[0]) if rows else None

    async def set_password_hash(self, user_id: str, *, old: str, new: str) -> bool:
        """Replace a hash where it is still ``old``."""
        change = update(users).where(users.c.user_id == user_id, users.c.password_hash == old)
        async with self._database.write() as step:
            done = await step.execute(change.values(password_hash=new))
            return done.rowcount == 1

    async def replace_password(self, user_id: str, *, old: str, new: str, epoch: int) -> bool:
        """Replace a hash where it is still ``old``, and raise the epoch."""
        disabled = select(disabled_users.c.user_id).where(disabled_users.c.user_id == user_id)
        change = update(users).where(
            users.c.user_id == user_id,
            users.c.password_hash == old,
            users.c.epoch == epoch,
            ~disabled.exists(),
        )
        async with self._database.write() as step:
            done = await step.execute(change.values(password_hash=new, epoch=users.c.epoch + 1))
            return done.rowcount == 1

    async def raise_epoch(self, user_id: str, /) -> int:
        """Return the epoch after it grew by one."""
        change = update(users).where(users.c.user_id == user_id).values(epoch=users.c.epoch + 1)
        async with self._database.write() as step:
            epoch = (await step.execute(change.returning(users.c.epoch))).scalar_one_or_none()
        if epoch is None:
            raise NotFoundError(f"no such user: user_id={user_id}")
        return int(epoch)

    async def every(self) -> list[User]:
        """Return every user, by account."""
        async with self._database.read() as view:
            rows = (await view.execute(_WITH_STATE.order_by(users.c.account))).all()
        return [_user(row) for row in rows]

    async def disable(self, user_id: str, *, ts_ns: int) -> User:
        """Let nobody in as this user; the first time stays."""
        change = update(users).where(users.c.user_id == user_id).values(epoch=users.c.epoch + 1)
        async with self._database.write() as step:
            if (await step.execute(change)).rowcount != 1:
                raise NotFoundError(f"no such user: user_id={user_id}")
            await step.execute(insert_once(step, disabled_users).values(user_id=user_id, disabled_ts_ns=ts_ns))
            return _user((await step.execute(_WITH_STATE.where(users.c.user_id == user_id))).one())

    async def purge(self, *, before_ns: int) -> int:
        """Forget registrations whose time was over before ``before_ns``."""
        async with self._database.write() as step:
            done = await step.execute(delete(pending_users).where(pending_users.c.expires_ts_ns < before_ns))
            return done.rowcount


async def _take(step: AsyncConnection, token_hash: str) -> Row[Any] | None:
    mine = delete(pending_users).where(pending_users.c.token_hash == token_hash)
    return (await step.execute(mine.returning(*pending_users.c))).one_or_none()


def _confirmed(pending: Row[Any], *, user_id: str, ts_ns: int) -> NewUser:
    return NewUser(
        user_id=user_id,
        email=pending.email,
        email_key=pending.email_key,
        password_hash=pending.password_hash,
        role=Role.TRADER,
        created_ts_ns=ts_ns,
    )


def _taken() -> ConflictError:
    return ConflictError("email has an account already: log in, or choose another")


async def _insert(step: AsyncConnection, user: NewUser) -> User:
    count = update(account_numbers).where(account_numbers.c.name == "user", account_numbers.c.last < ACCOUNT_MAX)
    taken = await step.execute(count.values(last=account_numbers.c.last + 1).returning(account_numbers.c.last))
    account = taken.scalar_one_or_none()
    if account is None:
        raise UnavailableError(f"no account number is left: max={ACCOUNT_MAX}")
    added = insert(users).values(
        user_id=user.user_id,
        email=user.email,
        email_key=user.email_key,
        password_hash=user.password_hash,
        role=user.role.value,
        account=account,
        epoch=0,
        created_ts_ns=user.created_ts_ns,
    )
    # A new user is not disabled.
    return _user((await step.execute(added.returning(*users.c, null().label("disabled_ts_ns")))).one())


def _user(row: Sequence[Any]) -> User:
    user_id, email, email_key, password_hash, role, account, epoch, created_ts_ns, disabled_ts_ns = row
    return User(
        user_id=user_id,
        email=email,
        email_key=email_key,
        password_hash=password_hash,
        role=Role(role),
        account=account,
        epoch=epoch,
        created_ts_ns=created_ts_ns,
        disabled_ts_ns=disabled_ts_ns,
    )
