"""How somebody becomes a user: a registration, an e-mail, and the proof that it was read."""

from fairlead.domain.access.emails import email_key, parse_email
from fairlead.domain.access.errors import AuthenticationError
from fairlead.domain.access.fields import require
from fairlead.domain.access.passwords import check_password
from fairlead.domain.access.people import NewUser, PendingUser, User
from fairlead.domain.access.policy import NS_PER_S
from fairlead.domain.access.roles import Role
from fairlead.domain.access.secret import Secret
from fairlead.ports.access_trail import AccessAction
from fairlead.ports.mailer import Mail, MailKind
from fairlead.services.access.needs import Needs, hash_of, new_id, new_token

__all__ = ["Registration"]


class Registration:
    """Registers users.

    Args:
        needs: the adapters and figures.
    """

    def __init__(self, needs: Needs) -> None:
        self._needs = needs

    async def register(self, *, email: str, password: Secret) -> None:
        """Keep a registration and send its token to the address.

        Whoever asks learns nothing about the address: where a user has it already, the same work is done, the owner
        gets another letter, and the answer is the same.

        Raises:
            ValidationError: a field is missing or breaks a rule.
            UnavailableError: the store, the hasher or the mail cannot take it; nothing was answered, try again.
        """
        needs = self._needs
        form = _checked(email, password, min_length=needs.policy.password_min)
        encoded = await needs.hasher.hash(form)
        key, token = email_key(email), new_token(needs.secrets)
        owner = await needs.users.by_email(key)
        expires_ts_ns = needs.clock.now_ns() + needs.policy.verify_s * NS_PER_S
        await needs.users.pend(
            PendingUser(
                token_hash=hash_of(token),
                email=email,
                email_key=key,
                password_hash=encoded,
                expires_ts_ns=expires_ts_ns,
            )
        )
        # Kept also where a user has the address, for the same work; then nobody is ever sent its token.
        if owner is None:
            await needs.mailer.send(Mail(to=email, kind=MailKind.VERIFY, token=token))
        else:
            await needs.mailer.send(Mail(to=owner.email, kind=MailKind.ALREADY_REGISTERED))

    async def verify(self, token: Secret) -> User:
        """Make the registration a user with the role trader and an account of its own.

        Raises:
            ValidationError: there is no token.
            AuthenticationError: it is unknown, used or too old.
            ConflictError: another registration of the address was verified before.
        """
        needs = self._needs
        require({"token": token.reveal()}, ["token"])
        user_id, now_ns = new_id("usr", needs.secrets), needs.clock.now_ns()
        user = await needs.users.confirm(hash_of(token), user_id=user_id, ts_ns=now_ns)
        if user is None:
            raise AuthenticationError("token is wrong, used or too old: register again", cause="verify_token")
        await needs.note(AccessAction.USER_MADE, user.user_id, subject=f"{user.user_id} {user.role.value}")
        return user

    async def create_user(self, *, email: str, password: Secret, role: Role) -> User:
        """Make a user at once, for who owns the machine: this is how the first operator comes to be.

        Raises:
            ValidationError: a field is missing or breaks a rule.
            ConflictError: a user has the address.
        """
        needs = self._needs
        form = _checked(email, password, min_length=needs.policy.password_min)
        user = await needs.users.add(
            NewUser(
                user_id=new_id("usr", needs.secrets),
                email=email,
                email_key=email_key(email),
                password_hash=await needs.hasher.hash(form),
                role=role,
                created_ts_ns=needs.clock.now_ns(),
            )
        )
        # Whoever owns the machine made it.
        await needs.note(AccessAction.USER_MADE, None, subject=f"{user.user_id} {role.value}")
        return user


def _checked(email: str, password: Secret, *, min_length: int) -> Secret:
    require({"email": email, "password": password.reveal()}, ["email", "password"])
    return check_password(password, email=parse_email(email), min_length=min_length)
