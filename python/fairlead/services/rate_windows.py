"""The buckets of a process: its own, or those that all processes of the service share through a cache.

Shared ones are asked for in chunks (``domain.limits.lease``). A cache that does not answer is left alone for a second;
meanwhile a process has its own buckets, each with its part of the rate, so that what all let through stays within it.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol

from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.buckets import Buckets
from fairlead.domain.limits.lease import SPEND_NS, Lease, ahead_max, shared_rate
from fairlead.domain.limits.plan import Plan, Policy
from fairlead.errors import UnavailableError
from fairlead.ports.cache import Cache

__all__ = ["OwnWindows", "SharedWindows", "Windows"]

_AWAY_NS: Final = NS_PER_S


class Windows(Protocol):
    """Where tokens are taken.

    Attributes:
        rates: of each policy, as answers name them.
        is_shared: whether the processes of the service have one bucket of a key between them at the moment.
    """

    @property
    def rates(self) -> Mapping[Policy, Rate]:
        """See above."""
        ...

    @property
    def is_shared(self) -> bool:
        """See above."""
        ...

    def take(self, policy: Policy, key: str, tokens: int, /) -> Grant | Awaitable[Grant]:
        """Take tokens from a bucket; at once where nobody has to be asked."""
        ...

    def kept(self) -> Mapping[Policy, int]:
        """Return how many buckets this process keeps."""
        ...


class OwnWindows:
    """Buckets of one process.

    Args:
        plan: their rates.
        now_ns: a clock that never goes back.
    """

    is_shared: Final = False

    def __init__(self, plan: Plan, *, now_ns: Callable[[], int]) -> None:
        self.rates: Mapping[Policy, Rate] = plan.rates
        self._now_ns = now_ns
        self._buckets = {policy: Buckets(rate, keys_max=plan.keys_max) for policy, rate in plan.rates.items()}

    def take(self, policy: Policy, key: str, tokens: int, /) -> Grant:
        """Take tokens from a bucket."""
        return self._buckets[policy].take(key, tokens, now_ns=self._now_ns())

    def kept(self) -> Mapping[Policy, int]:
        """Return how many buckets this process keeps."""
        return {policy: len(buckets) for policy, buckets in self._buckets.items()}


class SharedWindows:
    """Buckets of all processes.

    Args:
        plan: their rates.
        cache: where they are.
        own: what stands in for them while the cache is away.
        now_ns: a clock that never goes back.
    """

    def __init__(self, plan: Plan, *, cache: Cache, own: OwnWindows, now_ns: Callable[[], int]) -> None:
        self.rates: Mapping[Policy, Rate] = plan.rates
        self._cache, self._own, self._now_ns, self._keys_max = cache, own, now_ns, plan.keys_max
        self._shared = {policy: shared_rate(rate) for policy, rate in plan.rates.items()}
        self._ahead_max = {policy: ahead_max(rate) for policy, rate in plan.rates.items()}
        self._leases: dict[Policy, OrderedDict[str, Lease]] = {policy: OrderedDict() for policy in plan.rates}
        self._away_until_ns: int | None = None

    @property
    def is_shared(self) -> bool:
        """Whether the cache answers."""
        return self._away_until_ns is None

    def take(self, policy: Policy, key: str, tokens: int, /) -> Grant | Awaitable[Grant]:
        """Take tokens from a lease, or from the shared bucket."""
        now_ns = self._now_ns()
        if self._away_until_ns is not None and now_ns < self._away_until_ns:
            return self._own.take(policy, key, tokens)
        lease = self._leases[policy].get(key)
        if lease is not None and lease.spend(tokens, now_ns=now_ns):
            left = lease.remaining + lease.left
            return Grant(is_granted=True, remaining=left, wait_ns=0, full_ns=lease.full_ns)
        return self._ask(policy, key, tokens)

    def kept(self) -> Mapping[Policy, int]:
        """Return of how many buckets this process holds tokens, or has its own."""
        own = self._own.kept()
        return {policy: len(leases) + own[policy] for policy, leases in self._leases.items()}

    async def _ask(self, policy: Policy, key: str, tokens: int) -> Grant:
        now_ns = self._now_ns()
        lease = self._leases[policy].pop(key, None)
        ahead = 0 if lease is None else lease.next_ahead(self._ahead_max[policy], now_ns=now_ns)
        if self._away_until_ns is not None:
            # One looks whether it is back; the others do not wait for the same.
            self._away_until_ns = now_ns + _AWAY_NS
        try:
            taken = await self._cache.take(f"{policy}:{key}", self._shared[policy], needed=tokens, ahead=ahead)
        except UnavailableError:
            self._away_until_ns = self._now_ns() + _AWAY_NS
            return self._own.take(policy, key, tokens)
        self._away_until_ns = None
        self._keep(policy, key, Lease(taken.ahead, now_ns, ahead, taken.remaining, taken.full_ns))
        return Grant(
            is_granted=taken.is_granted,
            remaining=taken.remaining + taken.ahead,
            wait_ns=taken.wait_ns,
            full_ns=taken.full_ns,
        )

    def _keep(self, policy: Policy, key: str, lease: Lease) -> None:
        leases = self._leases[policy]
        other = leases.pop(key, None)
        if other is not None:
            # Somebody asked at the same time: what both got, for as long as the older may be spent.
            lease.left += other.left
            lease.taken_ns = min(lease.taken_ns, other.taken_ns)
        leases[key] = lease
        oldest = next(iter(leases))
        if len(leases) > self._keys_max or lease.taken_ns - leases[oldest].taken_ns >= SPEND_NS:
            del leases[oldest]
