"""Markets of events: how many pairs of YES and NO there are, and how each ended."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

__all__ = ["OutcomeHistory", "OutcomeLine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeLine:
    """The market of an event.

    Attributes:
        symbol: of the market.
        yes_asset: pays if the event happens.
        no_asset: pays 1 less what ``yes_asset`` pays.
        open_interest: pairs that exist.
        yes_pays: what one YES paid at the end, from 0 to 1; ``None``: it has not ended, or is void.
        is_void: every trade was undone.
        resolved_ns: when it ended.
    """

    symbol: str
    yes_asset: str
    no_asset: str
    open_interest: Decimal
    yes_pays: Decimal | None
    is_void: bool
    resolved_ns: int | None


class OutcomeHistory(Protocol):
    """What the tables have of markets of events."""

    async def outcome(self, symbol: str, /) -> OutcomeLine | None:
        """Return a market; ``None``: it is not that of an event."""
        ...
