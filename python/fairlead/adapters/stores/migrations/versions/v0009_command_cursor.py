"""How far the log was read for what its reports do not say."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of the cursor."""
    op.create_table(
        "command_cursor",
        sa.Column("name", sa.String(16), nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_command_cursor"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("command_cursor")
