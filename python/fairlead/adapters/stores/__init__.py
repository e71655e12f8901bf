"""SQL behind the ports: SQLite by default, PostgreSQL with the same statements."""

from fairlead.adapters.stores.access_trail import SqlAccessTrail
from fairlead.adapters.stores.account_limits import SqlAccountLimits
from fairlead.adapters.stores.account_numbers import SqlAccountNumbers
from fairlead.adapters.stores.api_keys import SqlApiKeys
from fairlead.adapters.stores.calendars import SqlCalendars
from fairlead.adapters.stores.database import Database, open_database
from fairlead.adapters.stores.funding import SqlFunds
from fairlead.adapters.stores.login_attempts import SqlLoginAttempts
from fairlead.adapters.stores.migrate import migrate
from fairlead.adapters.stores.nonces import SqlNonces
from fairlead.adapters.stores.refresh_tokens import SqlRefreshTokens
from fairlead.adapters.stores.users import SqlUsers

__all__ = [
    "Database",
    "SqlAccessTrail",
    "SqlAccountLimits",
    "SqlAccountNumbers",
    "SqlApiKeys",
    "SqlCalendars",
    "SqlFunds",
    "SqlLoginAttempts",
    "SqlNonces",
    "SqlRefreshTokens",
    "SqlUsers",
    "migrate",
    "open_database",
]
