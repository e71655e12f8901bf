"""Waiting orders and groups through the Python package."""

from decimal import Decimal
from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import Exchange, ExecutionReport, Leg, Trigger, UsageError


def _market() -> Exchange:
    """Return a market with a last trade at 100 and resting orders on both sides."""
    ex = open_market(kind="credit")
    for account, side, price in (("alice", "sell", "100"), ("bob", "buy", "100")):
        ex.submit(account=account, symbol="AAPL", side=side, order_qty=1, price=price)
    for step in range(1, 6):
        ex.submit(account="bob", symbol="AAPL", side="buy", order_qty=10, price=100 - step)
        ex.submit(account="bob", symbol="AAPL", side="sell", order_qty=10, price=100 + step, stp="none")
    return ex


def _stop(ex: Exchange, trigger: Trigger, **more: Any) -> ExecutionReport:
    order: dict[str, Any] = {"account": "alice", "symbol": "AAPL", "side": "sell", "order_qty": 5, "ord_type": "market"}
    return ex.submit(**(order | more), trigger=trigger)


def test_a_stop_waits_fires_on_a_print_and_keeps_its_id() -> None:
    ex = _market()
    report = _stop(ex, Trigger.stop("98"), cl_ord_id="s")

    assert (report.status, report.order_id) == ("suspended", ex.order(account="alice", cl_ord_id="s").order_id)
    assert ex.order(account="alice", cl_ord_id="s").is_open

    swept = ex.submit(account="alice", symbol="AAPL", side="sell", order_qty=25, price="98")
    kinds = [type(event).__name__ for event in swept.events]

    assert kinds.index("OrderTriggered") > kinds.index("Trade")
    order = ex.order(account="alice", cl_ord_id="s")
    assert (order.status, order.order_id, order.avg_px) == ("filled", report.order_id, Decimal("97"))


def test_a_trailing_stop_follows_and_fires() -> None:
    ex = _market()
    report = _stop(ex, Trigger.trailing(percent="2"), cl_ord_id="t")

    assert report.status == "suspended"
    assert ex.order(order_id=report.order_id).trigger_price == Decimal("98.00")
    ex.submit(account="alice", symbol="AAPL", side="buy", order_qty=1, price="101")
    assert ex.order(order_id=report.order_id).trigger_price == Decimal("98.98")
    fired = ex.submit(account="alice", symbol="AAPL", side="sell", order_qty=11, price="98")
    assert any(type(event).__name__ == "OrderTriggered" for event in fired.events)


@pytest.mark.parametrize(
    ("trigger", "reason", "words"),
    [
        (Trigger.stop("101"), "WOULD_TRIGGER", ("trigger price=101.00", "source=100.00", "allow_immediate")),
        (Trigger.trailing(amount="1", bps=5), "TRAIL_KIND", ("exactly one",)),
        (Trigger.trailing(), "TRAIL_KIND", ("exactly one",)),
        (Trigger.trailing(bps=10_000), "TRAIL_OFFSET", ("10000", "9999")),
        (Trigger.trailing(amount="-1"), "TRAIL_OFFSET", ("tick",)),
        (Trigger(kind="stop_loss"), "TRIGGER_PRICE_MISSING", ("Trigger.stop",)),
        (Trigger.stop("98", source="index"), "SOURCE_MISSING", ("set_reference",)),
        (Trigger.stop("98", source="moon"), "UNKNOWN_INSTRUCTION", ("'moon'",)),
        (Trigger(kind="hope", price="98"), "UNKNOWN_INSTRUCTION", ("'hope'",)),
        (Trigger.stop("98.005"), "PRICE_TICK", ("98.005",)),
        (Trigger.stop("98", fall_back=True), "TRIGGER_NOT_ALLOWED", ("fall_back",)),
    ],
)
def test_a_bad_trigger_is_refused_with_words_and_changes_nothing(
    trigger: Trigger, reason: str, words: tuple[str, ...]
) -> None:
    ex = _market()
    before = ex.state_hash(client_ids=False)

    report = _stop(ex, trigger)

    assert (report.status, report.reason) == ("rejected", reason)
    assert all(word in report.text for word in words), report.text
    assert ex.state_hash(client_ids=False) == before


def test_a_percentage_finer_than_a_basis_point_is_misuse() -> None:
    with pytest.raises(UsageError, match=r"multiple of 0\.01"):
        Trigger.trailing(percent="0.005")
    with pytest.raises(UsageError, match="give one of them"):
        Trigger.trailing(percent="1", bps=100)


def _exits(**more: Any) -> list[Leg]:
    shared: dict[str, Any] = {"account": "alice", "symbol": "AAPL", "side": "sell", "order_qty": 5} | more
    return [
        Leg(**shared, price="104", cl_ord_id="target"),
        Leg(**shared, ord_type="market", cl_ord_id="stop", trigger=Trigger.stop("96")),
    ]


def test_one_exit_reduces_the_other() -> None:
    ex = _market()
    report = ex.submit_group("oco", _exits())

    assert (report.status, report.group_id, len(report.order_ids)) == ("accepted", 1, 2)
    ex.submit(account="bob", symbol="AAPL", side="buy", order_qty=12, price="104", stp="cancel_oldest")
    target = ex.order(account="alice", cl_ord_id="target")
    stop = ex.order(account="alice", cl_ord_id="stop")
    assert target.cum_qty + stop.leaves_qty == 5
    assert stop.cum_qty == 0


def test_a_bracket_is_released_by_its_entry_and_canceled_as_a_group() -> None:
    ex = _market()
    entry = Leg(account="alice", symbol="AAPL", side="buy", order_qty=5, price="99", cl_ord_id="entry")
    report = ex.submit_group("otoco", [entry, *_exits()], mode="reduce")

    assert ex.order(account="alice", cl_ord_id="target").status == "suspended"
    ended = ex.cancel_group(account="alice", group_id=report.group_id or 0)
    assert ended.status == "accepted"
    assert not ex.order(account="alice", cl_ord_id="stop").is_open
    again = ex.cancel_group(account="alice", group_id=report.group_id or 0)
    assert again.reason == "GROUP_FINISHED"


def _bracket_in_an_auction(ex: Exchange, now_ns: list[int], *, before: int) -> None:
    """Enter a bracket, fill ``before`` of its entry, and let an auction that ends by time fill one more."""
    for account, side in (("alice", "sell"), ("bob", "buy")):
        ex.submit(account=account, symbol="AAPL", side=side, order_qty=1, price="100")
    entry = Leg(account="alice", symbol="AAPL", side="buy", order_qty=5, price="99", cl_ord_id="entry")
    ex.submit_group("otoco", [entry, *_exits()])
    if before:
        ex.submit(account="bob", symbol="AAPL", side="sell", order_qty=before, price="99")
    ex.halt("AAPL", operator=1, note="test", duration_ns=1_000)
    now_ns[0] += 2_000
    ex.submit(account="bob", symbol="AAPL", side="sell", order_qty=1, price="99")
    now_ns[0] += 600_000_000_000


@pytest.mark.parametrize("history_max", [0, 1_000])
def test_an_armed_exit_that_is_released_again_still_waits_for_its_trigger(history_max: int) -> None:
    now_ns = [0]
    ex = open_market(kind="credit", history_max=history_max, clock=lambda: now_ns[0])
    _bracket_in_an_auction(ex, now_ns, before=2)

    report = ex.amend(account="alice", orig_cl_ord_id="stop", cl_ord_id="stop-2", trigger_price="95")

    kinds = [type(event).__name__ for event in report.events if getattr(event, "order_id", 0) == report.order_id]
    assert kinds == ["OrderReleased", "OrderReplaced"]
    assert (report.status, report.leaves_qty) == ("suspended", Decimal(3))
    stop = next(order for order in ex.open_orders(account="alice") if order.order_id == report.order_id)
    assert (stop.status, stop.trigger_price) == ("suspended", Decimal(95))


@pytest.mark.parametrize("history_max", [0, 1_000])
@pytest.mark.parametrize(("leg", "change", "status"), [
    ("target", {"price": "103"}, "new"),
    ("stop", {"trigger_price": "95"}, "suspended"),
])  # fmt: skip
def test_the_first_release_arms_an_exit_that_has_a_trigger_and_puts_another_to_work(
    history_max: int, leg: str, change: dict[str, Any], status: str
) -> None:
    now_ns = [0]
    ex = open_market(kind="credit", history_max=history_max, clock=lambda: now_ns[0])
    _bracket_in_an_auction(ex, now_ns, before=0)

    report = ex.amend(account="alice", orig_cl_ord_id=leg, cl_ord_id="changed", **change)

    assert (report.status, report.leaves_qty) == (status, Decimal(1))
    assert ex.order(order_id=report.order_id).status == status


@pytest.mark.parametrize(
    ("legs", "reason", "leg"),
    [
        (_exits()[:1], "GROUP_LEGS", 0),
        ([_exits()[0], _exits(account="bob")[1]], "GROUP_LEGS", 1),
        ([_exits()[0], _exits(order_qty=4)[1]], "GROUP_QTY", 1),
        ([_exits()[0], _exits()[0]], "DUPLICATE_CLORDID", 1),
        ([_exits()[0], _exits(side="buy")[1]], "GROUP_LEGS", 1),
    ],
)
def test_a_bad_group_is_refused_as_a_whole(legs: list[Leg], reason: str, leg: int) -> None:
    ex = _market()
    before = ex.state_hash(client_ids=False)

    report = ex.submit_group("oco", legs)

    assert (report.status, report.reason, report.leg, report.order_ids) == ("rejected", reason, leg, [])
    assert ex.state_hash(client_ids=False) == before
    assert f"leg={leg}" in report.text
