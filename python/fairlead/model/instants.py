"""Times as the API writes them."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

__all__ = ["iso"]

_NS_PER_S: Final = 1_000_000_000


def iso(ts_ns: int) -> str:
    """Return a time, nanoseconds since 1970 UTC, as ISO 8601 with nine decimals and ``Z``."""
    seconds, rest_ns = divmod(ts_ns, _NS_PER_S)
    return f"{_second(seconds)}.{rest_ns:09d}Z"


@lru_cache(maxsize=1_024)
def _second(seconds: int) -> str:
    # Rows of one page are often of the same second, and a format costs more than all else of a row.
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
