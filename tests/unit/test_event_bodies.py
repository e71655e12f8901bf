"""Bodies of events are as the schema in the documentation says."""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from msgspec.structs import replace
from tests.contract.pages import trade

from fairlead.domain.publishing.cursor import Cursor
from fairlead.domain.publishing.event import REPORTS, TRADES, events_of
from fairlead.errors import DataError
from fairlead.model.report import Position, Report

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "reference" / "events.schema.json").read_text())


def test_a_trade_is_told_to_both_and_published_once() -> None:
    buyer, seller = trade(7)

    events = [*events_of(buyer, log_id="log"), *events_of(seller, log_id="log")]

    assert [event.topic for event in events] == [REPORTS, TRADES, REPORTS]
    for event in events:
        jsonschema.validate(json.loads(event.body), SCHEMA)
    public = json.loads(events[1].body)
    assert public["takerSide"] == "BUY"
    assert not public.keys() & {"account", "orderId", "clOrdId", "fee"}


def test_decimals_have_no_exponent() -> None:
    report = replace(trade(7)[0], last_qty=Decimal("0E-8"), fee=Decimal("-1E-8"))

    body = json.loads(events_of(report, log_id="log")[0].body)

    assert (body["lastQty"], body["fee"]) == ("0.00000000", "-0.00000001")
    jsonschema.validate(body, SCHEMA)


def test_what_is_about_no_instrument_has_a_key_of_its_own() -> None:
    report = Report(kind="CommandReport", fields={"account": 5}, position=Position(1, 0, 1), exec_type="Deposited")

    (event,) = events_of(report, log_id="log")

    assert (event.topic, event.key) == (REPORTS, "exchange")
    jsonschema.validate(json.loads(event.body), SCHEMA)


def test_an_answer_without_a_place_and_a_repeated_one_are_no_news() -> None:
    assert events_of(Report(kind="Reject", fields={}), log_id="log") == []
    assert events_of(replace(trade(1)[0], repeated=True), log_id="log") == []


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
