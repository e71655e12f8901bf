"""Whether a request may go on: tokens are taken for its address before it is looked at, for key and account after."""

from collections.abc import Callable
from typing import Final, NamedTuple

from fairlead.domain.access.roles import Principal
from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.buckets import Buckets
from fairlead.domain.limits.plan import Plan, Policy, RouteClass, account_policy, address_key, address_policy
from fairlead.errors import FairleadError

__all__ = ["RateLimitedError", "RateLimits", "Tally"]

# An account has one bucket of a kind however it comes in, and one person may come in through many keys.
_WITHOUT_KEY_BUCKET: Final = frozenset({RouteClass.CANCELS})


class Tally(NamedTuple):
    """What one bucket answered, for the headers of the answer."""

    policy: Policy
    rate: Rate
    grant: Grant


class RateLimitedError(FairleadError):
    """A bucket has not enough tokens; nothing was done.

    Args:
        tally: which, and when it will.
        tokens: how many were wanted.
    """

    def __init__(self, tally: Tally, *, tokens: int) -> None:
        rate = tally.rate
        self.tally = tally
        self.retry_after_s = max(1, -(-tally.grant.wait_ns // NS_PER_S))
        self.value = str(tokens)
        self.limit = f"{rate.count} in {rate.period_s} s, {rate.burst} at once"
        super().__init__(
            f"too many requests: policy={tally.policy} wanted={tokens} left={tally.grant.remaining} limit={self.limit}"
        )


class RateLimits:
    """The buckets of one process.

    Args:
        plan: the rates.
        now_ns: a clock that never goes back.
    """

    def __init__(self, plan: Plan, *, now_ns: Callable[[], int]) -> None:
        self._now_ns = now_ns
        self._buckets = {policy: Buckets(plan.rates[policy], keys_max=plan.keys_max) for policy in Policy}

    def arrive(self, host: str, route_class: RouteClass) -> list[Tally]:
        """Take a token for a request of an address; what answered comes back.

        Raises:
            RateLimitedError: there is none.
        """
        policy = address_policy(route_class)
        return [] if policy is None else [self._take(policy, address_key(host))]

    def attempt(self, host: str) -> list[Tally]:
        """Take a token for an attempt to become somebody, from an address.

        Raises:
            RateLimitedError: there is none.
        """
        return [self._take(Policy.IP_LOGINS, address_key(host))]

    def act(self, caller: Principal, route_class: RouteClass) -> list[Tally]:
        """Take a token for a request of who was let in: of the key, where it is one, and of the account.

        Raises:
            RateLimitedError: one of them has none.
        """
        taken = []
        if caller.key_id is not None and route_class not in _WITHOUT_KEY_BUCKET:
            taken.append(self._take(Policy.KEY, caller.key_id))
        policy = account_policy(route_class)
        if policy is not None:
            taken.append(self._take(policy, caller.user_id))
        return taken

    def more_orders(self, caller: Principal, count: int) -> None:
        """Take tokens for the orders of a request after its first, which the request itself has paid for.

        Raises:
            RateLimitedError: they are not there; the request does nothing.
        """
        self._take(Policy.ORDERS, caller.user_id, count)

    def kept(self) -> dict[str, float]:
        """Return how many buckets of each kind are kept at the moment."""
        return {str(policy): len(buckets) for policy, buckets in self._buckets.items()}

    def _take(self, policy: Policy, key: str, tokens: int = 1) -> Tally:
        buckets = self._buckets[policy]
        tally = Tally(policy, buckets.rate, buckets.take(key, tokens, now_ns=self._now_ns()))
        if not tally.grant.is_granted:
            raise RateLimitedError(tally, tokens=tokens)
        return tally
