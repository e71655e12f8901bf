"""A body that does not fit is refused with the field, its value, what is wanted and what to do, in words for people."""

import json
from typing import Any

import pytest

from fairlead.web.bodies import BodyLimits, parse_body
from fairlead.web.operator_wire import KillWish
from fairlead.web.order_wire import BatchBody, OcoBody, OrderBody
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Credentials

ORDER = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT"}
EXITS = {"symbol": "ABC-USD", "side": "BUY", "quantity": "1", "stopLoss": {"stopPrice": 1}}


def _refusal(shape: Any, body: object) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        parse_body(json.dumps(body).encode(), shape, limits=BodyLimits())
    assert caught.value.status == 400
    return caught.value


@pytest.mark.parametrize(
    ("given", "field", "value", "wanted"),
    [
        ({"symbol": 5}, "symbol", "5", "a text"),
        ({"expireTime": "x"}, "expireTime", '"x"', "a whole number"),
        ({"expireTime": 1.5}, "expireTime", "1.5", "a whole number"),
        ({"expireTime": -1}, "expireTime", "-1", "a whole number >= 0"),
        ({"postOnly": "no"}, "postOnly", '"no"', "true or false"),
        ({"accountId": []}, "accountId", "[]", "a whole number or a text"),
        ({"accountId": "1" * 21}, "accountId", f'"{"1" * 21}"', "a text of length <= 20"),
    ],
)
def test_a_value_of_another_kind_is_named_with_what_is_wanted(
    given: dict[str, object], field: str, value: str, wanted: str
) -> None:
    problem = _refusal(OrderBody, ORDER | given)

    assert (problem.field, problem.value, problem.limit) == (field, value, wanted)
    assert str(problem) == f"VALIDATION_ERROR: {field} must be {wanted}: value={value}"
    assert problem.fix == f"send {field} as {wanted}"


def test_a_text_of_another_form_is_answered_with_the_form() -> None:
    problem = _refusal(KillWish, {"scope": "VENUE", "reason": "why not"})

    assert (problem.field, problem.value) == ("reason", '"why not"')
    assert problem.limit == "a text like ^[!-~]{1,36}$"
    assert problem.fix == "send reason as a text like ^[!-~]{1,36}$"


def test_a_long_value_is_shortened() -> None:
    problem = _refusal(OrderBody, ORDER | {"postOnly": "x" * 1_000})

    assert problem.value == '"' + "x" * 60 + "..."


def test_an_unknown_field_of_one_of_several_orders_is_named_with_its_place_and_the_known_ones() -> None:
    alone = _refusal(OrderBody, ORDER | {"zork": 1})
    problem = _refusal(BatchBody, {"orders": [ORDER, ORDER, ORDER | {"zork": 1}]})

    assert (alone.field, problem.field) == ("zork", "orders[2].zork")
    assert problem.limit == alone.limit
    assert "clientOrderId, " in str(problem.limit)
    assert problem.fix == alone.fix == f"leave them out; known={problem.limit}"


@pytest.mark.parametrize(
    ("shape", "body", "field"),
    [
        (BatchBody, {"orders": [ORDER, {"symbol": "ABC-USD"}]}, "orders[1].side"),
        (OcoBody, EXITS | {"takeProfit": {}}, "takeProfit.price"),
    ],
)
def test_a_field_that_is_missing_inside_is_named_with_its_place(shape: Any, body: object, field: str) -> None:
    problem = _refusal(shape, body)

    assert problem.field == field
    assert str(problem) == f"VALIDATION_ERROR: Missing required fields: {field}"


def test_an_unknown_field_inside_is_answered_with_those_of_its_place() -> None:
    problem = _refusal(OcoBody, EXITS | {"takeProfit": {"price": 2, "prize": 3}})

    assert (problem.field, problem.limit) == ("takeProfit.prize", "price")


def test_the_value_of_a_secret_is_not_shown() -> None:
    problem = _refusal(Credentials, {"email": "ann@example.com", "password": [98_765]})

    assert (problem.field, problem.value, problem.limit) == ("password", None, "a text")
    assert "98" not in f"{problem} {problem.fix}"
