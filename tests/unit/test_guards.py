"""Limits, kill switches, sessions, halts and breakers through the Python package."""

from typing import Any

import pytest
from tests.unit.markets import open_market

from fairlead import BreakerRules, Exchange, ExecutionReport

SECOND = 1_000_000_000


class _Clock:
    def __init__(self) -> None:
        self.now_ns = SECOND

    def __call__(self) -> int:
        return self.now_ns


def _market() -> tuple[Exchange, _Clock]:
    clock = _Clock()
    return open_market(kind="credit", clock=clock), clock


def _order(ex: Exchange, **more: Any) -> ExecutionReport:
    order: dict[str, Any] = {"account": "alice", "symbol": "AAPL", "side": "buy", "order_qty": 10, "price": "100"}
    return ex.submit(**(order | more))


@pytest.mark.parametrize(
    ("limits", "order", "reason"),
    [
        ({"max_qty": 9}, {}, "MAX_QTY"),
        ({"max_value": "999.99"}, {}, "MAX_VALUE"),
        ({"position_max": 9}, {}, "POSITION_LIMIT"),
        ({"restricted": True}, {}, "RESTRICTED"),
        ({"collar_bps": 500}, {"price": "105.01"}, "PRICE_COLLAR"),
    ],
)
def test_each_limit_has_its_reason(limits: dict[str, Any], order: dict[str, Any], reason: str) -> None:
    ex, _ = _market()
    for account, side in (("alice", "sell"), ("bob", "buy")):
        _order(ex, account=account, side=side, order_qty=1)
    assert ex.set_instrument_limits("alice", "AAPL", **limits).status == "accepted"

    report = _order(ex, **order)

    assert (report.status, report.reason) == ("rejected", reason)
    assert _order(ex, account="bob", **order).status == "new"


def test_a_rate_that_is_used_up_says_when_to_come_back_and_keeps_the_id_free() -> None:
    ex, clock = _market()
    ex.set_account_limits("alice", orders_per_second=2, orders_burst=1)

    assert _order(ex, cl_ord_id="a").status == "new"
    refused = _order(ex, cl_ord_id="b")
    assert (refused.reason, "wait_ns=" in refused.text) == ("MSG_RATE", True)
    clock.now_ns += SECOND
    assert _order(ex, cl_ord_id="b").status == "new"


def test_a_kill_switch_cancels_blocks_and_needs_a_second_person() -> None:
    ex, _ = _market()
    _order(ex, cl_ord_id="a")

    killed = ex.kill_switch(account="alice", operator=1, note="runaway")
    assert [type(event).__name__ for event in killed.events] == ["OrderCanceled", "KillSwitchSet"]
    assert _order(ex).reason == "KILL_SWITCH"
    assert _order(ex, account="bob").status == "new"
    assert ex.rearm(account="alice", operator=1, note="me").reason == "SAME_OPERATOR"
    assert ex.rearm(account="bob", operator=2, note="none").reason == "NOT_TRIPPED"
    assert ex.rearm(account="alice", operator=2, note="checked").status == "accepted"
    assert _order(ex).status == "new"


def test_a_lost_session_and_a_silent_account_lose_their_orders() -> None:
    ex, clock = _market()
    ex.set_cancel_on_disconnect(7, 5 * SECOND)
    ex.cancel_all_after("bob", 10 * SECOND)
    _order(ex, cl_ord_id="a", session=7)
    _order(ex, account="bob", cl_ord_id="b")

    ex.session_down(7)
    clock.now_ns += 6 * SECOND
    ex.tick()
    assert ex.order(account="alice", cl_ord_id="a").reason == "DISCONNECT"
    clock.now_ns += 6 * SECOND
    ex.tick()
    assert ex.order(account="bob", cl_ord_id="b").reason == "DEAD_MAN"


def test_a_halt_by_hand_needs_the_other_person_and_cancels_pass() -> None:
    ex, _ = _market()
    _order(ex, cl_ord_id="a")
    assert ex.halt("AAPL", operator=1, note="news", two_person=True).status == "accepted"

    assert _order(ex, price="99").reason == "HALTED"
    assert ex.cancel(account="alice", orig_cl_ord_id="a").status == "canceled"
    assert ex.resume("AAPL", operator=1, note="over").reason == "SAME_OPERATOR"
    assert ex.resume("AAPL", operator=2, note="over").status == "accepted"
    assert ex.book("AAPL").state == "continuous"
    assert ex.halt("MSFT", operator=1, note="x").reason == "UNKNOWN_INSTRUMENT"


def test_a_band_stops_the_print_and_halts() -> None:
    ex, _ = _market()
    ex.set_breaker("AAPL", BreakerRules(random_end_ns=0))
    _order(ex, side="sell")
    _order(ex, account="bob")
    _order(ex, side="sell", price="110.01")

    broken = _order(ex, account="bob", price="111", order_qty=5)

    names = [type(event).__name__ for event in broken.events]
    assert "Trade" not in names
    assert names[1:] == ["BandBroken", "OrderPosted", "BreakerTripped", "StateChanged"]
    assert ex.book("AAPL").state == "halted"


def test_insane_bands_are_refused_and_the_old_ones_stay() -> None:
    ex, _ = _market()
    _order(ex, side="sell")
    _order(ex, account="bob")

    assert ex.set_bands("AAPL", "95", "105").status == "accepted"
    assert ex.set_bands("AAPL", "18", "19").reason == "BAND_INSANE"
    _order(ex, side="sell", price="94")
    assert not [event for event in _order(ex, account="bob", price="94").events if type(event).__name__ == "Trade"]


def test_rules_out_of_range_are_refused() -> None:
    ex, _ = _market()

    assert ex.set_breaker("AAPL", BreakerRules(static_bps=10_001)).reason == "INVALID_DEFINITION"
    assert ex.set_breaker("NOPE", None).reason == "UNKNOWN_INSTRUMENT"
