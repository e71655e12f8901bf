"""A fee schedule has rates for two bases."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that were set are of the notional."""
    op.create_table(
        "fee_rates",
        sa.Column("schedule", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("base", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("maker_ppm", sa.Integer, nullable=False),
        sa.Column("taker_ppm", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO fee_rates (schedule, base, maker_ppm, taker_ppm)"
        " SELECT schedule, 0, maker_ppm, taker_ppm FROM fee_schedules"
    )
    op.drop_table("fee_schedules")


def downgrade() -> None:
    """Keep those of the notional."""
    op.create_table(
        "fee_schedules",
        sa.Column("schedule", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("maker_ppm", sa.Integer, nullable=False),
        sa.Column("taker_ppm", sa.Integer, nullable=False),
    )
    op.execute(
        "INSERT INTO fee_schedules (schedule, maker_ppm, taker_ppm)"
        " SELECT schedule, maker_ppm, taker_ppm FROM fee_rates WHERE base = 0"
    )
    op.drop_table("fee_rates")
