"""What happened at the exchange, for those who have to look at all of it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fairlead.domain.access.people import User
from fairlead.domain.access.roles import Principal
from fairlead.errors import NotFoundError
from fairlead.model.report import Position
from fairlead.ports.access_trail import AccessAction, KeptAccessEvent, TrailFilter
from fairlead.ports.audit import AuditFilter, AuditHistory, AuditPage
from fairlead.services.access import Needs
from fairlead.wire.table import LAYOUTS

__all__ = ["ACTIONS", "AuditDesk"]

_WORDED: Final = (("ExecutionReport", "exec_type"), ("CommandReport", "event"))


def _words() -> frozenset[str]:
    said = (it for kind, name in _WORDED for it in LAYOUTS[kind].fields if it.name == name)
    # A refused cancel is a kind of its own, without a word for it.
    return frozenset(word for field in said for word in field.words.values()) | {"CancelReject"}


# Every word for what can happen.
ACTIONS: Final = _words()


class AuditDesk:
    """Searches the audit.

    Args:
        history: the audit.
        needs: users, and where it is written down what they did.
    """

    def __init__(self, history: AuditHistory, needs: Needs) -> None:
        self._history, self._needs = history, needs

    async def note(self, action: AccessAction, caller: Principal, *, subject: str) -> None:
        """Write down what somebody does.

        Raises:
            UnavailableError: the store does not answer.
        """
        await self._needs.note(action, caller.user_id, key_id=caller.key_id, subject=subject)

    async def access(self, wanted: TrailFilter, /, *, before: int | None, count_max: int) -> Sequence[KeptAccessEvent]:
        """Return what people did, newest first, with a number below ``before``.

        Raises:
            NotFoundError: no user has the id.
            UnavailableError: the store does not answer.
        """
        if wanted.user_id is not None:
            await self._user(wanted.user_id)
        return await self._needs.trail.page(wanted, before=before, count_max=count_max)

    async def page(
        self, wanted: AuditFilter, /, *, user_id: str | None, before: Position | None, count_max: int
    ) -> AuditPage:
        """Return reports, newest first, at places before one of them.

        Args:
            wanted: which.
            user_id: to the account of this user, in place of an account.
            before: where the search goes on.
            count_max: how many at most.

        Raises:
            NotFoundError: no user has the id.
            UnavailableError: the store does not answer.
        """
        if user_id is not None:
            wanted = replace(wanted, account=(await self._user(user_id)).account)
        return await self._history.page(wanted, before=before, count_max=count_max)

    async def _user(self, user_id: str) -> User:
        user = await self._needs.users.by_id(user_id)
        if user is None:
            raise NotFoundError(f"no such user: userId={user_id[:64]}")
        return user
