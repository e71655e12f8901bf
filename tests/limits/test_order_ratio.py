"""Orders for each trade: what counts, who is refused with which numbers, and that a cancel never is."""

import asyncio
from typing import Any

import pytest
from tests.limits.plans import wide_plan

from fairlead.domain.access.roles import Principal, Role, Scope
from fairlead.domain.limits.bucket import NS_PER_S
from fairlead.domain.limits.order_ratio import OrderRatio, OrderRatios
from fairlead.domain.limits.plan import RouteClass
from fairlead.model.report import Position, Report
from fairlead.services.order_ratio import RatioWatch
from fairlead.services.rate_limits import OrderToTradeError, RateLimits
from fairlead.services.rate_windows import OwnWindows

ANN, BOB = 1_001, 1_002
RULE = OrderRatio(most=4, free=6, window_s=60)
# In the middle of a window.
NOW_NS = 1_700_000_010 * NS_PER_S


def _said(what: str, *, account: int = ANN, kind: str = "ExecutionReport", ts_ns: int = NOW_NS, **said: Any) -> Report:
    return Report(
        kind=kind, fields={"account": account}, position=Position(1, 0, 0), exec_type=what, ts_ns=ts_ns, **said
    )


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ns = NOW_NS

    def now_ns(self) -> int:
        return self.ns


def _caller(account: int) -> Principal:
    return Principal(user_id=f"usr_{account}", account=account, role=Role.TRADER, scopes=frozenset(Scope))


def _limits(watch: RatioWatch) -> RateLimits:
    return RateLimits(OwnWindows(wide_plan(), now_ns=lambda: 0), ratio=watch)


def test_an_account_may_have_what_is_free_or_so_many_for_each_trade() -> None:
    ratios, allowed = OrderRatios(RULE), []
    for _ in range(4):
        allowed.append(ratios.standing(ANN, now_ns=NOW_NS).allowed)
        ratios.trade(ANN, ts_ns=NOW_NS)
    assert allowed == [6, 6, 8, 12]
    assert ratios.standing(BOB, now_ns=NOW_NS).allowed == 6


def test_what_counts_is_what_the_exchange_tells_once() -> None:
    watch = RatioWatch(RULE, now_ns=lambda: NOW_NS)
    for what in ("New", "Replaced", "Rejected"):
        watch.hear(_said(what))
    for silent in (
        _said("Canceled"),
        _said("Expired"),
        _said("Triggered"),
        _said("OrderStatus"),
        _said("New", repeated=True),
        _said("New", resent=True),
        _said("LimitsSet", kind="CommandReport"),
        _said("New", account=BOB),
        _said("New", ts_ns=NOW_NS - 60 * NS_PER_S),
    ):
        watch.hear(silent)
    assert watch.standing(ANN).orders == 3
    watch.hear(_said("Trade"))
    watch.hear(_said("Trade"))
    assert (watch.standing(ANN).orders, watch.standing(ANN).allowed) == (3, 8)


def test_the_next_window_begins_with_nothing() -> None:
    clock = Clock()
    watch = RatioWatch(RULE, now_ns=clock.now_ns)
    for _ in range(9):
        watch.hear(_said("New"))
        watch.hear(_said("Trade"))
    clock.ns += watch.standing(ANN).left_ns - 1
    assert (watch.standing(ANN).orders, watch.standing(ANN).left_ns) == (9, 1)
    clock.ns += 1
    standing = watch.standing(ANN)
    assert (standing.orders, standing.allowed, standing.left_ns) == (0, 6, 60 * NS_PER_S)
    # What comes late is of a window that is over.
    watch.hear(_said("New"))
    assert watch.standing(ANN).orders == 0


def test_one_order_too_many_is_refused_with_the_numbers_and_cancels_and_reads_are_not() -> None:
    watch = RatioWatch(RULE, now_ns=lambda: NOW_NS)
    limits = _limits(watch)

    async def story() -> None:
        for _ in range(6):
            await limits.act(_caller(ANN), RouteClass.ORDERS)
            watch.hear(_said("New"))
        with pytest.raises(OrderToTradeError) as caught:
            await limits.act(_caller(ANN), RouteClass.ORDERS)
        error = caught.value
        assert (error.value, error.limit, error.retry_after_s) == ("7", "6", 30)
        assert str(error) == "too many orders for so few trades: orders=7 limit=6 in 60 s, 4 for each trade"
        await limits.act(_caller(ANN), RouteClass.CANCELS)
        await limits.act(_caller(ANN), RouteClass.READS)
        await limits.act(_caller(BOB), RouteClass.ORDERS)
        watch.hear(_said("Trade"))
        watch.hear(_said("Trade"))
        await limits.act(_caller(ANN), RouteClass.ORDERS)

    asyncio.run(story())


def test_a_batch_is_refused_whole() -> None:
    watch = RatioWatch(RULE, now_ns=lambda: NOW_NS)
    limits = _limits(watch)

    async def story() -> None:
        await limits.act(_caller(ANN), RouteClass.ORDERS)
        await limits.more_orders(_caller(ANN), 5)
        with pytest.raises(OrderToTradeError, match="orders=7 limit=6"):
            await limits.more_orders(_caller(ANN), 6)

    asyncio.run(story())
