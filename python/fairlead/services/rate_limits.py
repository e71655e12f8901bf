"""Whether a request may go on: tokens are taken for its address before it is looked at, for key and account after."""

from typing import Final, NamedTuple

from fairlead.domain.access.roles import Principal
from fairlead.domain.limits.bucket import NS_PER_S, Grant, Rate
from fairlead.domain.limits.plan import Policy, RouteClass, account_policy, address_key, address_policy, counts_bytes
from fairlead.errors import FairleadError
from fairlead.services.order_ratio import RatioWatch
from fairlead.services.rate_windows import Windows

__all__ = ["OF_BYTES", "ORDER_TO_TRADE", "PAID_BYTES", "OrderToTradeError", "RateLimitedError", "RateLimits", "Tally"]

# A body of no more bytes than these is paid for by its request.
PAID_BYTES: Final = 1_024
# What answers call the cap of orders for each trade.
ORDER_TO_TRADE: Final = "order-to-trade"

# An account has one bucket of a kind however it comes in, and one person may come in through many keys.
_WITHOUT_KEY_BUCKET: Final = frozenset({RouteClass.CANCELS})
OF_BYTES: Final = frozenset({Policy.IP_BYTES, Policy.BYTES})


class Tally(NamedTuple):
    """What one bucket answered, for the headers of the answer."""

    policy: str
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
        what = "bytes" if tally.policy in OF_BYTES else "requests"
        super().__init__(
            f"too many {what}: policy={tally.policy} wanted={tokens} left={tally.grant.remaining} limit={self.limit}"
        )


class OrderToTradeError(RateLimitedError):
    """An account has entered too many orders for its trades; nothing was done. Cancels pass.

    Args:
        tally: how many there may be, and when the next window begins.
        tokens: how many were wanted.
        orders: how many there were.
        most: orders for each trade.
    """

    def __init__(self, tally: Tally, *, tokens: int, orders: int, most: int) -> None:
        super().__init__(tally, tokens=tokens)
        self.value, self.limit = str(orders + tokens), str(tally.rate.burst)
        told = f"orders={self.value} limit={self.limit} in {tally.rate.period_s} s, {most} for each trade"
        self.args = (f"too many orders for so few trades: {told}",)


class RateLimits:
    """Takes tokens for requests.

    Args:
        windows: the buckets.
        body_bytes_max: what a body counts as whose length is not said, and at most.
        ratio: how many orders there are for each trade; ``None``: as many as may be.
    """

    def __init__(self, windows: Windows, *, body_bytes_max: int = 65_536, ratio: RatioWatch | None = None) -> None:
        self._windows, self._body_bytes_max, self._ratio = windows, body_bytes_max, ratio

    async def arrive(self, host: str, route_class: RouteClass, *, size: int | None = 0) -> list[Tally]:
        """Take a token for a request of an address, and for a larger body as many as it has bytes.

        What answered comes back, but what counts bytes: that is told where it refuses.

        Args:
            host: the address.
            route_class: what the request counts as.
            size: bytes of its body; ``None``: it is not said.

        Raises:
            RateLimitedError: there is none.
        """
        policy, key = address_policy(route_class), address_key(host)
        if policy is None:
            return []
        grant = self._windows.take(policy, key, 1)
        taken = [self._told(policy, grant if isinstance(grant, Grant) else await grant)]
        if (size is None or size > PAID_BYTES) and counts_bytes(route_class):
            await self._take(Policy.IP_BYTES, key, self._bytes(size))
        return taken

    async def attempt(self, host: str) -> list[Tally]:
        """Take a token for an attempt to become somebody, from an address.

        Raises:
            RateLimitedError: there is none.
        """
        return [await self._take(Policy.IP_LOGINS, address_key(host))]

    async def act(self, caller: Principal, route_class: RouteClass, *, size: int | None = 0) -> list[Tally]:
        """Take a token for a request of who was let in: of the key, where it is one, and of the account.

        Args:
            caller: who.
            route_class: what the request counts as.
            size: bytes of its body, which the account pays for too; ``None``: it is not said.

        Raises:
            RateLimitedError: one of them has none.
            OrderToTradeError: it is an order, and the account has too many for its trades.
        """
        taken = []
        if self._ratio is not None and route_class is RouteClass.ORDERS:
            self._check_ratio(self._ratio, caller.account, 1)
        if caller.key_id is not None and route_class not in _WITHOUT_KEY_BUCKET:
            taken.append(await self._take(Policy.KEY, caller.key_id))
        policy = account_policy(route_class)
        if policy is not None:
            grant = self._windows.take(policy, caller.user_id, 1)
            taken.append(self._told(policy, grant if isinstance(grant, Grant) else await grant))
        if (size is None or size > PAID_BYTES) and counts_bytes(route_class):
            await self._take(Policy.BYTES, caller.user_id, self._bytes(size))
        return taken

    async def more_orders(self, caller: Principal, count: int) -> None:
        """Take tokens for the orders of a request after its first, which the request itself has paid for.

        Raises:
            RateLimitedError: they are not there; the request does nothing.
            OrderToTradeError: the account has too many for its trades.
        """
        if self._ratio is not None:
            # The first is not told of yet.
            self._check_ratio(self._ratio, caller.account, count + 1)
        await self._take(Policy.ORDERS, caller.user_id, count)

    def kept(self) -> dict[str, float]:
        """Return how many buckets of each kind are kept in this process at the moment."""
        return {str(policy): count for policy, count in self._windows.kept().items()}

    def sharing(self) -> dict[str, float]:
        """Return whether buckets are those of all processes at the moment, by the word ``shared``."""
        return {"shared": float(self._windows.is_shared)}

    def _bytes(self, size: int | None) -> int:
        return self._body_bytes_max if size is None else min(size, self._body_bytes_max)

    @staticmethod
    def _check_ratio(ratio: RatioWatch, account: int, count: int) -> None:
        standing, rule = ratio.standing(account), ratio.rule
        if standing.orders + count > standing.allowed:
            rate = Rate(count=standing.allowed, period_s=rule.window_s, burst=standing.allowed)
            left = max(0, standing.allowed - standing.orders)
            grant = Grant(is_granted=False, remaining=left, wait_ns=standing.left_ns, full_ns=standing.left_ns)
            tally = Tally(ORDER_TO_TRADE, rate, grant)
            raise OrderToTradeError(tally, tokens=count, orders=standing.orders, most=rule.most)

    async def _take(self, policy: Policy, key: str, tokens: int = 1) -> Tally:
        grant = self._windows.take(policy, key, tokens)
        return self._told(policy, grant if isinstance(grant, Grant) else await grant, tokens)

    def _told(self, policy: Policy, grant: Grant, tokens: int = 1) -> Tally:
        tally = Tally(policy, self._windows.rates[policy], grant)
        if not grant.is_granted:
            raise RateLimitedError(tally, tokens=tokens)
        return tally
