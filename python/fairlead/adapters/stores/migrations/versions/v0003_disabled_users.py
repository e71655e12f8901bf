"""Users that may not come in any more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of disabled users."""
    op.create_table(
        "disabled_users",
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("disabled_ts_ns", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_disabled_users"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_disabled_users_user_id"),
    )
