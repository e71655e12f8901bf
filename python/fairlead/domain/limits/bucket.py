"""A token bucket: so many at once, and so many in each period after that. Exact, and without a clock of its own.

A bucket is one whole number: the moment it will be full, counted in parts of a nanosecond so small that a token is a
whole number of them. That is the virtual schedule of the generic cell rate algorithm (ITU-T I.371, annex A).
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["NS_PER_S", "Bucket", "Grant", "Rate"]

NS_PER_S: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How fast a bucket fills, and how much it holds.

    Attributes:
        count: tokens that come in a period, 1 or more.
        period_s: the period, whole seconds from 1.
        burst: tokens a full bucket has, 1 or more.
    """

    count: int
    period_s: int = 1
    burst: int

    @property
    def window_s(self) -> int:
        """Seconds in which an empty bucket fills, rounded up."""
        return -(-self.burst * self.period_s // self.count)


class Grant(NamedTuple):
    """What a bucket answered.

    Attributes:
        is_granted: whether the tokens were taken; if not, nothing was.
        remaining: whole tokens that are left.
        wait_ns: nanoseconds until the same can be granted, 0 where it was.
        full_ns: nanoseconds until the bucket is full.
    """

    is_granted: bool
    remaining: int
    wait_ns: int
    full_ns: int


class Bucket:
    """One bucket, full at first.

    Args:
        rate: how fast it fills.
    """

    __slots__ = ("_full_at", "rate")

    def __init__(self, rate: Rate) -> None:
        self.rate = rate
        self._full_at: int | None = None

    def take(self, tokens: int = 1, *, now_ns: int) -> Grant:
        """Take tokens if they are there.

        More than the bucket can ever hold are granted by a full one, which then owes the rest: over time nobody gets
        more than the rate, and nothing that is allowed at all is refused for ever.

        Args:
            tokens: how many, 0 or more.
            now_ns: the time of a clock that never goes back.
        """
        now, token, room = self._in_parts(now_ns)
        full_at = max(now, now if self._full_at is None else self._full_at)
        excess = full_at + min(tokens, self.rate.burst) * token - now - room
        is_granted = excess <= 0 or tokens == 0
        if is_granted:
            full_at += tokens * token
            self._full_at = full_at
        return Grant(
            is_granted=is_granted,
            remaining=max(0, (now + room - full_at) // token),
            wait_ns=0 if is_granted else -(-excess // self.rate.count),
            full_ns=-(-(full_at - now) // self.rate.count),
        )

    def is_full(self, *, now_ns: int) -> bool:
        """Whether forgetting it would change no decision."""
        return self._full_at is None or self._full_at <= now_ns * self.rate.count

    def _in_parts(self, now_ns: int) -> tuple[int, int, int]:
        """Return now, one token, and a full bucket, each in parts of a nanosecond."""
        token = self.rate.period_s * NS_PER_S
        return now_ns * self.rate.count, token, self.rate.burst * token
