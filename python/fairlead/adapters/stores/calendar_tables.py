"""The table of calendars. Times are nanoseconds UTC in BIGINT."""

from typing import Final

from sqlalchemy import BigInteger, Column, String, Table, Text

from fairlead.adapters.stores.metadata import METADATA

__all__ = ["market_calendars"]

market_calendars: Final = Table(
    "market_calendars",
    METADATA,
    Column("symbol", String(36), primary_key=True),
    # JSON of the calendar as its program knows it.
    Column("calendar", Text, nullable=False),
    Column("set_by", String(36), nullable=False),
    Column("set_ts_ns", BigInteger, nullable=False),
    Column("put_state", String(20), nullable=True),
    Column("sending_state", String(20), nullable=True),
    Column("held_since_ns", BigInteger, nullable=True),
)
