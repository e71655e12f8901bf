"""Deposits, withdrawals, and the wallets they go to."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of money that comes in and goes out."""
    op.create_table(
        "funds_requests",
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("direction", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("asset_id", sa.BigInteger, nullable=False),
        sa.Column("asset_symbol", sa.String(36), nullable=False),
        sa.Column("asset_decimals", sa.Integer, nullable=False),
        sa.Column("units", sa.String(40), nullable=False),
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("address", sa.String(96), nullable=False),
        sa.Column("tx_hash", sa.String(66), nullable=True),
        sa.Column("claim", sa.String(100), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("account", sa.BigInteger, nullable=True),
        sa.Column("decided_by", sa.String(36), nullable=True),
        sa.Column("decided_ts_ns", sa.BigInteger, nullable=True),
        sa.Column("after_seq", sa.BigInteger, nullable=True),
        sa.Column("event_seq", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("request_id", name="pk_funds_requests"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_funds_requests_user_id"),
        sa.UniqueConstraint("claim", name="uq_funds_requests_claim"),
        sa.UniqueConstraint("event_seq", name="uq_funds_requests_event_seq"),
    )
    for columns in (
        ["direction", "created_ts_ns", "request_id"],
        ["user_id", "direction", "created_ts_ns"],
        ["state"],
    ):
        op.create_index(f"ix_funds_requests_{'_'.join(columns)}", "funds_requests", columns)
    op.create_table(
        "funds_wallets",
        sa.Column("wallet_id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("chain", sa.String(32), nullable=False),
        sa.Column("address", sa.String(96), nullable=False),
        sa.Column("verified_by", sa.String(36), nullable=True),
        sa.Column("verified_ts_ns", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("wallet_id", name="pk_funds_wallets"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_funds_wallets_user_id"),
        sa.UniqueConstraint("user_id", "chain", "address", name="uq_funds_wallets_user_id_chain_address"),
    )
