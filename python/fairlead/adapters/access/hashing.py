"""Passwords through argon2id, on threads of their own and few at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from fairlead.domain.access.secret import Secret
from fairlead.errors import UnavailableError

__all__ = ["Argon2Hasher"]

_T = TypeVar("_T")
_ENCODED_MAX: Final = 255


class Argon2Hasher:
    """Hashes with argon2id.

    Args:
        memory_kib: memory of one hash; the default is RFC 9106's second choice, 64 MiB.
        passes: how often it goes over the memory.
        lanes: lanes of one hash.
        threads: hashes at once; memory is at most this many times ``memory_kib``.
        waiting_max: calls that wait or run; one more is refused.
    """

    def __init__(
        self,
        *,
        memory_kib: int = 65_536,
        passes: int = 3,
        lanes: int = 4,
        threads: int = 2,
        waiting_max: int = 64,
    ) -> None:
        self._argon2 = Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=lanes, type=Type.ID)
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="argon2")
        self._waiting, self._waiting_max = 0, waiting_max

    def close(self) -> None:
        """End the threads once what runs is done."""
        self._pool.shutdown(cancel_futures=True)

    async def hash(self, password: Secret, /) -> str:
        """Return a salted hash."""
        return await self._run(lambda: self._argon2.hash(password.reveal()))

    async def verify(self, password: Secret, encoded: str, /) -> bool:
        """Whether ``encoded`` was made of this password."""
        return await self._run(lambda: self._matches(password, encoded))

    def is_stale(self, encoded: str, /) -> bool:
        """Whether it was made with other settings, or is no hash of argon2 at all."""
        try:
            return self._argon2.check_needs_rehash(encoded)
        except InvalidHashError:
            return True

    def _matches(self, password: Secret, encoded: str) -> bool:
        if len(encoded) > _ENCODED_MAX:
            return False
        try:
            return self._argon2.verify(encoded, password.reveal())
        except (VerificationError, InvalidHashError):
            return False

    async def _run(self, work: Callable[[], _T]) -> _T:
        if self._waiting >= self._waiting_max:
            raise UnavailableError(f"too many passwords wait to be checked: max={self._waiting_max}; try again later")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
