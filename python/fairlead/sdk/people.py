"""What the service answers about people, their keys, and money that comes in and goes out."""

from decimal import Decimal

from fairlead.sdk.answers import Answer
from fairlead.sdk.times import Timestamp

__all__ = ["ApiKey", "Asset", "Caller", "Funds", "NewApiKey", "Tokens", "User"]


class User(Answer, frozen=True, kw_only=True):
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
    scopes: tuple[str, ...]
    key_id: str | None = None


class Tokens(Answer, frozen=True, kw_only=True):
    """The tokens of a session, which no ``repr`` shows."""

    access_token: str
    access_expires_at: Timestamp
    refresh_token: str
    refresh_expires_at: Timestamp
    token_type: str = "Bearer"

    def __repr__(self) -> str:
        return "Tokens(***)"


class ApiKey(Answer, frozen=True, kw_only=True):
    """An API key without its secret."""

    key_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: Timestamp
    expires_at: Timestamp | None
    revoked_at: Timestamp | None


class NewApiKey(ApiKey, frozen=True, kw_only=True):
    """An API key with its secret, which is told this once and which no ``repr`` shows."""

    secret: str

    def __repr__(self) -> str:
        return f"NewApiKey(key_id={self.key_id!r}, secret=***)"


class Funds(Answer, frozen=True, kw_only=True):
    """A deposit or a withdrawal. Only ``DONE`` moved money."""

    id: str
    user_id: str
    asset: str
    amount: Decimal
    chain: str
    address: str
    transaction_hash: str | None
    state: str
    created_at: Timestamp
    account: int | None
    decided_by: str | None
    decided_at: Timestamp | None
    event_seq: int | None


class Asset(Answer, frozen=True, kw_only=True):
    """An asset that can be moved."""

    asset: str
    decimals: int
