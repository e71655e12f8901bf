"""How a user who has forgotten the password comes in again: a letter, and a token in it that works once.

The token is kept nowhere. It says whose it is and until when, and is proven by a secret of the service over that and
over the password hash and the epoch of its user: whatever changes one of them, this reset or another, ends every token.
"""

import hashlib
import hmac
from functools import partial
from typing import Final

from fairlead.domain.access.emails import email_key, parse_email
from fairlead.domain.access.errors import AuthenticationError, LockedOutError
from fairlead.domain.access.fields import require
from fairlead.domain.access.lockout import after_attempt
from fairlead.domain.access.passwords import check_password
from fairlead.domain.access.people import User
from fairlead.domain.access.policy import NS_PER_S
from fairlead.domain.access.secret import Secret
from fairlead.ports.access_trail import AccessAction
from fairlead.ports.mailer import Mail, MailKind
from fairlead.services.access.needs import Needs

__all__ = ["Recovery"]

# No API key has a name like this.
_SECRET_NAME: Final = "password reset 1"
# What letters to an address are counted under, apart from its logins.
_COUNTED: Final = "reset\n"


class Recovery:
    """Lets users choose another password.

    Args:
        needs: the adapters and figures.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    async def forgot(self, *, email: str) -> None:
        """Send a token to the address; one that no user has gets a letter that says so.

        Whoever asks learns nothing about the address: the same work is done, and the answer is the same.

        Raises:
            ValidationError: it is no address.
            LockedOutError: too many letters for this address, whether it belongs to anybody or not.
            UnavailableError: the store or the mail cannot take it; try again.
        """
        needs = self._needs
        require({"email": email}, ["email"])
        key = email_key(parse_email(email))
        now_ns, counted = needs.clock.now_ns(), hashlib.sha256(f"{_COUNTED}{key}".encode()).hexdigest()
        attempts = await needs.attempts.change(counted, partial(after_attempt, now_ns=now_ns, policy=needs.policy))
        if attempts.is_locked(now_ns=now_ns):
            raise LockedOutError.until(attempts.locked_until_ns, now_ns=now_ns)
        user = await needs.users.by_email(key)
        if user is None or user.disabled_ts_ns is not None:
            await needs.mailer.send(Mail(to=email, kind=MailKind.NO_ACCOUNT))
            return
        until_s = now_ns // NS_PER_S + needs.policy.reset_s
        token = Secret(f"{user.user_id}.{until_s}.{self._proof(user, until_s)}")
        await needs.mailer.send(Mail(to=user.email, kind=MailKind.RESET, token=token))

    async def reset(self, *, token: Secret, password: Secret) -> None:
        """Replace the password of whom the token was sent to; every session and API key of before counts no more.

        Raises:
            ValidationError: a field is missing, or the password breaks a rule; the token stays good.
            AuthenticationError: the token is wrong, used or too old.
            UnavailableError: the store or the hasher cannot take it; nothing changed.
        """
        needs = self._needs
        require({"token": token.reveal(), "password": password.reveal()}, ["token", "password"])
        user = await self._owner(token)
        form = check_password(password, email=user.email, min_length=needs.policy.password_min)
        fresh = await needs.hasher.hash(form)
        if not await needs.users.replace_password(user.user_id, old=user.password_hash, new=fresh, epoch=user.epoch):
            raise _wrong("used meanwhile")
        needs.recent.forget(user.user_id)
        await needs.note(AccessAction.PASSWORD_RESET, user.user_id)
        # Who reads the letters of the address is no guesser.
        await needs.attempts.clear(hashlib.sha256(user.email_key.encode()).hexdigest())

    async def _owner(self, token: Secret) -> User:
        user_id, _, rest = token.reveal().partition(".")
        until, _, shown = rest.partition(".")
        is_number = until.isascii() and until.isdecimal() and len(until) <= len(str(2**63))
        user = await self._needs.users.by_id(user_id) if is_number else None
        if user is None:
            raise _wrong("no token of ours")
        if not hmac.compare_digest(self._proof(user, int(until)).encode(), shown.encode()):
            raise _wrong("forged or used")
        if self._needs.clock.now_ns() >= int(until) * NS_PER_S:
            raise _wrong("too old")
        if user.disabled_ts_ns is not None:
            raise _wrong("disabled")
        return user

    def _proof(self, user: User, until_s: int) -> str:
        secret = self._needs.vault.secret_of(_SECRET_NAME).reveal().encode()
        said = "\n".join((user.user_id, str(until_s), str(user.epoch), user.password_hash))
        return hmac.new(secret, said.encode(), "sha256").hexdigest()


def _wrong(cause: str) -> AuthenticationError:
    return AuthenticationError("token is wrong, used or too old: ask for another letter", cause=f"reset: {cause}")
