"""PostgreSQL as ``fairlead doctor`` asks about it: on a connection of its own that reads three facts."""

from typing import Final

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from fairlead.errors import UnavailableError
from fairlead.ports.servers import ServerLook

__all__ = ["PostgresServer"]

_WAIT_S: Final = 5
_WHY_MAX: Final = 200
# The tables are partitioned, and a row that is there already is passed over in a partition too.
_VERSION_MIN: Final = 110_000
_ASK: Final = """
SELECT current_setting('server_version'), current_setting('server_version_num')::int,
       current_setting('transaction_read_only') = 'on',
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)
"""


class PostgresServer:
    """The store of a configuration.

    Args:
        url: ``postgresql+psycopg://USER:PASSWORD@HOST/DATABASE``.
    """

    name: Final = "PostgreSQL"
    key: Final = "store.url"
    limit: Final = f"version 11 or newer, answers within {_WAIT_S} s, takes writes, lets tables be made"

    def __init__(self, url: str) -> None:
        self._url = url

    def look(self) -> ServerLook:
        """Connect and ask."""
        import psycopg

        try:
            url = make_url(self._url)
        except (ArgumentError, ValueError):
            # Not shown: it may hold a password.
            raise UnavailableError("the URL cannot be read") from None
        given = url.translate_connect_args(username="user", database="dbname") | dict(url.query)
        at = f"at {url.host or 'this machine'}:{url.port or 5432}, database {url.database or url.username}"
        try:
            with psycopg.connect(**given, connect_timeout=_WAIT_S) as connection:
                row = connection.execute(_ASK).fetchone()
        except psycopg.Error as error:
            why = " ".join(str(error).split())[:_WHY_MAX]
            raise UnavailableError(f"{at}: {why or type(error).__name__}") from None
        assert row is not None, "what has no FROM has one row"
        version, number, is_read_only, may_make = row
        obstacle = _obstacle(number, is_read_only=is_read_only, may_make=may_make)
        return ServerLook(about=f"{version} {at}", obstacle=obstacle)


def _obstacle(number: int, *, is_read_only: bool, may_make: bool) -> str:
    if number < _VERSION_MIN:
        return "it is too old"
    if is_read_only:
        return "it takes no writes: a standby, or default_transaction_read_only"
    return "" if may_make else "its user may not make tables: GRANT CREATE ON SCHEMA"
