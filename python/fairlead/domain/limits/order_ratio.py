"""How many orders an account enters for each trade it makes, in windows of one length."""

from dataclasses import dataclass

from fairlead.domain.limits.bucket import NS_PER_S

__all__ = ["OrderRatio", "OrderRatios", "Standing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRatio:
    """The rule.

    Attributes:
        most: orders and amends for each trade, 1 or more.
        free: orders and amends of a window that nobody counts, 1 or more.
        window_s: the length of a window, seconds from 1; windows begin at its multiples since 1970.
    """

    most: int
    free: int
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an account stands in the window of a moment.

    Attributes:
        orders: orders and amends so far.
        allowed: how many there may be with the trades so far.
        left_ns: nanoseconds to the end of the window.
    """

    orders: int
    allowed: int
    left_ns: int


class OrderRatios:
    """Orders and trades of the newest window, by account: what is older is forgotten with the first of a newer one.

    Args:
        rule: the rule.
    """

    def __init__(self, rule: OrderRatio) -> None:
        self.rule = rule
        self._window_ns = rule.window_s * NS_PER_S
        self._window = -1
        self._orders: dict[int, int] = {}
        self._trades: dict[int, int] = {}

    def order(self, account: int, *, ts_ns: int) -> None:
        """Count an order or an amend."""
        if self._is_in(ts_ns):
            self._orders[account] = self._orders.get(account, 0) + 1

    def trade(self, account: int, *, ts_ns: int) -> None:
        """Count a trade."""
        if self._is_in(ts_ns):
            self._trades[account] = self._trades.get(account, 0) + 1

    def standing(self, account: int, *, now_ns: int) -> Standing:
        """Return how an account stands; an earlier moment than the newest window counts as in it."""
        self._is_in(now_ns)
        return Standing(
            orders=self._orders.get(account, 0),
            allowed=max(self.rule.free, self.rule.most * self._trades.get(account, 0)),
            left_ns=max(1, (self._window + 1) * self._window_ns - now_ns),
        )

    def _is_in(self, ts_ns: int) -> bool:
        window = ts_ns // self._window_ns
        if window > self._window:
            self._window = window
            self._orders.clear()
            self._trades.clear()
        return window == self._window
