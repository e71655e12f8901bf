"""From the request to the fill: orders are timed and traced on their way to the exchange."""

import asyncio
import contextlib
import logging
from typing import Any, cast

import pytest
from tests.telemetry.figures import new_metrics, read, report

from fairlead.errors import UnavailableError, UsageError
from fairlead.model.report import Report
from fairlead.ports.front import Front
from fairlead.ports.trace import correlation
from fairlead.services.traced_front import traced
from fairlead.services.trail import Trail


class PlantedFront:
    """Answers with what is planted."""

    is_connected = True

    def __init__(self, answer: Report | Exception) -> None:
        self.answer = answer

    async def submit(self, **_: Any) -> Report:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (report(1), "accepted"),
        (report(1, is_rejected=True), "refused"),
        (UsageError("x"), "refused"),
        (UnavailableError("x"), "unanswered"),
    ],
)
def test_what_the_exchange_was_asked_is_counted(answer: Report | Exception, outcome: str) -> None:
    metrics, times = new_metrics(), iter((0, 3_000_000))
    planted = cast("Front", PlantedFront(answer))
    front = traced(planted, telemetry=metrics, trail=Trail(), now_ns=lambda: next(times))

    with contextlib.suppress(UsageError, UnavailableError):
        asyncio.run(cast("Any", front).submit(account=7, cl_ord_id="A1"))

    found = read(metrics)
    assert found[f'order_requests_total{{kind="order",outcome="{outcome}"}}'] == 1
    assert found['order_processing_time_ms_sum{kind="order"}'] == 3
    assert front.is_connected


def test_a_fill_says_which_request_entered_its_order(caplog: pytest.LogCaptureFixture) -> None:
    trail = Trail()
    front = traced(cast("Front", PlantedFront(report(1))), telemetry=new_metrics(), trail=trail, now_ns=lambda: 0)

    async def ask() -> None:
        correlation.set("mine")
        await cast("Any", front).submit(account=7, cl_ord_id="A1")

    with caplog.at_level(logging.INFO, logger="fairlead.orders"):
        asyncio.run(ask())
        for account in (7, 8):
            trail.heard(
                report(2, exec_type="Trade", order_id=3, cl_ord_id="A1", trade_id=5, fields={"account": account})
            )

    mine, other = (vars(record) for record in caplog.records)
    assert (mine["correlation_id"], mine["order_id"], mine["cl_ord_id"], mine["trade_id"]) == ("mine", 3, "A1", 5)
    assert "correlation_id" not in other


def test_orders_without_end_are_remembered_up_to_the_bound(caplog: pytest.LogCaptureFixture) -> None:
    trail = Trail(orders_max=10)

    async def enter() -> None:
        correlation.set("mine")
        for number in range(1_000):
            trail.enters(account=1, cl_ord_id=str(number))
            assert len(trail) <= 10

    with caplog.at_level(logging.INFO, logger="fairlead.orders"):
        asyncio.run(enter())
        for number in (989, 990, 994, 995, 999):
            trail.heard(report(2, exec_type="New", cl_ord_id=str(number), fields={"account": 1}))

    asked = [getattr(record, "correlation_id", None) for record in caplog.records]
    assert asked == [None, *["mine"] * 4]


def test_nothing_is_remembered_where_no_line_is_written(caplog: pytest.LogCaptureFixture) -> None:
    trail = Trail()

    async def enter() -> None:
        correlation.set("mine")
        trail.enters(account=1, cl_ord_id="A1")

    with caplog.at_level(logging.WARNING, logger="fairlead.orders"):
        asyncio.run(enter())

    assert len(trail) == 0
