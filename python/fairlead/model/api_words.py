"""The words of the exchange as the API spells them."""

from functools import lru_cache

__all__ = ["word"]


@lru_cache(maxsize=256)
def word(name: str) -> str:
    """Return a word of the exchange as the API spells it: ``VolatilityAuction`` is ``VOLATILITY_AUCTION``."""
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(name)).upper()
