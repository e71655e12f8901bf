"""Orders of the API in the words of the exchange, and those that cannot be meant."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from fairlead.domain.trading.errors import RequestError
from fairlead.domain.trading.group_request import ExitsRequest, group_of
from fairlead.domain.trading.order_request import OrderRequest, command_of
from fairlead.domain.trading.words import ORDER_TYPES
from fairlead.model.triggers import Trigger

D = Decimal


def _request(order_type: str, **fields: Any) -> OrderRequest:
    return OrderRequest(symbol="BTC-USD", side="BUY", order_type=order_type, **{"quantity": D("0.5"), **fields})


# The fields that each order type needs beside its quantity, and the trigger that comes of them.
GOOD: dict[str, tuple[dict[str, Any], Trigger | None]] = {
    "LIMIT": ({"price": D(100)}, None),
    "MARKET": ({}, None),
    "MARKET_TO_LIMIT": ({}, None),
    "PEGGED": ({"peg_type": "MID", "peg_offset": -2, "price": D(100)}, None),
    "STOP": ({"trigger_price": D(110)}, Trigger.stop(D(110))),
    "STOP_LIMIT": ({"trigger_price": D(110), "price": D(111)}, Trigger.stop(D(110))),
    "TAKE_PROFIT": ({"trigger_price": D(90)}, Trigger.take_profit(D(90))),
    "TAKE_PROFIT_LIMIT": ({"trigger_price": D(90), "price": D(91)}, Trigger.take_profit(D(90))),
    "TRAILING_STOP": ({"trailing_percent": D("2.5")}, Trigger.trailing(bps=250)),
    "TRAILING_STOP_LIMIT": (
        {"trailing_amount": D(3), "limit_offset": D(1), "activation_price": D(95)},
        Trigger.trailing(amount=D(3), limit_offset=D(1), activation_price=D(95)),
    ),
}


def test_every_order_type_is_tried_here() -> None:
    assert GOOD.keys() == ORDER_TYPES.keys()


@pytest.mark.parametrize("order_type", GOOD)
def test_each_order_type_says_how_it_is_priced_and_what_it_waits_for(order_type: str) -> None:
    fields, expected = GOOD[order_type]

    order, trigger = command_of(_request(order_type, **fields), account=7)

    assert trigger == expected
    assert (order["account"], order["side"], order["symbol"]) == (7, "buy", "BTC-USD")
    assert order["ord_type"] == ORDER_TYPES[order_type][0]
    assert order["order_qty"] == D("0.5")


def test_what_a_market_to_limit_order_has_left_rests_unless_it_says_otherwise() -> None:
    for given, sent in ((None, "gtc"), ("DAY", "day")):
        order, _ = command_of(_request("MARKET_TO_LIMIT", time_in_force=given), account=7)
        assert order["time_in_force"] == sent
    assert "time_in_force" not in command_of(_request("MARKET"), account=7)[0]


def test_words_and_numbers_arrive_as_they_were_given() -> None:
    request = _request(
        "LIMIT",
        price=D("100.10"),
        time_in_force="GTD",
        expire_time_ns=99,
        client_order_id="mine",
        post_only=True,
        reduce_only=True,
        stp_mode="DECREMENT_AND_CANCEL",
        min_quantity=D("0.1"),
        display_quantity=D("0.2"),
    )

    order, _ = command_of(request, account=1)

    assert (order["time_in_force"], order["expire_ns"], order["cl_ord_id"]) == ("gtd", 99, "mine")
    assert (order["post_only"], order["reduce_only"], order["stp"]) == (True, True, "decrement_and_cancel")
    assert (order["min_qty"], order["display_qty"], order["price"]) == (D("0.1"), D("0.2"), D("100.10"))


def test_a_market_buy_by_budget_needs_no_quantity() -> None:
    order, _ = command_of(_request("MARKET", quantity=None, quote_quantity=D(50)), account=1)

    assert "order_qty" not in order
    assert order["quote_qty"] == D(50)


@pytest.mark.parametrize("source", ["LAST_PRICE", "BID", "ASK", "MID", "MARK", "INDEX"])
def test_a_trigger_follows_the_price_it_names(source: str) -> None:
    _, trigger = command_of(_request("STOP", trigger_price=D(1), trigger_type=source), account=1)

    assert trigger is not None
    assert trigger.source == {"LAST_PRICE": "last"}.get(source, source.lower())


@pytest.mark.parametrize(
    ("order_type", "fields", "code", "field"),
    [
        ("LIMITS", {}, "UNKNOWN_WORD", "orderType"),
        ("LIMIT", {}, "FIELD_MISSING", "price"),
        ("LIMIT", {"price": D(1), "quantity": None}, "FIELD_MISSING", "quantity"),
        ("LIMIT", {"price": D(1), "trigger_price": D(1)}, "FIELD_NOT_ALLOWED", "triggerPrice"),
        ("LIMIT", {"price": D(1), "quote_quantity": D(1)}, "FIELD_NOT_ALLOWED", "quoteQuantity"),
        ("MARKET", {"price": D(1)}, "FIELD_NOT_ALLOWED", "price"),
        ("MARKET", {"peg_type": "MID"}, "FIELD_NOT_ALLOWED", "pegType"),
        ("STOP", {}, "FIELD_MISSING", "triggerPrice"),
        ("STOP", {"trigger_price": D(1), "trigger_type": "LAST"}, "UNKNOWN_WORD", "triggerType"),
        ("STOP_LIMIT", {"trigger_price": D(1)}, "FIELD_MISSING", "price"),
        ("TRAILING_STOP", {}, "TRAIL_KIND", "trailingAmount"),
        ("TRAILING_STOP", {"trailing_amount": D(1), "trailing_percent": D(1)}, "TRAIL_KIND", "trailingAmount"),
        *(
            ("TRAILING_STOP", {"trailing_percent": D(percent)}, "TRAIL_PERCENT", "trailingPercent")
            for percent in ("0.125", "0", "-1", "100", "1E+30")
        ),
        ("LIMIT", {"price": D("NaN")}, "NOT_A_NUMBER", "price"),
        ("TRAILING_STOP", {"trailing_percent": D("Infinity")}, "NOT_A_NUMBER", "trailingPercent"),
        ("LIMIT", {"price": D("1E+999999")}, "TOO_MANY_DIGITS", "price"),
        ("LIMIT", {"price": D("1E-999999")}, "TOO_MANY_DIGITS", "price"),
        ("LIMIT", {"price": D(1), "quantity": D("1." + "0" * 38)}, "TOO_MANY_DIGITS", "quantity"),
        ("LIMIT", {"price": D(1), "client_order_id": ""}, "CLIENT_ORDER_ID", "clientOrderId"),
        ("LIMIT", {"price": D(1), "client_order_id": "x" * 37}, "CLIENT_ORDER_ID", "clientOrderId"),
        ("LIMIT", {"price": D(1), "client_order_id": "a b"}, "CLIENT_ORDER_ID", "clientOrderId"),
        ("LIMIT", {"price": D(1), "client_order_id": "Ä"}, "CLIENT_ORDER_ID", "clientOrderId"),
        ("LIMIT", {"price": D(1), "time_in_force": "GTD", "expire_time_ns": 2**63}, "OUT_OF_RANGE", "expireTime"),
        ("LIMIT", {"price": D(1), "time_in_force": "GTD", "expire_time_ns": -1}, "OUT_OF_RANGE", "expireTime"),
        ("PEGGED", {"price": D(1), "peg_type": "MID", "peg_offset": 2**31}, "OUT_OF_RANGE", "pegOffset"),
        ("TRAILING_STOP", {"trailing_amount": D(1), "limit_offset": D(1)}, "FIELD_NOT_ALLOWED", "limitOffset"),
        ("TRAILING_STOP_LIMIT", {"trailing_amount": D(1)}, "FIELD_MISSING", "limitOffset"),
        ("PEGGED", {"price": D(1)}, "FIELD_MISSING", "pegType"),
        ("PEGGED", {"peg_type": "NEXT"}, "UNKNOWN_WORD", "pegType"),
        ("LIMIT", {"price": D(1), "time_in_force": "GTD"}, "EXPIRE_TIME", "expireTime"),
        ("LIMIT", {"price": D(1), "expire_time_ns": 5}, "EXPIRE_TIME", "expireTime"),
        ("LIMIT", {"price": D(1), "time_in_force": "gtc"}, "UNKNOWN_WORD", "timeInForce"),
        ("LIMIT", {"price": D(1), "stp_mode": "ALL"}, "UNKNOWN_WORD", "stpMode"),
    ],
)
def test_what_cannot_be_meant_names_field_value_and_remedy(
    order_type: str, fields: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(RequestError) as refused:
        command_of(_request(order_type, **fields), account=1)

    assert (refused.value.code, refused.value.field) == (code, field)
    assert refused.value.fix in str(refused.value)
    assert f"field={field}" in str(refused.value)


EXITS = ExitsRequest(symbol="BTC-USD", side="SELL", quantity=D(2), take_profit_price=D(460), stop_price=D(420))


def test_two_exits_have_the_side_that_was_given() -> None:
    group = group_of(msgspec.structs.replace(EXITS, stop_limit_price=D("419.50"), client_order_id="pair"), account=7)

    (profit, no_trigger), (loss, trigger) = group.legs
    assert (group.kind, profit["side"], loss["side"]) == ("oco", "sell", "sell")
    assert (profit["price"], profit["cl_ord_id"], no_trigger) == (D(460), "pair", None)
    assert (loss["ord_type"], loss["price"], trigger) == ("limit", D("419.50"), Trigger.stop(D(420)))
    assert "cl_ord_id" not in loss
    assert {profit["account"], loss["account"]} == {7}


def test_an_entry_makes_it_a_bracket_whose_exits_go_the_other_way() -> None:
    group = group_of(msgspec.structs.replace(EXITS, side="BUY", entry_price=D(440)), account=7)

    assert group.kind == "otoco"
    assert [order["side"] for order, _ in group.legs] == ["buy", "sell", "sell"]
    assert [order["price"] for order, _ in group.legs] == [D(440), D(460), None]
    assert [order["ord_type"] for order, _ in group.legs] == ["limit", "limit", "market"]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"side": "SHORT"}, "UNKNOWN_WORD", "side"),
        ({"stop_price": D("NaN")}, "NOT_A_NUMBER", "stopPrice"),
        ({"client_order_id": "a b"}, "CLIENT_ORDER_ID", "clientOrderId"),
        ({"time_in_force": "IOC"}, "TIF_NOT_ALLOWED", "timeInForce"),
        ({"trigger_type": "LAST"}, "UNKNOWN_WORD", "triggerType"),
        ({"stop_price": D(460)}, "GROUP_PRICES", "takeProfit.price"),
        ({"side": "BUY"}, "GROUP_PRICES", "stopLoss.stopPrice"),
        ({"side": "BUY", "entry_price": D(470)}, "GROUP_PRICES", "takeProfit.price"),
        ({"side": "BUY", "entry_price": D(420)}, "GROUP_PRICES", "entryPrice"),
        ({"side": "SELL", "entry_price": D(440)}, "GROUP_PRICES", "entryPrice"),
    ],
)
def test_a_group_whose_prices_contradict_each_other_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(RequestError) as refused:
        group_of(msgspec.structs.replace(EXITS, **changes), account=1)

    assert (refused.value.code, refused.value.field) == (code, field)
