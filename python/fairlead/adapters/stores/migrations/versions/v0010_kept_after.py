"""What is old may be taken away, and it is known up to where."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; SQLite writes the table anew, so that its definition is that of one made whole."""
    with op.batch_alter_table("projection_cursor", recreate="auto" if _is_postgres() else "always") as table:
        table.add_column(sa.Column("kept_after_seq", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("projection_cursor") as table:
        table.drop_column("kept_after_seq")


def _is_postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"
