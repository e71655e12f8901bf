"""Limits of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "account_limits",
        sa.Column("account", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("symbol", sa.String(36), nullable=False),
        sa.Column("limits", sa.Text, nullable=False),
        sa.Column("set_by", sa.String(36), nullable=False),
        sa.Column("set_ts_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account", "symbol", name="pk_account_limits"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("account_limits")
