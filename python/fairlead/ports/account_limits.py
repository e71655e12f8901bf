"""The limits of accounts that the exchange took, as they were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from fairlead.domain.limits.standing import AccountLimits, MarketLimits

__all__ = ["KeptLimits", "LimitsBook"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLimits:
    """What was set last.

    Attributes:
        account: whose.
        symbol: in which market; ``None``: over all of them.
        limits: ``MarketLimits`` of a market, else ``AccountLimits``.
        set_by: the user who did.
        set_ts_ns: the time of the command in the log, nanoseconds UTC.
    """

    account: int
    symbol: str | None
    limits: AccountLimits | MarketLimits
    set_by: str
    set_ts_ns: int


class LimitsBook(Protocol):
    """Where they are kept. Each call may raise ``UnavailableError``."""

    async def of(self, account: int, /) -> Sequence[KeptLimits]:
        """Return those of an account: over all markets first, then by symbol."""
        ...

    async def keep(self, limits: KeptLimits, /) -> None:
        """Keep what was set, unless what is kept is of a later command."""
        ...
