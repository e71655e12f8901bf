"""Passwords as what is kept of them."""

from typing import Protocol

from fairlead.domain.access.secret import Secret

__all__ = ["PasswordHasher"]


class PasswordHasher(Protocol):
    """Makes and checks hashes that are slow to guess. Waits its turn: hashing takes memory, so few run at once.

    Every method that hashes raises ``UnavailableError`` where too many wait.
    """

    async def hash(self, password: Secret, /) -> str:
        """Return a salted hash of a prepared password, at most 255 characters."""
        ...

    async def verify(self, password: Secret, encoded: str, /) -> bool:
        """Whether ``encoded`` was made of this password; ``False`` also for what is no hash."""
        ...

    def is_stale(self, encoded: str, /) -> bool:
        """Whether it was made with other settings than those of today."""
        ...
