"""Where sessions and their refresh tokens are kept."""

from typing import Protocol

from fairlead.domain.access.sessions import RefreshToken, Session

__all__ = ["RefreshTokens"]


class RefreshTokens(Protocol):
    """Sessions and the hashes of their tokens. Times in nanoseconds UTC."""

    async def open(self, session: Session, token: RefreshToken, /) -> None:
        """Keep a session and its first token."""
        ...

    async def find(self, token_hash: str, /) -> tuple[RefreshToken, Session] | None:
        """Return the token with this hash and its session, if any."""
        ...

    async def session(self, session_id: str, /) -> Session | None:
        """Return the session with this id, if any."""
        ...

    async def rotate(self, token_hash: str, successor: RefreshToken, /, *, ts_ns: int) -> bool:
        """Mark a token used and keep its successor, in one step.

        Of two at once one gets ``True``. ``False`` and no change where it was used before or its session is revoked.
        """
        ...

    async def revoke(self, session_id: str, /, *, ts_ns: int) -> None:
        """End a session; the first time stays."""
        ...

    async def purge(self, *, before_ns: int) -> int:
        """Forget sessions whose end came before ``before_ns``, and tokens whose time was over then.

        Returns how many sessions.
        """
        ...
