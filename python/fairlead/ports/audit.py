"""The audit: every report of the exchange, for those who may see all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fairlead.model.report import Position, Report

__all__ = ["AuditFilter", "AuditHistory", "AuditPage", "LimitChange", "LimitsTold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFilter:
    """Which reports; what is ``None`` does not matter.

    Attributes:
        account: to this account of the exchange.
        symbol: about this instrument.
        action: what happened, a word of the exchange as in ``KillSwitchSet``.
        from_ns: then or later, nanoseconds since 1970 UTC.
        to_ns: then or earlier.
    """

    account: int | None = None
    symbol: str | None = None
    action: str | None = None
    from_ns: int | None = None
    to_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitChange:
    """One limit that was set, or was until then: by its name in the API, as text; ``None``: no limit of that kind."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsTold:
    """What a command set limits to, and the user who asked for it over HTTP, if one did."""

    changes: Sequence[LimitChange]
    set_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """Some of them, newest first.

    Attributes:
        reports: what was found.
        following: where the search goes on; ``None``: nothing older is there. A page may be short, even empty, and
            have more behind it: a search looks at so many reports and no more.
        symbols: of the instruments they name, by number.
        limits: of those that say that limits were set, by their place in the log, as far as the log was read.
    """

    reports: Sequence[Report]
    following: Position | None
    symbols: dict[int, str] = field(default_factory=dict)
    limits: dict[int, LimitsTold] = field(default_factory=dict)


class AuditHistory(Protocol):
    """How it is read."""

    async def page(self, wanted: AuditFilter, /, *, before: Position | None, count_max: int) -> AuditPage:
        """Return reports, newest first, at places before one of them.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...
