"""Calendars of markets."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "market_calendars",
        sa.Column("symbol", sa.String(36), nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("set_by", sa.String(36), nullable=False),
        sa.Column("set_ts_ns", sa.BigInteger, nullable=False),
        sa.Column("put_state", sa.String(20), nullable=True),
        sa.Column("sending_state", sa.String(20), nullable=True),
        sa.Column("held_since_ns", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("symbol", name="pk_market_calendars"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("market_calendars")
