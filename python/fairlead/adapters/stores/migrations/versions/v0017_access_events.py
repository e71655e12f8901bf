"""What people did."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what was before is not known."""
    op.create_table(
        "access_events",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("ts_ns", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=True),
        sa.Column("key_id", sa.String(36), nullable=True),
        sa.Column("subject", sa.String(160), nullable=True),
        sa.Column("correlation_id", sa.String(64), nullable=True),
    )
    op.create_index("ix_access_events_user_id_number", "access_events", ["user_id", "number"])
    op.create_index("ix_access_events_action_number", "access_events", ["action", "number"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("access_events")
