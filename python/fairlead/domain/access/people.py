"""The records of a person: user, registration that waits for its e-mail, API key. Times are nanoseconds UTC."""

from dataclasses import dataclass, field

from fairlead.domain.access.roles import Role, Scope

__all__ = ["ApiKey", "NewUser", "PendingUser", "User"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user before the store gave it an account.

    Attributes:
        user_id: ``usr_`` and 32 hex digits.
        email: as it was written.
        email_key: what it is found by; unique.
        password_hash: what the hasher made; not shown.
        role: what the user is to the venue.
        created_ts_ns: when.
    """

    user_id: str
    email: str
    email_key: str
    password_hash: str = field(repr=False)
    role: Role
    created_ts_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class User(NewUser):
    """A user.

    Attributes:
        account: number of the one account in the engine; given once, never reused, never taken from a request.
        epoch: what was proved under a smaller one counts no more.
        disabled_ts_ns: since when nobody may come in as this user; ``None``: somebody may.
    """

    account: int
    epoch: int
    disabled_ts_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingUser:
    """A registration whose e-mail is not verified; nobody can log in with it.

    Attributes:
        token_hash: SHA-256 of the token in the e-mail, hexadecimal.
        email: as it was written.
        email_key: one registration waits for each.
        password_hash: what the hasher made; not shown.
        expires_ts_ns: from when the token counts no more.
    """

    token_hash: str
    email: str
    email_key: str
    password_hash: str = field(repr=False)
    expires_ts_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of a machine. Its secret is not part of it.

    Attributes:
        key_id: ``key_`` and 32 hex digits; public.
        user_id: whose it is.
        name: what the owner calls it, 1 to 64 characters.
        scopes: what it may be used for.
        epoch: the user's when it was made.
        created_ts_ns: when.
        expires_ts_ns: from when it counts no more; ``None``: never.
        revoked_ts_ns: when it was taken back; ``None``: it was not.
    """

    key_id: str
    user_id: str
    name: str
    scopes: frozenset[Scope]
    epoch: int
    created_ts_ns: int
    expires_ts_ns: int | None = None
    revoked_ts_ns: int | None = None

    def is_live(self, *, now_ns: int, epoch: int) -> bool:
        """Whether it counts at that moment and under that epoch of its user."""
        is_expired = self.expires_ts_ns is not None and now_ns >= self.expires_ts_ns
        return self.revoked_ts_ns is None and not is_expired and self.epoch == epoch
