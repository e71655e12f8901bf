"""What who owns the machine does with users: make, list and disable them."""

from fairlead.domain.access.emails import email_key, parse_email
from fairlead.domain.access.fields import require
from fairlead.domain.access.people import User
from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret
from fairlead.errors import NotFoundError
from fairlead.ports.access_trail import AccessAction
from fairlead.services.access.needs import Needs, new_token
from fairlead.services.access.registration import Registration

__all__ = ["UserDesk"]


class UserDesk:
    """Users, for whoever may read and write the data directory.

    Args:
        needs: the adapters and figures.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs, self._registration = needs, Registration(needs)

    def new_password(self) -> Secret:
        """Return a password that nobody can guess."""
        return new_token(self._needs.secrets)

    async def create(self, *, email: str, password: Secret, role: Role) -> User:
        """Make a user at once, without a letter.

        Raises:
            ValidationError: a field is missing or breaks a rule.
            ConflictError: a user has the address.
        """
        return await self._registration.create_user(email=email, password=password, role=role)

    async def every(self) -> list[User]:
        """Return every user, by account."""
        return await self._needs.users.every()

    async def disable(self, *, email: str) -> User:
        """Let nobody in with this address any more; open sessions and API keys count no more either.

        A service that runs meanwhile learns of it with the next check of a proof, within a second. Orders and money of
        the account stay as they are.

        Raises:
            ValidationError: it is no address.
            NotFoundError: no user has it.
        """
        require({"email": email}, ["email"])
        found = await self._needs.users.by_email(email_key(parse_email(email)))
        if found is None:
            raise NotFoundError(f"no such user: email={email}; fairlead users list names them")
        user = await self._needs.users.disable(found.user_id, ts_ns=self._needs.clock.now_ns())
        self._needs.recent.forget(user.user_id)
        await self._needs.note(AccessAction.USER_DISABLED, None, subject=user.user_id)
        return user
