"""Trades as they stand: as they were made, or as they were last corrected."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

__all__ = ["StandingTrade", "TradeHistory", "TradeParty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeParty:
    """One side of a trade: its order, whose that is, and what it pays in the quote asset beside the price."""

    order_id: int
    account: int
    fee: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingTrade:
    """A trade; one that was taken back as it stood before."""

    trade_id: int
    symbol: str
    price: Decimal
    quantity: Decimal
    buyer: TradeParty
    seller: TradeParty


class TradeHistory(Protocol):
    """What the tables have of trades."""

    async def standing(self, trade_id: int, /) -> StandingTrade | None:
        """Return a trade as it stands; ``None``: the tables have none of this number, or not any more."""
        ...
