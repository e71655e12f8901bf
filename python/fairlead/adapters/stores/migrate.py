"""Bring the tables of a store to the form this program knows."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from fairlead.adapters.stores.database import Database

__all__ = ["migrate", "upgrade"]

_SCRIPTS: Final = Path(__file__).with_name("migrations")


async def migrate(database: Database, *, revision: str = "head") -> None:
    """Apply every change of tables up to ``revision``, in one step: all of them, or none where one fails.

    Raises:
        UnavailableError: the store does not answer.
    """
    async with database.write() as connection:
        await connection.run_sync(upgrade, revision)


def upgrade(connection: Connection, revision: str) -> None:
    """Apply every change of tables up to ``revision``, in the step that the connection is in."""
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
