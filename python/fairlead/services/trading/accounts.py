"""Every user who trades has an account of the exchange that nobody else has.

The exchange numbers accounts by itself, one after the other, and whoever may make one can make it at any time. The
number of a user is given by the store. The two are made equal here, and it is written down which numbers the exchange
gave to the service; no request of a user goes on before that is so.

INV-1  A number counts as made only after the exchange itself said it in an answer to the service.
INV-2  A user whose number the exchange gave to somebody else gets another one before anything is done in it.
"""

import asyncio
import logging
from typing import Final

from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.ports.engine_accounts import AccountNumbers
from fairlead.ports.front import Front
from fairlead.ports.secrets import Secrets
from fairlead.wire.codec import Value

__all__ = ["EngineAccounts"]

# The numbers below are the venue's own.
_FIRST: Final = 1_001
_AT_ONCE_MAX: Final = 500
_TRIES_MAX: Final = 8
_NAME_BYTES: Final = 15
_log = logging.getLogger("fairlead.trading")


class EngineAccounts:
    """Makes accounts in the exchange.

    Args:
        front: the session to the exchange.
        numbers: which accounts it made.
        secrets: where names of accounts come from.
    """

    def __init__(self, front: Front, numbers: AccountNumbers, *, secrets: Secrets) -> None:
        self._front, self._numbers, self._secrets = front, numbers, secrets
        self._made: set[int] = set()
        # Of users whose number was somebody else's; who asked before that still brings the old one.
        self._renumbered: dict[str, int] = {}
        self._one_at_a_time = asyncio.Lock()

    async def ensure(self, user_id: str, account: int) -> int:
        """Return the number of a user's account, which the exchange has from now on.

        Args:
            user_id: whose.
            account: its number as the store has it.

        Raises:
            UnavailableError: the exchange or the store does not answer; nothing may be done in the account yet.
        """
        if account in self._made:
            return account
        async with self._one_at_a_time:
            account = self._renumbered.get(user_id, account)
            for _ in range(_TRIES_MAX):
                if account in self._made or await self._numbers.is_made(account):
                    self._made.add(account)
                    return account
                made = await self._make_up_to(account)
                # Another process may have got that number while this one asked.
                if account not in made and not await self._numbers.is_made(account):
                    account = await self._numbers.renumber(user_id, at_least=max(made))
                    self._renumbered[user_id] = account
        raise UnavailableError(f"others make accounts faster than the service: account={account}")

    async def try_ensure(self, user_id: str, account: int) -> int:
        """Do what ``ensure`` does, or leave it to the first request of the user: return the number so far."""
        try:
            return await self.ensure(user_id, account)
        except UnavailableError as error:
            _log.warning("no account yet: user_id=%s account=%s why=%s", user_id, account, error)
            return account

    async def open(self, account: int) -> bool:
        """Let the exchange have the account of a user; ``False`` where no user has one of this number.

        Raises:
            UnavailableError: the exchange or the store does not answer.
        """
        user_id = await self._numbers.owner(account)
        # A user whose number the exchange gave to somebody else has another one then.
        return user_id is not None and await self.ensure(user_id, account) == account

    async def _make_up_to(self, account: int) -> set[int]:
        """Make accounts until the exchange reaches a number; return those it gave."""
        made = {await self._make()}
        while (missing := account - max(made)) > 0:
            made |= set(await asyncio.gather(*(self._make() for _ in range(min(missing, _AT_ONCE_MAX)))))
        await self._numbers.note_made(number for number in made if number >= _FIRST)
        return made

    async def _make(self) -> int:
        name = f"user-{self._secrets.token_bytes(_NAME_BYTES).hex()}"
        fields: dict[str, Value] = {"name": name, "kind": "Cash", "stp_group": 0, "fees": 0}
        report: Report = await self._front.command("AddAccount", fields)
        number = report.fields.get("account")
        if report.is_rejected or not isinstance(number, int):
            raise UnavailableError(f"the exchange makes no account: reason={report.reason}")
        return number
