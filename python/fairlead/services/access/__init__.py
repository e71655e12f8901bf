"""Register, verify, log in, refresh, log out, keys: the order of their steps."""

from fairlead.services.access.api_keys import KeyDesk, NewApiKey
from fairlead.services.access.liveness import still_counts
from fairlead.services.access.needs import Needs
from fairlead.services.access.recovery import Recovery
from fairlead.services.access.registration import Registration
from fairlead.services.access.sessions import Entry, TokenPair
from fairlead.services.access.upkeep import sweep
from fairlead.services.access.user_desk import UserDesk

__all__ = [
    "Entry",
    "KeyDesk",
    "Needs",
    "NewApiKey",
    "Recovery",
    "Registration",
    "TokenPair",
    "UserDesk",
    "still_counts",
    "sweep",
]
