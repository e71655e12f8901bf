"""An order as an answer says it: every number as text, and what is not known is left out or null."""

from decimal import Decimal

import msgspec

from fairlead.domain.trading.order_view import Fill, OrderView
from fairlead.domain.trading.sent import Sent
from fairlead.model.report import Position
from fairlead.web.order_wire import order_line

D = Decimal

VIEW = OrderView(
    order_id=7,
    account=1001,
    client_order_id="mine",
    symbol="BTC-USD",
    side="BUY",
    order_type="LIMIT",
    time_in_force="GTC",
    status="PARTIALLY_FILLED",
    price=D("1E+3"),
    quantity=D("2.0"),
    filled_quantity=D("0.5"),
    remaining_quantity=D("1.5"),
    average_price=D("999.5"),
    trigger_price=None,
    reason=None,
    created_ns=1_700_000_000_000_000_001,
    updated_ns=1_700_000_001_000_000_000,
    seq=Position(12, 3, 1),
)
FILL = Fill(
    trade_id=9,
    price=D("999.5"),
    quantity=D("0.5"),
    fee=D("-0.01"),
    liquidity="ADDED",
    time_ns=1_700_000_001_000_000_000,
)


def test_an_order_is_answered_with_every_name_and_no_float() -> None:
    answer = msgspec.json.decode(msgspec.json.encode(order_line(VIEW, fills=[FILL], fee_asset="USD")))

    assert answer == {
        "orderId": "7",
        "clientOrderId": "mine",
        "symbol": "BTC-USD",
        "side": "BUY",
        "orderType": "LIMIT",
        "status": "PARTIALLY_FILLED",
        "quantity": "2.0",
        "filledQuantity": "0.5",
        "remainingQuantity": "1.5",
        "averagePrice": "999.5",
        "price": "1000",
        "timeInForce": "GTC",
        "reason": None,
        "createdAt": "2023-11-14T22:13:20.000000001Z",
        "updatedAt": "2023-11-14T22:13:21.000000000Z",
        "seq": 12,
        "fills": [
            {
                "tradeId": "9",
                "price": "999.5",
                "quantity": "0.5",
                "fee": "-0.01",
                "feeAsset": "USD",
                "liquidity": "ADDED",
                "time": "2023-11-14T22:13:21.000000000Z",
            }
        ],
    }


def test_no_order_that_traded_is_said_to_have_no_fills() -> None:
    open_view = msgspec.structs.replace(VIEW, filled_quantity=D(0), remaining_quantity=D(2), average_price=None)
    assert "fills" not in msgspec.to_builtins(order_line(VIEW))
    assert "fills" not in msgspec.to_builtins(order_line(VIEW, fills=()))
    assert "fills" not in msgspec.to_builtins(order_line(open_view))
    assert msgspec.to_builtins(order_line(open_view, fills=()))["fills"] == []


def test_what_it_was_sent_with_is_answered_where_it_is_known() -> None:
    sent = Sent(order_type="STOP_LIMIT", fields={"trigger_price": "990", "post_only": False})
    line = msgspec.to_builtins(order_line(VIEW, sent=sent))

    assert (line["orderType"], line["triggerPrice"], line["postOnly"]) == ("STOP_LIMIT", "990", False)
    assert "reduceOnly" not in line
