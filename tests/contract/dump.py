"""Every row of the tables that follow the exchange, to compare two stores."""

from typing import Any

from sqlalchemy import select

from fairlead.adapters.stores import Database
from fairlead.adapters.stores.projection_tables import FOLLOWING


async def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table in the order of its key."""
    found = {}
    async with database.read() as view:
        for table in FOLLOWING:
            rows = await view.execute(select(table).order_by(*table.primary_key))
            found[table.name] = [tuple(row) for row in rows]
    return found
