"""Tokens of a shared bucket that one process has taken ahead, so that not every request has to ask for one.

1. What is leased was taken from the shared bucket before: nobody gets a token that was not there.
2. A lease is spent within ``SPEND_NS`` or lost. So what is let through in a time was taken at most that long before it,
   and the shared bucket holds so much less: together the processes let through what one bucket of the rate would.
3. A lease grows from nothing while it is used up in time, so a bucket that is seldom used loses no token.
"""

from dataclasses import dataclass, replace
from typing import Final

from fairlead.domain.limits.bucket import NS_PER_S, Rate

__all__ = ["SPEND_NS", "Lease", "ahead_max", "shared_rate"]

SPEND_NS: Final = 50_000_000


@dataclass(slots=True)
class Lease:
    """What one process holds of one bucket.

    Attributes:
        left: tokens that are not spent.
        taken_ns: when they were taken.
        ahead: how many more than were needed were asked for.
        remaining: what was left in the shared bucket then.
        full_ns: how long it would have taken to fill.
    """

    left: int
    taken_ns: int
    ahead: int
    remaining: int
    full_ns: int

    def spend(self, tokens: int, *, now_ns: int) -> bool:
        """Take tokens if they are here and not too old."""
        if tokens > self.left or now_ns - self.taken_ns >= SPEND_NS:
            return False
        self.left -= tokens
        return True

    def next_ahead(self, most: int, *, now_ns: int) -> int:
        """Return how many tokens to ask for ahead: more where these did not last, none where they were left."""
        if now_ns - self.taken_ns >= SPEND_NS:
            return 0
        return min(most, max(1, 2 * self.ahead))


def ahead_max(rate: Rate) -> int:
    """Return how many tokens a process may take ahead: what comes while it may spend them; 0: ask each time."""
    return rate.count * SPEND_NS // (rate.period_s * NS_PER_S)


def shared_rate(rate: Rate) -> Rate:
    """Return the rate of the bucket that several processes take from ahead (2)."""
    if not ahead_max(rate):
        return rate
    held = -(-rate.count * SPEND_NS // (rate.period_s * NS_PER_S))
    return replace(rate, burst=max(1, rate.burst - held))
