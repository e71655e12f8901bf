"""Whether a request may go on: tokens are taken for its address before it is looked at, for key and account after."""

from typing import Final, NamedTuple

from fairlead.domain.access.roles import Principal
from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.plan import Policy, RouteClass, account_policy, address_key, address_policy
from fairlead.errors import FairleadError
from fairlead.services.rate_windows import Windows

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
    """Takes tokens for requests.

    Args:
        windows: the buckets.
    """

    def __init__(self, windows: Windows) -> None:
        self._windows = windows

    async def arrive(self, host: str, route_class: RouteClass) -> list[Tally]:
        """Take a token for a request of an address; what answered comes back.

        Raises:
            RateLimitedError: there is none.
        """
        policy = address_policy(route_class)
        return [] if policy is None else [await self._take(policy, address_key(host))]

    async def attempt(self, host: str) -> list[Tally]:
        """Take a token for an attempt to become somebody, from an address.

        Raises:
            RateLimitedError: there is none.
        """
        return [await self._take(Policy.IP_LOGINS, address_key(host))]

    async def act(self, caller: Principal, route_class: RouteClass) -> list[Tally]:
        """Take a token for a request of who was let in: of the key, where it is one, and of the account.

        Raises:
            RateLimitedError: one of them has none.
        """
        taken = []
        if caller.key_id is not None and route_class not in _WITHOUT_KEY_BUCKET:
            taken.append(await self._take(Policy.KEY, caller.key_id))
        policy = account_policy(route_class)
        if policy is not None:
            taken.append(await self._take(policy, caller.user_id))
        return taken

    async def more_orders(self, caller: Principal, count: int) -> None:
        """Take tokens for the orders of a request after its first, which the request itself has paid for.

        Raises:
            RateLimitedError: they are not there; the request does nothing.
        """
        await self._take(Policy.ORDERS, caller.user_id, count)

    def kept(self) -> dict[str, float]:
        """Return how many buckets of each kind are kept in this process at the moment."""
        return {str(policy): count for policy, count in self._windows.kept().items()}

    def sharing(self) -> dict[str, float]:
        """Return whether buckets are those of all processes at the moment, by the word ``shared``."""
        return {"shared": float(self._windows.is_shared)}

    async def _take(self, policy: Policy, key: str, tokens: int = 1) -> Tally:
        grant = self._windows.take(policy, key, tokens)
        if not isinstance(grant, Grant):
            grant = await grant
        tally = Tally(policy, self._windows.rates[policy], grant)
        if not grant.is_granted:
            raise RateLimitedError(tally, tokens=tokens)
        return tally
