"""Buckets by who they belong to, as many as decide something and never more than a bound.

1. A bucket that is full again is forgotten: whoever comes back finds a full one either way.
2. There are at most ``keys_max``. Where more are wanted at once, the one that was used longest ago is forgotten.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from fairlead.domain.limits.bucket import Bucket, Grant, Rate

__all__ = ["Buckets"]

# Each call brings at most one bucket and looks at two old ones: what is left over from a flood goes by itself.
_LOOKED_AT: Final = 2


class Buckets:
    """A bucket of the same rate for each key.

    Args:
        rate: that of each.
        keys_max: buckets at a time, 1 or more.
    """

    def __init__(self, rate: Rate, *, keys_max: int) -> None:
        self.rate = rate
        self._keys_max = keys_max
        self._buckets: OrderedDict[Hashable, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, key: Hashable, tokens: int = 1, *, now_ns: int) -> Grant:
        """Take tokens from the bucket of a key, as :meth:`Bucket.take` does."""
        self._forget(now_ns)
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= self._keys_max:
                self._buckets.popitem(last=False)
            bucket = self._buckets[key] = Bucket(self.rate)
        else:
            self._buckets.move_to_end(key)
        return bucket.take(tokens, now_ns=now_ns)

    def _forget(self, now_ns: int) -> None:
        for _ in range(_LOOKED_AT):
            oldest = next(iter(self._buckets), None)
            if oldest is None or not self._buckets[oldest].is_full(now_ns=now_ns):
                return
            del self._buckets[oldest]
