"""Where a store names records of the log: it must never know of one that the log of its backup does not have."""

from typing import Final

__all__ = ["RECORD_COLUMNS"]

# Table and column.
RECORD_COLUMNS: Final = (
    ("projection_cursor", "event_seq"),
    ("order_events", "event_seq"),
    ("funds_requests", "event_seq"),
    ("funds_requests", "after_seq"),
)
