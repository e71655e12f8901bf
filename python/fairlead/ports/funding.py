"""What deposits and withdrawals need: where they are kept, the assets, the log, the addresses of chains."""

from collections.abc import Sequence
from typing import Protocol

from fairlead.domain.funding.chains import Chain
from fairlead.domain.funding.request import Asset, Direction, FundsRequest, Move, State, Wallet

__all__ = ["AccountMaker", "AddressRules", "AssetList", "FundsStore", "MoneyLog"]


class FundsStore(Protocol):
    """The requests of one store, and the wallets they name. Times in nanoseconds UTC."""

    async def add(self, request: FundsRequest, /, *, open_max: int, wallet: Wallet | None = None) -> None:
        """Keep a request, and the wallet of a withdrawal where its user does not have it yet, in one step.

        Raises:
            ConflictError: a request names the transaction already, or ``open_max`` of the user's wait.
        """
        ...

    async def find(self, request_id: str, /) -> FundsRequest | None:
        """Return the request with this id, if any."""
        ...

    async def page(
        self, direction: Direction, /, *, user_id: str | None, before: str | None, count: int
    ) -> list[FundsRequest]:
        """Return requests, newest first.

        Args:
            direction: which.
            user_id: whose; ``None``: everybody's.
            before: only those older than the one with this id.
            count: at most so many.
        """
        ...

    async def confirming(self) -> list[FundsRequest]:
        """Return every request whose command may have been sent, oldest first."""
        ...

    async def move(self, request: FundsRequest, /, *, was: State) -> bool:
        """Keep the new state of a request; ``False`` where it is not in ``was`` any more, and nothing changes.

        Raises:
            ConflictError: another request has its ``event_seq``.
        """
        ...

    async def claimed(self, seqs: Sequence[int], /) -> set[int]:
        """Return which of these records are the command of a request that is done."""
        ...

    async def wallet(self, user_id: str, *, chain: str, address: str) -> Wallet | None:
        """Return a wallet of a user, if any."""
        ...

    async def wallets(self, *, user_id: str | None) -> list[Wallet]:
        """Return the wallets of a user or of everybody; those that nobody verified first."""
        ...

    async def verify_wallet(self, wallet_id: str, *, by: str, ts_ns: int) -> Wallet | None:
        """Mark a wallet verified; the first time stays. ``None``: there is none, or it is of ``by``."""
        ...


class AssetList(Protocol):
    """The assets that instruments of the exchange use."""

    async def assets(self) -> list[Asset]:
        """Return every one, by name.

        Raises:
            UnavailableError: the exchange does not answer.
        """
        ...


class AccountMaker(Protocol):
    """Makes the account of a user in the exchange."""

    async def ensure(self, user_id: str, account: int, /) -> int:
        """Return the number of the user's account, which the exchange has from now on.

        Raises:
            UnavailableError: the exchange does not answer.
        """
        ...


class AddressRules(Protocol):
    """How addresses of a chain are written."""

    def parse(self, address: str, /, *, chain: Chain) -> str:
        """Return the one form of an address.

        Raises:
            FundsValueError: it is none of this chain, or its checksum is wrong.
        """
        ...


class MoneyLog(Protocol):
    """The log of the exchange, as far as it tells of the money this service moved."""

    def reached(self) -> int:
        """Return the number of a record that is durable in the log; the latest that is known without reading it."""
        ...

    async def moves(self, after_seq: int, /) -> list[Move] | None:
        """Return the commands that move money after a record; ``None``: the log does not go back to it.

        A command in the log may have been refused: see ``was_done``.
        """
        ...

    async def was_done(self, seq: int, /) -> bool | None:
        """Whether the command of a record was done or refused; ``None``: that cannot be told any more."""
        ...
