"""How markets stood is found without reading the whole audit."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_EVENTS = ("AuctionExtended", "BreakerTripped", "HaltOrdered", "ResumeOrdered", "StateChanged")


def upgrade() -> None:
    """Make the index over few of many rows."""
    few = sa.column("what").in_(_EVENTS)
    op.create_index("ix_order_events_markets", "order_events", ["event_seq"], sqlite_where=few, postgresql_where=few)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_order_events_markets", table_name="order_events")
