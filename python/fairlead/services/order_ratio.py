"""Counts the orders and trades of every account as the exchange tells them, whoever sent them and by which way in."""

from collections.abc import Callable
from typing import Final

from fairlead.domain.limits.order_ratio import OrderRatio, OrderRatios, Standing
from fairlead.model.report import Report

__all__ = ["RatioWatch"]

_ORDERS: Final = frozenset({"New", "Replaced", "Rejected"})
_TRADE: Final = "Trade"


class RatioWatch:
    """Knows how accounts stand.

    Args:
        rule: how many orders there may be.
        now_ns: the time, nanoseconds UTC.
    """

    def __init__(self, rule: OrderRatio, *, now_ns: Callable[[], int]) -> None:
        self._ratios, self._now_ns = OrderRatios(rule), now_ns

    @property
    def rule(self) -> OrderRatio:
        """How many orders there may be."""
        return self._ratios.rule

    def hear(self, report: Report) -> None:
        """Take a report; one that was told before counts once."""
        account = report.fields.get("account")
        if report.repeated or report.resent or report.kind != "ExecutionReport" or not isinstance(account, int):
            return
        if report.exec_type in _ORDERS:
            self._ratios.order(account, ts_ns=report.ts_ns)
        elif report.exec_type == _TRADE:
            self._ratios.trade(account, ts_ns=report.ts_ns)

    def standing(self, account: int) -> Standing:
        """Return how an account stands now."""
        return self._ratios.standing(account, now_ns=self._now_ns())
