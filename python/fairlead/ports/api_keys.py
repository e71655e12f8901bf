"""Where API keys are kept."""

from typing import Protocol

from fairlead.domain.access.people import ApiKey

__all__ = ["ApiKeys"]


class ApiKeys(Protocol):
    """API keys without their secrets. Times in nanoseconds UTC."""

    async def add(self, key: ApiKey, /, *, live_max: int) -> bool:
        """Keep a key; ``False`` and no change where its user has ``live_max`` that are neither revoked nor expired.

        Of two at once the second counts the first.
        """
        ...

    async def find(self, key_id: str, /) -> ApiKey | None:
        """Return the key with this id, if any."""
        ...

    async def of_user(self, user_id: str, /) -> list[ApiKey]:
        """Return every key of a user, also those that were revoked, oldest first."""
        ...

    async def revoke(self, key_id: str, /, *, user_id: str, ts_ns: int) -> bool:
        """Take a key back, the first time stays; ``False`` where this user has no such key."""
        ...
