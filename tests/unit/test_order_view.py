"""Orders folded from reports: each report counts once, whatever comes again."""

import json
from decimal import Decimal
from importlib import resources
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fairlead.domain.trading.order_view import Fill, OrderView, after, fill_of
from fairlead.model.report import Position, Report

D = Decimal


def _report(seq: int, exec_type: str, ord_status: str, **fields: Any) -> Report:
    quantities = {"order_qty": D(10), "leaves_qty": D(10), "cum_qty": D(0), "last_qty": D(0)}
    return Report(
        kind="ExecutionReport",
        position=Position(seq, 0, 1),
        exec_type=exec_type,
        ord_status=ord_status,
        symbol="BTC-USD",
        cl_ord_id="mine",
        order_id=5,
        side="buy",
        ord_type="limit",
        time_in_force="gtc",
        price=D(100),
        ts_ns=1_000 + seq,
        **{"fields": {"account": 7, "liquidity": "Added"}, **quantities, **fields},
    )


def _life() -> list[Report]:
    """Ten lots: three trade, two more, the rest is cancelled."""
    traded = {"order_qty": D(10), "last_px": D(100), "fee": D("0.30")}
    return [
        _report(1, "New", "New"),
        _report(4, "Trade", "PartiallyFilled", cum_qty=D(3), leaves_qty=D(7), last_qty=D(3), trade_id=1, **traded),
        _report(6, "Trade", "PartiallyFilled", cum_qty=D(5), leaves_qty=D(5), last_qty=D(2), trade_id=2, **traded),
        _report(9, "Canceled", "Canceled", cum_qty=D(5), leaves_qty=D(0), last_qty=D(5), reason="USER"),
    ]


def _fold(reports: list[Report], view: OrderView | None = None) -> OrderView | None:
    for report in reports:
        view = after(view, report)
    return view


def test_an_order_is_seen_as_each_report_leaves_it() -> None:
    reports = _life()
    views = [_fold(reports[: n + 1]) for n in range(4)]

    seen = [(view.status, view.filled_quantity, view.remaining_quantity) for view in views if view is not None]
    assert seen == [
        ("OPEN", D(0), D(10)),
        ("PARTIALLY_FILLED", D(3), D(7)),
        ("PARTIALLY_FILLED", D(5), D(5)),
        ("CANCELED", D(5), D(0)),
    ]
    last = views[-1]
    assert last is not None
    assert (last.account, last.side, last.order_type, last.reason) == (7, "BUY", "LIMIT", "USER")
    assert (last.created_ns, last.updated_ns, last.is_open) == (1_001, 1_009, False)


def test_the_trades_of_an_order_are_in_its_reports() -> None:
    fills = [fill for report in _life() if (fill := fill_of(report)) is not None]

    assert fills == [
        Fill(trade_id=1, price=D(100), quantity=D(3), fee=D("0.30"), liquidity="ADDED", time_ns=1_004),
        Fill(trade_id=2, price=D(100), quantity=D(2), fee=D("0.30"), liquidity="ADDED", time_ns=1_006),
    ]


@given(st.lists(st.integers(0, 3), max_size=12))
def test_reports_that_come_again_count_nothing_twice(again: list[int]) -> None:
    reports = _life()
    whole = _fold(reports)

    assert _fold([reports[n] for n in again], whole) == whole


@given(st.integers(0, 3))
def test_a_stream_that_begins_again_in_the_past_ends_the_same(start: int) -> None:
    reports = _life()

    assert _fold(reports[start:], _fold(reports)) == _fold(reports)


def test_what_is_no_report_of_an_order_changes_nothing() -> None:
    view = _fold(_life()[:1])
    others = [
        Report(kind="CommandReport", fields={}, position=Position(8, 0, 0)),
        Report(kind="Reject", fields={}),
        _report(8, "OrderStatus", "New", repeated=True),
        replace(_report(8, "Rejected", "Rejected"), symbol=None),
    ]

    assert [after(view, report) for report in others] == [view] * 4
    assert [after(None, report) for report in others] == [None] * 4


def test_every_status_of_the_exchange_is_known() -> None:
    statuses = json.loads(resources.files("fairlead.wire").joinpath("layout.json").read_text())["codes"]["OrdStatus"]

    for _, status in statuses:
        seen = after(None, _report(1, "OrderStatus", status))
        assert seen is not None
        assert seen.is_open == (status in {"New", "PartiallyFilled", "Suspended"})


def test_a_stop_waits_and_says_for_what() -> None:
    reports = [
        _report(1, "New", "New"),
        _report(2, "Suspended", "Suspended", trigger_price=D(105)),
        _report(3, "Triggered", "New", trigger_price=D(0)),
    ]

    views = [_fold(reports[: n + 1]) for n in range(3)]

    assert [view.status for view in views if view] == ["OPEN", "PENDING_TRIGGER", "OPEN"]
    assert [view.trigger_price for view in views if view] == [None, D(105), D(0)]
