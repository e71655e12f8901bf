"""Which signed requests came already."""

from typing import Protocol

__all__ = ["Nonces"]


class Nonces(Protocol):
    """The nonces of API keys while their requests could come again. Times in nanoseconds UTC."""

    async def spend(self, key_id: str, nonce: str, /, *, sent_ns: int, until_ns: int) -> bool:
        """Remember a nonce of a key until ``until_ns``; ``False`` where it may have come already.

        Of two at once one is first.

        Args:
            key_id: a key that exists.
            nonce: the nonce, 16 to 64 characters.
            sent_ns: the time the request says.
            until_ns: from when its time is too old to be looked at.
        """
        ...

    async def purge(self, *, before_ns: int) -> int:
        """Forget nonces whose time was over before ``before_ns``; return how many."""
        ...
