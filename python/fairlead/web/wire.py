"""The bodies of requests and answers: camelCase names, times as ISO 8601 in UTC, no number that could lose a digit."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from fairlead.domain.access.people import ApiKey
from fairlead.domain.access.roles import Principal
from fairlead.model.instants import iso
from fairlead.services.access import NewApiKey, TokenPair

Text = Annotated[str, Meta(max_length=4_096)]


class Body(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What a request says; a field it does not have is refused."""


class Answer(Struct, frozen=True, kw_only=True, rename="camel"):
    """What an answer says."""


class Credentials(Body, frozen=True, kw_only=True):
    """``POST /auth/register`` and ``POST /auth/login``."""

    email: Text
    password: Text


class Verification(Body, frozen=True, kw_only=True):
    """``POST /auth/verify``: the token of the letter."""

    token: Text


class Forgotten(Body, frozen=True, kw_only=True):
    """``POST /auth/forgot-password``: whose password it is."""

    email: Text


class NewPassword(Body, frozen=True, kw_only=True):
    """``POST /auth/reset-password``: the token of the letter, and what to log in with from now on."""

    token: Text
    password: Text


class Refreshment(Body, frozen=True, kw_only=True):
    """``POST /auth/refresh``: a token that counts once."""

    refresh_token: Text


class KeyWish(Body, frozen=True, kw_only=True):
    """``POST /api-keys``: a key that a machine signs with."""

    name: Text
    scopes: Annotated[list[Text], Meta(max_length=8)]
    # Milliseconds since 1970 UTC; a key without it does not end.
    expires_at: Annotated[int, Meta(ge=0, lt=2**43)] | UnsetType = UNSET


class Waiting(Answer, frozen=True, kw_only=True):
    """A registration waits for the token of its letter."""

    status: str = "PENDING_VERIFICATION"


class LetterSent(Answer, frozen=True, kw_only=True):
    """A letter went to the address, whoever it belongs to."""

    status: str = "LETTER_SENT"


class Person(Answer, frozen=True, kw_only=True):
    """A user."""

    user_id: str
    account: int
    role: str
    email: str


class Caller(Answer, frozen=True, kw_only=True):
    """Who asks, and with what right."""

    user_id: str
    account: int
    role: str
    scopes: list[str]
    key_id: str | None = None


class Tokens(Answer, frozen=True, kw_only=True):
    """The tokens of a session."""

    access_token: str
    access_expires_at: str
    refresh_token: str
    refresh_expires_at: str
    token_type: str = "Bearer"


class KeyLine(Answer, frozen=True, kw_only=True):
    """An API key without its secret."""

    key_id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None


class KeyWithSecret(KeyLine, frozen=True, kw_only=True):
    """An API key and its secret, which is shown this once."""

    secret: str


class KeyList(Answer, frozen=True, kw_only=True):
    """The API keys of who asks, oldest first."""

    keys: list[KeyLine]


class Now(Answer, frozen=True, kw_only=True):
    """The time of the service."""

    time: str
    unix_ms: int


class Health(Answer, frozen=True, kw_only=True):
    """Whether the process is alive. The breaker is ``UNKNOWN`` while the service does not hear every market."""

    status: str
    circuit_breaker_tripped: bool | None
    circuit_breaker_status: str


class Part(Answer, frozen=True, kw_only=True):
    """One thing the service needs."""

    name: str
    is_ready: bool


class Ready(Answer, frozen=True, kw_only=True):
    """Whether the service can work, part by part."""

    status: str
    parts: list[Part]


def tokens_of(pair: TokenPair) -> Tokens:
    """Return a pair of tokens as their owner gets it."""
    return Tokens(
        access_token=pair.access.reveal(),
        access_expires_at=iso(pair.access_until_ns),
        refresh_token=pair.refresh.reveal(),
        refresh_expires_at=iso(pair.refresh_until_ns),
    )


def caller_of(caller: Principal) -> Caller:
    """Return who asks."""
    return Caller(
        user_id=caller.user_id,
        account=caller.account,
        role=caller.role.value,
        scopes=sorted(caller.scopes),
        key_id=caller.key_id,
    )


def key_line(key: ApiKey) -> KeyLine:
    """Return a key as a list shows it."""
    return KeyLine(
        key_id=key.key_id,
        name=key.name,
        scopes=sorted(key.scopes),
        created_at=iso(key.created_ts_ns),
        expires_at=None if key.expires_ts_ns is None else iso(key.expires_ts_ns),
        revoked_at=None if key.revoked_ts_ns is None else iso(key.revoked_ts_ns),
    )


def key_with_secret(made: NewApiKey) -> KeyWithSecret:
    """Return a key as its owner sees it once."""
    line = key_line(made.key)
    return KeyWithSecret(
        key_id=line.key_id,
        name=line.name,
        scopes=line.scopes,
        created_at=line.created_at,
        expires_at=line.expires_at,
        revoked_at=line.revoked_at,
        secret=made.secret.reveal(),
    )
