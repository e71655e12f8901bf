"""Measures of the best levels of a book, exact and rounded once.

Source: DOMAIN, microstructure; the weighted mid is often called micro-price (Stoikov's is another thing, and fitted).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

__all__ = ["Microstructure", "microstructure_of"]

# Price and quantity of a level.
Level = tuple[Decimal, Decimal]

_PLACES: Final = 10
_BPS: Final = 10_000
_DECAY: Final = Fraction(1, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Microstructure:
    """Measures; ``None`` where a side is empty. Decimals are rounded to ten places, halves to even.

    Attributes:
        spread: best ask less best bid.
        spread_bps: the spread in basis points of the mid; ``None`` where the mid is not above zero.
        mid: the middle of both.
        weighted_mid: ``I ask + (1 - I) bid``, with ``I`` the imbalance.
        imbalance: bid over bid and ask quantity at the best prices, 0 to 1.
        imbalance_signed: the same from -1 (all asks) to 1 (all bids).
        imbalance_depth: quantity of the best levels, weighted 1, 1/2, 1/4, ...: bids less asks over both, -1 to 1.
        bid_depth: quantity of the best bids.
        ask_depth: quantity of the best asks.
    """

    spread: Decimal | None
    spread_bps: Decimal | None
    mid: Decimal | None
    weighted_mid: Decimal | None
    imbalance: Decimal | None
    imbalance_signed: Decimal | None
    imbalance_depth: Decimal | None
    bid_depth: Decimal
    ask_depth: Decimal


def microstructure_of(bids: Sequence[Level], asks: Sequence[Level]) -> Microstructure:
    """Return the measures of these levels, best first; the weighted imbalance takes all that are given."""
    bid_depth, ask_depth = (sum((qty for _, qty in side), Decimal(0)) for side in (bids, asks))
    weighted = [_weighted(side) for side in (bids, asks)]
    whole = sum(weighted)
    depth = _rounded((weighted[0] - weighted[1]) / whole) if whole else None
    if not bids or not asks:
        return Microstructure(
            spread=None,
            spread_bps=None,
            mid=None,
            weighted_mid=None,
            imbalance=None,
            imbalance_signed=None,
            imbalance_depth=depth,
            bid_depth=bid_depth,
            ask_depth=ask_depth,
        )
    bid, ask = Fraction(bids[0][0]), Fraction(asks[0][0])
    bid_qty, ask_qty = Fraction(bids[0][1]), Fraction(asks[0][1])
    mid, share = (bid + ask) / 2, bid_qty / (bid_qty + ask_qty)
    return Microstructure(
        spread=asks[0][0] - bids[0][0],
        spread_bps=_rounded((ask - bid) / mid * _BPS) if mid > 0 else None,
        mid=_rounded(mid),
        weighted_mid=_rounded(share * ask + (1 - share) * bid),
        imbalance=_rounded(share),
        imbalance_signed=_rounded(2 * share - 1),
        imbalance_depth=depth,
        bid_depth=bid_depth,
        ask_depth=ask_depth,
    )


def _weighted(side: Sequence[Level]) -> Fraction:
    return sum((Fraction(qty) * _DECAY**place for place, (_, qty) in enumerate(side)), Fraction(0))


def _rounded(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**_PLACES)).scaleb(-_PLACES)
