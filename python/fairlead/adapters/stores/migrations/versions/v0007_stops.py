"""What stopped markets is found without reading the whole audit."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STOPS = ("BreakerTripped", "HaltOrdered", "KillSwitchCleared", "KillSwitchSet", "ResumeOrdered")


def upgrade() -> None:
    """Make the index over few of many rows."""
    few = sa.column("what").in_(_STOPS)
    op.create_index("ix_order_events_stops", "order_events", ["event_seq"], sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_order_events_stops", table_name="order_events")
