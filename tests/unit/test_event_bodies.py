"""Bodies of events are as the schema in the documentation says."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from msgspec.structs import replace
from tests.contract.pages import trade

from fairlead.adapters.bus import MemoryBus
from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import REPORTS, TRADES, events_of
from fairlead.domain.trading.order_view import OrderView, after
from fairlead.domain.trading.refused import Scales, refused
from fairlead.domain.trading.report_body import report_body
from fairlead.errors import DataError
from fairlead.model.report import Position, Report
from fairlead.ports.report_pages import ReportPage
from fairlead.services.publishing import Bodies, BusSink

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "events.schema.json").read_text())


SCALES = Scales(price=2, quantity=4, base=8, quote=6)
REFUSED = Report(
    kind="ExecutionReport",
    position=Position(3, 0, 0),
    fields={"account": 7, "instrument": 1},
    is_rejected=True,
    exec_type="Rejected",
    ord_status="Rejected",
    symbol="ABC-USD",
    cl_ord_id="c3",
    side="buy",
    ord_type="market_to_limit",
    time_in_force="gtc",
    price=Decimal("100.03"),
    order_qty=Decimal("0.0005"),
    leaves_qty=Decimal("0.0000"),
    cum_qty=Decimal("0.0000"),
    reason="PRICE_TICK",
    value=10_003,
    limit=5,
    ts_ns=1_700_000_000_000_000_003,
)
SELLING = OrderView(
    order_id=9,
    account=7,
    client_order_id="c9",
    symbol="ABC-USD",
    side="SELL",
    order_type="LIMIT",
    time_in_force="GTC",
    status="OPEN",
    price=Decimal("100.00"),
    quantity=Decimal(1),
    filled_quantity=Decimal(0),
    remaining_quantity=Decimal(1),
    average_price=None,
    trigger_price=None,
    reason=None,
    created_ns=0,
    updated_ns=0,
    seq=Position(2, 0, 0),
)
UNCHANGED = Report(
    kind="CancelReject",
    position=Position(4, 0, 0),
    fields={"account": 7, "is_amend": True},
    is_rejected=True,
    cl_ord_id="c10",
    order_id=9,
    reason="INSUFFICIENT_FUNDS",
    value=150_000_000,
    limit=100_000_000,
)


async def _find(account: int, order_id: int) -> OrderView | None:
    return SELLING if (account, order_id) == (7, 9) else None


async def _scales(symbol: str) -> Scales | None:
    return SCALES if symbol == "ABC-USD" else None


def _body(report: Report) -> dict[str, Any]:
    """Return what is told of a report; it is as the schema says."""
    body = asyncio.run(Bodies(find=_find, scales=_scales).of(report))
    said: dict[str, Any] = json.loads(msgspec.json.encode(body))
    jsonschema.validate(said, SCHEMA)
    return said


def test_a_trade_is_told_to_both_and_published_once() -> None:
    buyer, seller = trade(7)

    events = [
        *events_of(buyer, log_id="log", symbol="ABC-USD", body=b"{}"),
        *events_of(seller, log_id="log", symbol="ABC-USD", body=b"[]"),
    ]

    assert [(event.topic, event.body) for event in events if event.topic == REPORTS] == [
        (REPORTS, b"{}"),
        (REPORTS, b"[]"),
    ]
    assert [event.topic for event in events] == [REPORTS, TRADES, REPORTS]
    public = json.loads(events[1].body)
    jsonschema.validate(public, SCHEMA)
    assert (public["takerSide"], public["time"]) == ("BUY", "2023-11-14T22:13:20.000000007Z")
    assert not public.keys() & {"account", "orderId", "clientOrderId", "fee"}


def test_an_event_has_the_fields_and_words_of_the_routes() -> None:
    buyer = replace(trade(7)[0], ord_status="PartiallyFilled", ord_type="limit", leaves_qty=Decimal(3))

    body = _body(buyer)

    assert {name: body[name] for name in ("execType", "status", "side", "orderType", "liquidity")} == {
        "execType": "TRADE",
        "status": "PARTIALLY_FILLED",
        "side": "BUY",
        "orderType": "LIMIT",
        "liquidity": "REMOVED",
    }
    assert (body["clientOrderId"], body["lastPrice"], body["remainingQuantity"]) == ("c7", "107", "3")
    view = after(None, buyer)
    assert view is not None
    assert (body["side"], body["status"], body["orderType"]) == (view.side, view.status, view.order_type)


def test_a_refused_order_is_told_with_what_it_asked_for_and_as_the_routes_refuse_it() -> None:
    body = _body(REFUSED)

    assert (body["symbol"], body["side"], body["quantity"]) == ("ABC-USD", "BUY", "0.0005")
    assert (body["orderType"], body["status"]) == ("MARKET_TO_LIMIT", "REJECTED")
    problem = refused(REFUSED, what="order", scales=SCALES)
    assert (body["reason"], body["field"], body["value"], body["limit"], body["fix"]) == (
        problem.code,
        problem.field,
        problem.value,
        problem.limit,
        problem.fix,
    )
    assert (body["value"], body["limit"]) == ("100.03", "0.05")


def test_a_refused_change_is_measured_in_the_instrument_of_its_order() -> None:
    body = _body(UNCHANGED)

    # Who sells pays in the base asset.
    assert (body["symbol"], body["side"]) == ("ABC-USD", "SELL")
    assert (body["value"], body["limit"]) == ("1.50000000", "1.00000000")


def test_in_the_market_of_an_event_money_is_missing_and_of_a_change_nobody_knows_what() -> None:
    scales = Scales(price=2, quantity=0, base=0, quote=2, is_event=True)
    sale = replace(REFUSED, side="sell", reason="INSUFFICIENT_FUNDS", value=60_000, limit=10_000)

    assert (report_body(sale, scales=scales).value, report_body(sale, scales=scales).limit) == ("600.00", "100.00")
    assert report_body(UNCHANGED, order=SELLING, scales=scales).value is None


def test_numbers_that_cannot_be_read_are_left_out() -> None:
    unknown = _body(replace(UNCHANGED, order_id=10))

    assert (unknown["reason"], unknown.get("symbol")) == ("INSUFFICIENT_FUNDS", None)
    assert not unknown.keys() & {"value", "limit"}
    assert not _body(replace(REFUSED, symbol="XYZ-USD")).keys() & {"value", "limit"}


def test_a_trade_that_was_corrected_says_what_it_was() -> None:
    corrected = replace(
        trade(7)[0], exec_type="TradeCorrect", last_px=Decimal("99.50"), last_qty=Decimal(2), value=10_700, limit=3
    )

    body = _body(corrected)

    assert (body["lastPrice"], body["previousPrice"]) == ("99.50", "107.00")
    assert (body["lastQuantity"], body["previousQuantity"]) == ("2", "3")
    assert not body.keys() & {"value", "limit", "reason"}


def test_decimals_have_no_exponent() -> None:
    report = replace(trade(7)[0], last_qty=Decimal("0E-8"), fee=Decimal("-1E-8"))

    body = _body(report)

    assert (body["lastQuantity"], body["fee"]) == ("0.00000000", "-0.00000001")


def test_what_is_about_no_instrument_has_a_key_of_its_own() -> None:
    report = Report(
        kind="CommandReport", fields={"account": 5}, position=Position(1, 0, 1), exec_type="AccountFeesSet", value=7
    )

    (event,) = events_of(report, log_id="log", symbol=None, body=b"{}")

    assert (event.topic, event.key) == (REPORTS, "exchange")
    body = _body(report)
    assert (body["execType"], body["value"]) == ("ACCOUNT_FEES_SET", "7")


def test_an_answer_without_a_place_and_a_repeated_one_are_no_news() -> None:
    assert events_of(Report(kind="Reject", fields={}), log_id="log", symbol=None, body=b"") == []
    assert events_of(replace(trade(1)[0], repeated=True), log_id="log", symbol=None, body=b"") == []


def test_the_bus_is_told_what_live_connections_are_told() -> None:
    async def story() -> None:
        bus, bodies = MemoryBus(), Bodies(find=_find, scales=_scales)
        repeated = replace(REFUSED, repeated=True)
        page = ReportPage(log_id="log", reports=[REFUSED, repeated, UNCHANGED])
        await BusSink(bus, bodies=bodies, tail_max=None).take(page)
        told = [event for _, event in bus.after(REPORTS, None, count_max=10)]
        wanted = [await bodies.of(REFUSED), await bodies.of(UNCHANGED)]
        assert [event.body for event in told] == [msgspec.json.encode(body) for body in wanted]
        assert [event.key for event in told] == ["ABC-USD", "ABC-USD"]

    asyncio.run(story())


def test_a_refused_order_becomes_no_order() -> None:
    assert after(None, REFUSED) is None


@pytest.mark.parametrize(
    "text", ["", "log", "log 1.2", "log 1.2.x", "log 1.2.-3", " 1.2.3", "log 1.2.3.4", "log 1.2.\u00b2"]
)
def test_a_text_that_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(DataError):
        Cursor.read(text)


def test_a_place_covers_those_before_it_in_its_own_log() -> None:
    place = Cursor.read("log 5.1.2")

    assert place.covers(place)
    assert place.covers(Cursor.read("log 5.1.1"))
    assert not place.covers(Cursor.read("log 5.2.0"))
    assert not place.covers(Cursor.read("other 1.0.0"))
