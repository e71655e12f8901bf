"""The collection of tables with every table in it: a module of tables adds its own when it is imported."""

from fairlead.adapters.stores import access_tables, calendar_tables, funding_tables, projection_tables
from fairlead.adapters.stores.metadata import METADATA

__all__ = ["METADATA", "TABLE_MODULES"]

TABLE_MODULES = (access_tables, calendar_tables, funding_tables, projection_tables)
