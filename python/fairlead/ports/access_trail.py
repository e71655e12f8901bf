"""What people did: who came in and went, whose proofs were ended, and what was ordered over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

__all__ = ["AccessAction", "AccessEvent", "AccessTrail", "KeptAccessEvent", "TrailFilter"]


class AccessAction(StrEnum):
    """What somebody did."""

    USER_MADE = "USER_MADE"
    USER_DISABLED = "USER_DISABLED"
    LOGIN = "LOGIN"
    LOGIN_FAILED = "LOGIN_FAILED"
    LOGOUT = "LOGOUT"
    # A refresh token came a second time: its session is ended.
    TOKEN_REUSED = "TOKEN_REUSED"
    REVOKED = "REVOKED"
    KEY_MADE = "KEY_MADE"
    KEY_REVOKED = "KEY_REVOKED"
    PASSWORD_RESET = "PASSWORD_RESET"
    # A request that needs a right over others, before it is carried out.
    ORDERED = "ORDERED"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent:
    """One thing.

    Attributes:
        ts_ns: when, nanoseconds UTC.
        action: what.
        user_id: who; ``None``: nobody that is known, as of a failed login to an address nobody has.
        key_id: the API key that was used.
        subject: about whom or what: another user, a key, a session, or method and path of what was ordered.
        correlation_id: the request.
    """

    ts_ns: int
    action: AccessAction
    user_id: str | None = None
    key_id: str | None = None
    subject: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAccessEvent:
    """One thing and its number, which grows."""

    number: int
    event: AccessEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which; what is ``None`` does not matter. Times are nanoseconds UTC, both ends included."""

    user_id: str | None = None
    action: AccessAction | None = None
    from_ns: int | None = None
    to_ns: int | None = None


class AccessTrail(Protocol):
    """Where it is kept, for ever. Each call may raise ``UnavailableError``."""

    async def add(self, event: AccessEvent, /) -> None:
        """Keep one."""
        ...

    async def page(self, wanted: TrailFilter, /, *, before: int | None, count_max: int) -> Sequence[KeptAccessEvent]:
        """Return them, newest first, with a number below ``before``."""
        ...
