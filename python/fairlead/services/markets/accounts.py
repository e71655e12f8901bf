"""Commands about an account, which the exchange has no later than the command where the account is a user's."""

from fairlead.errors import UnknownAccountError
from fairlead.model.report import Report
from fairlead.ports.engine_accounts import AccountOpener
from fairlead.ports.front import Front
from fairlead.wire.codec import Value

__all__ = ["AccountCommands"]


class AccountCommands:
    """Sends them. The exchange learns of a user with their first order; who runs the venue may come before that.

    Args:
        front: the session that may do everything.
        accounts: opens the accounts of users.
    """

    def __init__(self, front: Front, *, accounts: AccountOpener) -> None:
        self._front, self._accounts = front, accounts

    async def send(self, kind: str, fields: dict[str, Value], *, account: int) -> Report:
        """Send a command about an account, and again where the exchange has the account only from then on.

        Raises:
            UnknownAccountError: no user has an account of that number, and the exchange has none.
            UnavailableError: no answer in time.
        """
        report = await self._front.command(kind, fields)
        if _is_unknown(report) and await self._accounts.open(account):
            report = await self._front.command(kind, fields)
        if _is_unknown(report):
            raise UnknownAccountError(account)
        return report


def _is_unknown(report: Report) -> bool:
    return report.is_rejected and report.reason == "UNKNOWN_ACCOUNT"
