"""Prices that an execution is measured against, and by how much it missed them; exact fractions throughout.

Source: the sign convention and the definitions of TCA benchmarks in the design's page of domain rules: the side is +1
for a buy and -1 for a sale, a cost is positive, in basis points of the benchmark; a time-weighted price is piecewise
constant. The per-order TWAP is feature F-010.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final, NamedTuple

__all__ = ["Print", "slippage_bps", "twap", "twap_of_fills", "vwap"]

_BPS: Final = 10_000
_SIGNS: Final = {"BUY": 1, "SELL": -1}


class Print(NamedTuple):
    """One trade: when, in any unit of whole numbers; its price; its quantity, > 0."""

    ts: int
    price: Decimal
    qty: Decimal


def vwap(prints: Sequence[Print]) -> Fraction | None:
    """Return the mean price weighted by quantity; ``None`` where nothing traded."""
    total = sum((Fraction(it.qty) for it in prints), Fraction(0))
    return sum((Fraction(it.price) * Fraction(it.qty) for it in prints), Fraction(0)) / total if prints else None


def twap(prints: Sequence[Print], *, begin: int, end: int) -> Fraction | None:
    """Return the last price, weighted by how long it stood within ``[begin, end]``.

    Args:
        prints: oldest first; the last one at or before ``begin`` says which price stood there.
        begin: when the time begins.
        end: when it ends, ``begin`` or later; where both are one moment, the price that stood then.

    Returns:
        The price; ``None`` where none stood yet at ``begin``.
    """
    before = [it for it in prints if it.ts <= begin]
    if not before:
        return None
    inside = [it for it in prints if begin < it.ts < end]
    if begin == end:
        return Fraction(before[-1].price)
    steps = [(begin, before[-1].price), *((it.ts, it.price) for it in inside), (end, Decimal(0))]
    area = sum((Fraction(price) * (until - since) for (since, price), (until, _) in pairwise(steps)), Fraction(0))
    return area / (end - begin)


def twap_of_fills(fills: Sequence[Print]) -> Fraction | None:
    """Return the price of each fill, weighted by the time to the next one; F-010.

    One fill, or fills of one moment: their plain mean. ``None`` where there is none.
    """
    if not fills:
        return None
    span = fills[-1].ts - fills[0].ts
    if span == 0:
        return sum((Fraction(it.price) for it in fills), Fraction(0)) / len(fills)
    return sum((Fraction(it.price) * (after.ts - it.ts) for it, after in pairwise(fills)), Fraction(0)) / span


def slippage_bps(side: str, *, average: Fraction, benchmark: Fraction) -> Fraction | None:
    """Return by how much an average price is worse than a benchmark, in basis points of it; negative: it is better.

    Args:
        side: ``BUY`` or ``SELL``.
        average: of the execution.
        benchmark: the price to compare with; ``None`` comes back where it is 0.
    """
    return _SIGNS[side] * (average - benchmark) / benchmark * _BPS if benchmark else None
