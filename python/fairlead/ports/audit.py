"""The audit: every report of the exchange, for those who may see all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fairlead.model.report import Position, Report

__all__ = ["AuditFilter", "AuditHistory", "AuditPage"]


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
class AuditPage:
    """Some of them, newest first.

    Attributes:
        reports: what was found.
        following: where the search goes on; ``None``: nothing older is there. A page may be short, even empty, and
            have more behind it: a search looks at so many reports and no more.
        symbols: of the instruments they name, by number.
    """

    reports: Sequence[Report]
    following: Position | None
    symbols: dict[int, str] = field(default_factory=dict)


class AuditHistory(Protocol):
    """How it is read."""

    async def page(self, wanted: AuditFilter, /, *, before: Position | None, count_max: int) -> AuditPage:
        """Return reports, newest first, at places before one of them.

        Raises:
            UnavailableError: the store does not answer.
        """
        ...
