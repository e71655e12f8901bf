"""The calls of markets of events: how one stands, and pairs of YES and NO."""

from typing import Any

from fairlead.sdk.answers import Outcome, PairsMoved
from fairlead.sdk.call import Call, Number, number, path

__all__ = ["fetch_outcome", "merge_pairs", "mint_pairs"]


def fetch_outcome(symbol: str) -> Call[Outcome]:
    """Return the event of a market: its two assets, how many pairs there are, and how it ended."""
    return Call(
        method="GET",
        target=path("outcomes", symbol),
        answer=Outcome,
        take=lambda found: found,
        is_public=True,
    )


def mint_pairs(symbol: str, quantity: Number) -> Call[PairsMoved]:
    """Pay 1 of the quote asset for each of ``quantity`` pairs. Where no answer comes, look before asking again."""
    return _move(symbol, "mint", quantity)


def merge_pairs(symbol: str, quantity: Number) -> Call[PairsMoved]:
    """Give ``quantity`` pairs back, for 1 of the quote asset each. Where no answer comes, look before asking again."""
    return _move(symbol, "merge", quantity)


def _move(symbol: str, what: str, quantity: Number) -> Call[Any]:
    return Call(
        method="POST",
        target=path("outcomes", symbol, what),
        answer=PairsMoved,
        take=lambda found: found,
        body={"quantity": number("quantity", quantity)},
        is_repeatable=False,
    )
