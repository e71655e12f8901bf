"""Which accounts of the exchange were made for users, and which number of an account a user has."""

from collections.abc import Iterable
from typing import Protocol

__all__ = ["AccountNumbers", "AccountOpener"]


class AccountNumbers(Protocol):
    """The numbers of accounts. One that the exchange gave to somebody else is never one of a user who trades."""

    async def is_made(self, account: int, /) -> bool:
        """Whether the exchange made this account for the service."""
        ...

    async def note_made(self, accounts: Iterable[int], /) -> None:
        """Remember accounts that the exchange made for the service; again is nothing."""
        ...

    async def owner(self, account: int, /) -> str | None:
        """Return the id of the user whose account has this number, if any."""
        ...

    async def renumber(self, user_id: str, /, *, at_least: int) -> int:
        """Return the number of a user's account, another one where the exchange did not make it.

        Args:
            user_id: whose.
            at_least: the other one is the next that no user had, and not below this.

        Raises:
            NotFoundError: no user has the id.
            UnavailableError: no number is left.
        """
        ...


class AccountOpener(Protocol):
    """Opens accounts of users before they ask for anything themselves."""

    async def open(self, account: int, /) -> bool:
        """Let the exchange have the account of a user; ``False`` where no user has one of this number.

        Raises:
            UnavailableError: the exchange or the store does not answer.
        """
        ...
