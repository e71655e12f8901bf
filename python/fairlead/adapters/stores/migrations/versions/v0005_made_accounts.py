"""Accounts that the exchange made for the service."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of made accounts; there is none before the service made it."""
    op.create_table(
        "made_accounts",
        sa.Column("account", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_made_accounts"),
    )
