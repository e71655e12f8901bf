"""A trade as everybody is told of it."""

from dataclasses import dataclass

__all__ = ["PublicTrade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicTrade:
    """A public trade; price and quantity are whole numbers in the instrument's decimals.

    Attributes:
        aggressor: ``Buy`` or ``Sell``; ``None`` in an auction.
    """

    trade_id: int
    ts_ns: int
    price: int
    qty: int
    aggressor: str | None
