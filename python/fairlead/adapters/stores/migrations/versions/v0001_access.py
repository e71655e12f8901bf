"""People, sessions and keys."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the counter from which accounts are given: the first is 1,001."""
    numbers = op.create_table(
        "account_numbers",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_account_numbers"),
    )
    op.bulk_insert(numbers, [{"name": "user", "last": 1_000}])
    _make_people()
    _make_sessions()
    _make_keys()


def _make_people() -> None:
    op.create_table(
        "users",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_ts_ns", sa.BigInteger, nullable=False),
        sa.CheckConstraint("email_key = lower(email)", name=op.f("ck_users_email_key_is_lower")),
        sa.CheckConstraint("account BETWEEN 1001 AND 4294967295", name=op.f("ck_users_account_range")),
        sa.PrimaryKeyConstraint("user_id", name="pk_users"),
        sa.UniqueConstraint("account", name="uq_users_account"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
    )
    op.create_table(
        "pending_users",
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("expires_ts_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("email_key", name="pk_pending_users"),
        sa.UniqueConstraint("token_hash", name="uq_pending_users_token_hash"),
    )
    op.create_index("ix_pending_users_expires_ts_ns", "pending_users", ["expires_ts_ns"])
    op.create_table(
        "login_attempts",
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("since_ns", sa.BigInteger, nullable=False),
        sa.Column("locked_until_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name="pk_login_attempts"),
    )
    op.create_index("ix_login_attempts_since_ns", "login_attempts", ["since_ns"])


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("opened_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("expires_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("revoked_ts_ns", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_sessions_user_id"),
    )
    op.create_index("ix_sessions_expires_ts_ns", "sessions", ["expires_ts_ns"])
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"])
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("session_id", sa.String(36), nullable=False),
        sa.Column("expires_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("used_ts_ns", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_refresh_tokens"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.session_id"], name="fk_refresh_tokens_session_id"),
    )
    op.create_index("ix_refresh_tokens_session_id", "refresh_tokens", ["session_id"])


def _make_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("created_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("expires_ts_ns", sa.BigInteger, nullable=True),
        sa.Column("revoked_ts_ns", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("key_id", name="pk_api_keys"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_api_keys_user_id"),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id"])
    op.create_table(
        "api_nonces",
        sa.Column("key_id", sa.String(36), nullable=False),
        sa.Column("nonce", sa.String(64), nullable=False),
        sa.Column("until_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key_id", "nonce", name="pk_api_nonces"),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.key_id"], name="fk_api_nonces_key_id"),
    )
    op.create_index("ix_api_nonces_until_ns", "api_nonces", ["until_ns"])
