"""Fee schedules have a table of their own, and so has which account pays by which."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; what they have is made from the log at the next start."""
    op.create_table(
        "fee_schedules",
        sa.Column("schedule", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("maker_ppm", sa.Integer, nullable=False),
        sa.Column("taker_ppm", sa.Integer, nullable=False),
    )
    op.create_table(
        "account_fees",
        sa.Column("account", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("schedule", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("account_fees")
    op.drop_table("fee_schedules")
