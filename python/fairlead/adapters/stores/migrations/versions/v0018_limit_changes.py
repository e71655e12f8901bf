"""What limits were set to, and who asked for it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what was set before stands in them once the tables are made from the log again."""
    op.create_table(
        "limit_changes",
        sa.Column("event_seq", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("account", sa.BigInteger, nullable=False),
        sa.Column("symbol", sa.String(36), nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("event_seq", name="pk_limit_changes"),
    )
    op.create_index("ix_limit_changes_account_symbol_event_seq", "limit_changes", ["account", "symbol", "event_seq"])
    op.create_table(
        "limit_setters",
        sa.Column("account", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("symbol", sa.String(36), nullable=False),
        sa.Column("set_ts_ns", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("set_by", sa.String(36), nullable=False),
        sa.PrimaryKeyConstraint("account", "symbol", "set_ts_ns", name="pk_limit_setters"),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("limit_setters")
    op.drop_table("limit_changes")
