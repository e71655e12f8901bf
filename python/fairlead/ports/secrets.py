"""Randomness that nobody can guess, and the secrets of API keys."""

from typing import Protocol

from fairlead.domain.access.secret import Secret

__all__ = ["KeyVault", "Secrets"]


class Secrets(Protocol):
    """The source of ids and tokens."""

    def token_bytes(self, count: int, /) -> bytes:
        """Return ``count`` unpredictable bytes, 1 to 64."""
        ...


class KeyVault(Protocol):
    """Knows the secret of every API key, so that the store holds none."""

    def secret_of(self, key_id: str, /) -> Secret:
        """Return the secret of a key, the same each time, in ASCII; also for a key that does not exist."""
        ...
