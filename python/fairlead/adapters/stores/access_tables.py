"""The tables of people, sessions and keys. Times are nanoseconds UTC in BIGINT, `_ts_ns` for what happened."""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, String, Table

from fairlead.adapters.stores.metadata import METADATA

__all__ = [
    "ACCOUNT_MAX",
    "ACCOUNT_MIN",
    "account_numbers",
    "api_keys",
    "api_nonces",
    "disabled_users",
    "login_attempts",
    "made_accounts",
    "pending_users",
    "refresh_tokens",
    "sessions",
    "users",
]

# Numbers below are the venue's own: 0 is the venue, and `fairlead keys` gives the others to clients of the gateway.
ACCOUNT_MIN: Final = 1_001
ACCOUNT_MAX: Final = 2**32 - 1

# One row: the account that was given last. A number is taken here and so is never given twice, whoever leaves.
account_numbers: Final = Table(
    "account_numbers",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

users: Final = Table(
    "users",
    METADATA,
    Column("user_id", String(36), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("password_hash", String(255), nullable=False),
    Column("role", String(16), nullable=False),
    Column("account", BigInteger, nullable=False, unique=True),
    Column("epoch", Integer, nullable=False),
    Column("created_ts_ns", BigInteger, nullable=False),
    CheckConstraint("email_key = lower(email)", name="email_key_is_lower"),
    CheckConstraint("account BETWEEN 1001 AND 4294967295", name="account_range"),
)

# Whoever is here may not come in; the user's row stays, as its account and its history do.
disabled_users: Final = Table(
    "disabled_users",
    METADATA,
    Column("user_id", String(36), ForeignKey("users.user_id"), primary_key=True),
    Column("disabled_ts_ns", BigInteger, nullable=False),
)

pending_users: Final = Table(
    "pending_users",
    METADATA,
    Column("email_key", String(254), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("password_hash", String(255), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_ts_ns", BigInteger, nullable=False, index=True),
)

login_attempts: Final = Table(
    "login_attempts",
    METADATA,
    Column("address_hash", String(64), primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("since_ns", BigInteger, nullable=False, index=True),
    Column("locked_until_ns", BigInteger, nullable=False),
)

sessions: Final = Table(
    "sessions",
    METADATA,
    Column("session_id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.user_id"), nullable=False, index=True),
    Column("epoch", Integer, nullable=False),
    Column("opened_ts_ns", BigInteger, nullable=False),
    Column("expires_ts_ns", BigInteger, nullable=False, index=True),
    Column("revoked_ts_ns", BigInteger, nullable=True),
)

refresh_tokens: Final = Table(
    "refresh_tokens",
    METADATA,
    Column("token_hash", String(64), primary_key=True),
    Column("session_id", String(36), ForeignKey("sessions.session_id"), nullable=False, index=True),
    Column("expires_ts_ns", BigInteger, nullable=False),
    Column("used_ts_ns", BigInteger, nullable=True),
)

api_keys: Final = Table(
    "api_keys",
    METADATA,
    Column("key_id", String(36), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.user_id"), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("scopes", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("created_ts_ns", BigInteger, nullable=False),
    Column("expires_ts_ns", BigInteger, nullable=True),
    Column("revoked_ts_ns", BigInteger, nullable=True),
)

api_nonces: Final = Table(
    "api_nonces",
    METADATA,
    Column("key_id", String(36), ForeignKey("api_keys.key_id"), primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("until_ns", BigInteger, nullable=False, index=True),
)

# The accounts that the exchange made for the service: a user trades in one of these and in no other.
made_accounts: Final = Table(
    "made_accounts",
    METADATA,
    Column("account", BigInteger, primary_key=True, autoincrement=False),
)
