"""What an order was sent with is read from its command as it was asked for, and nothing of a plain order."""

from decimal import Decimal
from typing import Any

import pytest

from fairlead.client.instruments import ClientInstrument
from fairlead.client.link import Pending
from fairlead.client.requests import leg_fields, order_fields
from fairlead.domain.trading.asked import asked_with
from fairlead.domain.trading.entered_order import AmendedOrder, amended_of, entered_of
from fairlead.domain.trading.order_request import OrderRequest, command_of
from fairlead.domain.trading.refused import Scales
from fairlead.domain.trading.sent import Sent
from fairlead.model.listing import Asset, Listing
from fairlead.web.order_requests import sent_with
from fairlead.wire import Message, decode, encode

D = Decimal
LISTING = Listing(
    id=3,
    symbol="ABC-USD",
    price_decimals=2,
    qty_decimals=1,
    base=Asset(id=1, symbol="ABC", decimals=1),
    quote=Asset(id=2, symbol="USD", decimals=4),
)
SCALES = Scales.of(LISTING)
INSTRUMENT = ClientInstrument(id=3, symbol="ABC-USD", price_decimals=2, qty_decimals=1, quote_decimals=4)
BASE: dict[str, Any] = {"symbol": "ABC-USD", "side": "BUY", "order_type": "LIMIT", "quantity": D("9.0")}
LIMIT = BASE | {"price": D("10.00")}
MARKET = BASE | {"order_type": "MARKET"}


def command(request: OrderRequest) -> Message:
    """Return an order as the log has it."""
    order, trigger = command_of(request, account=7)
    if trigger is None:
        return Message(kind="NewOrder", fields=order_fields(INSTRUMENT, "mine", order))
    return Message(kind="NewStop", fields=leg_fields(INSTRUMENT, "mine", order, trigger))


def sent_by(request: OrderRequest) -> Sent | None:
    """Return what is read of an order's command, and check that whoever sent it knows that there is something."""
    message = command(request)
    entered = entered_of(decode(encode(message)), LISTING, seq=5)
    pending = Pending(kind=message.kind, fields=message.fields, answer=None)  # type: ignore[arg-type]
    assert pending.says_more == (entered is not None)
    return None if entered is None else entered.legs[0].sent


@pytest.mark.parametrize(
    ("asked", "order_type"),
    [
        (LIMIT | {"post_only": True}, "LIMIT"),
        (LIMIT | {"reduce_only": True}, "LIMIT"),
        (LIMIT | {"stp_mode": "NONE"}, "LIMIT"),
        (LIMIT | {"stp_mode": "CANCEL_NEWEST"}, "LIMIT"),
        (LIMIT | {"stp_mode": "CANCEL_OLDEST"}, "LIMIT"),
        (LIMIT | {"stp_mode": "CANCEL_BOTH"}, "LIMIT"),
        (LIMIT | {"stp_mode": "DECREMENT_AND_CANCEL"}, "LIMIT"),
        (LIMIT | {"min_quantity": D("2.5"), "time_in_force": "IOC"}, "LIMIT"),
        (LIMIT | {"display_quantity": D("0.5")}, "LIMIT"),
        (MARKET | {"protection_price": D("11.25")}, "MARKET"),
        (MARKET | {"quantity": None, "quote_quantity": D("1000.0001")}, "MARKET"),
        (LIMIT | {"order_type": "PEGGED", "peg_type": "MID", "peg_offset": -3}, "PEGGED"),
        (LIMIT | {"order_type": "PEGGED", "peg_type": "NEAR", "peg_offset": 0}, "PEGGED"),
        (BASE | {"order_type": "STOP", "trigger_price": D("12.00"), "trigger_type": "BID"}, "STOP"),
        (
            LIMIT
            | {
                "order_type": "TRAILING_STOP_LIMIT",
                "price": None,
                "trailing_amount": D("1.50"),
                "activation_price": D("8.00"),
                "limit_offset": D("0.25"),
                "trigger_type": "LAST_PRICE",
                "post_only": True,
            },
            "TRAILING_STOP_LIMIT",
        ),
        (BASE | {"order_type": "TRAILING_STOP", "trailing_percent": D("2.5"), "trigger_type": "MARK"}, "TRAILING_STOP"),
    ],
)
def test_what_was_asked_is_read_again(asked: dict[str, Any], order_type: str) -> None:
    request = OrderRequest(**asked)

    sent = sent_by(request)

    answered = sent_with(request)
    # The answer says of both that they are not set.
    said = {name: value for name, value in answered.fields.items() if value is not False}
    assert sent == Sent(order_type=order_type, fields=said)
    # Whoever entered it need not wait for the log to say the same.
    assert asked_with(request, SCALES) == sent


@pytest.mark.parametrize(
    "asked",
    [
        LIMIT | {"display_quantity": D(2), "min_quantity": D(0)},
        LIMIT | {"order_type": "PEGGED", "peg_type": "FAR"},
        LIMIT | {"order_type": "STOP_LIMIT", "trigger_price": D(12)},
        BASE | {"order_type": "TRAILING_STOP", "trailing_percent": D("2.50")},
        MARKET | {"quantity": None, "quote_quantity": D(1000), "protection_price": D("1E+1")},
    ],
)
def test_what_was_asked_is_told_as_the_log_has_it(asked: dict[str, Any]) -> None:
    request = OrderRequest(**asked)

    assert asked_with(request, SCALES) == sent_by(request)


def test_the_end_of_an_order_is_told_in_milliseconds() -> None:
    request = OrderRequest(**LIMIT, time_in_force="GTD", expire_time_ns=1_700_000_000_123_000_000)

    assert asked_with(request, SCALES).fields == {"expire_time": 1_700_000_000_123}


@pytest.mark.parametrize(
    "asked", [LIMIT, MARKET, LIMIT | {"time_in_force": "IOC"}, BASE | {"order_type": "MARKET_TO_LIMIT"}]
)
def test_of_a_plain_order_its_reports_say_all(asked: dict[str, Any]) -> None:
    request = OrderRequest(**asked)
    assert sent_by(request) is None
    assert asked_with(request, SCALES) == Sent(order_type=request.order_type)


def test_a_hidden_order_displays_nothing() -> None:
    fields = order_fields(
        INSTRUMENT, "mine", {"symbol": "ABC-USD", "side": "buy", "order_qty": 5, "price": 10, "hidden": True}
    )

    entered = entered_of(decode(encode(Message(kind="NewOrder", fields=fields))), LISTING, seq=5)

    assert entered is not None
    assert (entered.order_type, entered.legs[0].terms) == ("HIDDEN", {"display_quantity": "0"})


def modify(**changed: Any) -> Message:
    """Return an amend as the log has it."""
    fields: dict[str, Any] = {"account": 7, "cl_ord_id": "c2", "target": "Order", "order_id": 4, **changed}
    return decode(encode(Message(kind="ModifyOrder", fields=fields)))


def test_an_amend_tells_what_no_report_does() -> None:
    assert amended_of(modify(display_qty=25), seq=6) == AmendedOrder(seq=6, display_qty=25)
    assert amended_of(modify(stp="CancelBoth", price=1000), seq=6) == AmendedOrder(seq=6, stp_mode="CANCEL_BOTH")


def test_an_amend_of_price_and_quantity_tells_nothing_more() -> None:
    assert amended_of(modify(price=1000, order_qty=20), seq=6) is None
    assert amended_of(command(OrderRequest(**LIMIT)), seq=6) is None
