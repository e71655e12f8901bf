"""Where people are kept, and how often somebody tried to be one of them."""

from collections.abc import Callable
from typing import Protocol

from fairlead.domain.access.lockout import Attempts
from fairlead.domain.access.people import NewUser, PendingUser, User

__all__ = ["LoginAttempts", "Users"]


class Users(Protocol):
    """The users, and registrations that wait for their e-mail. Times in nanoseconds UTC."""

    async def pend(self, pending: PendingUser, /) -> None:
        """Keep a registration; an earlier one of the same address is forgotten."""
        ...

    async def confirm(self, token_hash: str, *, user_id: str, ts_ns: int) -> User | None:
        """Make the registration with this token a user with the role trader and the next account, in one step.

        Returns ``None`` where no registration has the token or its time is over. The token works once.

        Raises:
            ConflictError: a user has the address; the registration is forgotten.
        """
        ...

    async def add(self, user: NewUser, /) -> User:
        """Keep a user and give it the next account.

        Raises:
            ConflictError: a user has the address.
            UnavailableError: no account number is left.
        """
        ...

    async def by_email(self, email_key: str, /) -> User | None:
        """Return the user with this address, if any."""
        ...

    async def by_id(self, user_id: str, /) -> User | None:
        """Return the user with this id, if any."""
        ...

    async def set_password_hash(self, user_id: str, *, old: str, new: str) -> bool:
        """Replace a hash; ``False`` where it is not ``old`` any more, and nothing changes."""
        ...

    async def replace_password(self, user_id: str, *, old: str, new: str, epoch: int) -> bool:
        """Replace a hash and end every proof of before, in one step.

        Returns ``False`` where hash or epoch are not ``old`` and ``epoch`` any more, or the user is disabled; then
        nothing changes.
        """
        ...

    async def raise_epoch(self, user_id: str, /) -> int:
        """Return the epoch after it grew by one.

        Raises:
            NotFoundError: no user has the id.
        """
        ...

    async def every(self) -> list[User]:
        """Return every user, by account."""
        ...

    async def disable(self, user_id: str, *, ts_ns: int) -> User:
        """Let nobody in as this user and end every proof of before, in one step; the first time stays.

        Raises:
            NotFoundError: no user has the id.
        """
        ...

    async def purge(self, *, before_ns: int) -> int:
        """Forget registrations whose time was over before ``before_ns``; return how many."""
        ...


class LoginAttempts(Protocol):
    """How often somebody tried to log in with an address, whether it belongs to anybody or not."""

    async def change(self, key: str, rule: Callable[[Attempts], Attempts], /) -> Attempts:
        """Apply ``rule`` to what is remembered of ``key``, keep and return the result.

        Two changes of one key at once happen one after the other. ``rule`` is pure and may be called again.
        """
        ...

    async def clear(self, key: str, /) -> None:
        """Forget ``key``."""
        ...

    async def purge(self, *, before_ns: int) -> int:
        """Forget what is not locked and began before ``before_ns``; return how many."""
        ...
