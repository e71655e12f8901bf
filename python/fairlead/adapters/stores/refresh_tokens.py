"""Sessions and their refresh tokens in SQL."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, exists, insert, or_, select, update
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from fairlead.adapters.stores.access_tables import refresh_tokens, sessions
from fairlead.adapters.stores.database import Database
from fairlead.adapters.stores.step import names_of
from fairlead.domain.access.sessions import RefreshToken, Session

__all__ = ["SqlRefreshTokens"]

_SESSION: Final = f"SELECT {names_of(sessions)} FROM sessions WHERE session_id = ?"


class SqlRefreshTokens:
    """The sessions of one store.

    Args:
        database: the store.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, session: Session, token: RefreshToken, /) -> None:
        """Keep a session and its first token."""
        added = insert(sessions).values(
            session_id=session.session_id,
            user_id=session.user_id,
            epoch=session.epoch,
            opened_ts_ns=session.opened_ts_ns,
            expires_ts_ns=session.expires_ts_ns,
            revoked_ts_ns=session.revoked_ts_ns,
        )
        async with self._database.write() as step:
            await step.execute(added)
            await _insert(step, token)

    async def find(self, token_hash: str, /) -> tuple[RefreshToken, Session] | None:
        """Return the token with this hash and its session, if any."""
        async with self._database.read() as view:
            asked = select(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)
            token = (await view.execute(asked)).one_or_none()
            if token is None:
                return None
            asked = select(sessions).where(sessions.c.session_id == token.session_id)
            session = (await view.execute(asked)).one()
        return _token(token), _session(session)

    async def session(self, session_id: str, /) -> Session | None:
        """Return the session with this id, if any."""
        rows = await self._database.direct.rows(_SESSION, session_id)
        return _session(rows[0]) if rows else None

    async def rotate(self, token_hash: str, successor: RefreshToken, /, *, ts_ns: int) -> bool:
        """Mark a token used and keep its successor; of two at once the second finds it used."""
        is_open = exists().where(
            sessions.c.session_id == refresh_tokens.c.session_id, sessions.c.revoked_ts_ns.is_(None)
        )
        use = (
            update(refresh_tokens)
            .where(refresh_tokens.c.token_hash == token_hash, refresh_tokens.c.used_ts_ns.is_(None), is_open)
            .values(used_ts_ns=ts_ns)
        )
        async with self._database.write() as step:
            if (await step.execute(use)).rowcount != 1:
                return False
            await _insert(step, successor)
        return True

    async def revoke(self, session_id: str, /, *, ts_ns: int) -> None:
        """End a session; the first time stays."""
        mine = (sessions.c.session_id == session_id, sessions.c.revoked_ts_ns.is_(None))
        async with self._database.write() as step:
            await step.execute(update(sessions).where(*mine).values(revoked_ts_ns=ts_ns))

    async def purge(self, *, before_ns: int) -> int:
        """Forget sessions whose end came before ``before_ns``, and tokens whose time was over then."""
        old = select(sessions.c.session_id).where(sessions.c.expires_ts_ns < before_ns)
        async with self._database.write() as step:
            is_over = or_(refresh_tokens.c.expires_ts_ns < before_ns, refresh_tokens.c.session_id.in_(old))
            await step.execute(delete(refresh_tokens).where(is_over))
            return (await step.execute(delete(sessions).where(sessions.c.expires_ts_ns < before_ns))).rowcount


async def _insert(step: AsyncConnection, token: RefreshToken) -> None:
    await step.execute(
        insert(refresh_tokens).values(
            token_hash=token.token_hash,
            session_id=token.session_id,
            expires_ts_ns=token.expires_ts_ns,
            used_ts_ns=token.used_ts_ns,
        )
    )


def _token(row: Row[Any]) -> RefreshToken:
    return RefreshToken(
        token_hash=row.token_hash,
        session_id=row.session_id,
        expires_ts_ns=row.expires_ts_ns,
        used_ts_ns=row.used_ts_ns,
    )


def _session(row: Sequence[Any]) -> Session:
    session_id, user_id, epoch, opened_ts_ns, expires_ts_ns, revoked_ts_ns = row
    return Session(
        session_id=session_id,
        user_id=user_id,
        epoch=epoch,
        opened_ts_ns=opened_ts_ns,
        expires_ts_ns=expires_ts_ns,
        revoked_ts_ns=revoked_ts_ns,
    )
