"""Copies of executions for who watches over an account, or over all: read only, with a sequence of their own."""

from collections.abc import AsyncIterator, Callable
from typing import Final

from fairlead.domain.access.errors import AuthorizationError
from fairlead.domain.access.roles import Permission, Principal, Scope, demand, scopes_of
from fairlead.domain.streaming.places import kind_of, place_text
from fairlead.domain.trading.report_body import report_body
from fairlead.model.report import Report
from fairlead.services.streaming import Trail
from fairlead.web.sockets.event_messages import EXECUTIONS, message

__all__ = ["DROP_COPY", "EVERYBODY", "DropCopy", "demand_copy"]

DROP_COPY: Final = "drop_copy"
EVERYBODY: Final = "ALL"


def demand_copy(caller: Principal, account: int | None) -> bool:
    """Check that who asks may hear of the executions of an account, or of all where it is ``None``.

    Returns:
        Whether that is a right over others.

    Raises:
        AuthorizationError: they may not, whether there is such an account or not.
    """
    # Who does not trade has no account in the exchange: the number they have is perhaps somebody else's there.
    is_own = account == caller.account and Scope.TRADE in scopes_of(caller.role)
    try:
        demand(caller, Permission.READ_OWN if is_own else Permission.READ_ALL)
    except AuthorizationError as error:
        whose = EVERYBODY if account is None else account
        what = str(error).removeprefix(f"{error.code}: ")
        raise AuthorizationError(f"{what} account={whose}; another's executions need read_all") from None
    return not is_own


class DropCopy:
    """The executions of an account, or of all, after a place in the log.

    Args:
        account: whose; ``None``: everybody's.
        trail: the reports.

    Attributes:
        account: whose.
    """

    def __init__(self, account: int | None, trail: Trail) -> None:
        self.account, self._trail = account, trail
        self._told = trail.position
        self._seq = 0

    @property
    def standing(self) -> dict[str, int | str]:
        """Whose it is, and from where a later connection goes on so that nothing is missing."""
        return {"account": EVERYBODY if self.account is None else self.account, "position": place_text(self._told)}

    async def frames(self, *, rests: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Yield what is new, oldest first.

        Args:
            rests: asked between two pages; where it says so the rest is left to the next call.
        """
        while True:
            fresh = await self._trail.more()
            for report in fresh:
                frame = self._frame(report)
                if frame is not None:
                    yield frame
                self._told = report.position or self._told
            self._told = self._trail.position
            if not fresh or rests():
                return

    def _frame(self, report: Report) -> bytes | None:
        kind, position = kind_of(report), report.position
        if kind is None or kind not in EXECUTIONS or position is None or report.repeated:
            return None
        self._seq += 1
        return message(kind, DROP_COPY, seq=self._seq, position=position, data=report_body(report))
