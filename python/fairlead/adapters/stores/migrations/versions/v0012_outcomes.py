"""Markets of events have a table of their own: their two assets, how many pairs there are, and how they ended."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what it has is made from the log at the next start."""
    op.create_table(
        "outcomes",
        sa.Column("instrument_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("symbol", sa.String(36), nullable=False, unique=True),
        sa.Column("no_id", sa.BigInteger, nullable=False),
        sa.Column("no_symbol", sa.String(36), nullable=False),
        sa.Column("pairs", sa.String(96), nullable=False),
        sa.Column("is_void", sa.Boolean, nullable=False),
        sa.Column("yes_pays", sa.String(96), nullable=True),
        sa.Column("resolved_ts_ns", sa.BigInteger, nullable=True),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("outcomes")
