"""What a command of the log sets limits to, in the names and units of the API."""

from typing import Any

import pytest
from tests.contract.told import LISTINGS

from fairlead.domain.limits.set_limits import limited_instrument, set_limits_of
from fairlead.wire import Message, decode, encode

NONE_OF_ALL = dict.fromkeys(
    ("ordersPerS", "ordersBurst", "cancelsPerS", "cancelsBurst", "openOrdersMax", "duplicateMs")
)
NONE_IN_ONE = dict.fromkeys(("maxQuantity", "maxValue", "collarBps", "positionMax", "restricted"))


def _all(**said: int) -> Message:
    fields: dict[str, Any] = {
        "account": 1_001,
        "limits.orders.per_second": 0,
        "limits.orders.burst": 0,
        "limits.cancels.per_second": 0,
        "limits.cancels.burst": 0,
        "limits.open_orders_max": 0,
        "limits.duplicate_ns": 0,
    }
    return decode(encode(Message(kind="SetAccountLimits", fields=fields | {f"limits.{k}": v for k, v in said.items()})))


def _one(**said: Any) -> Message:
    fields: dict[str, Any] = {"account": 1_001, "instrument": 0, "limits.restricted": False}
    fields |= {f"limits.{name}": said.get(name) for name in ("max_qty", "max_value", "collar_bps", "position_max")}
    if "restricted" in said:
        fields["limits.restricted"] = said["restricted"]
    return decode(encode(Message(kind="SetInstrumentLimits", fields=fields)))


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ({}, {}),
        ({"orders.per_second": 5, "orders.burst": 10}, {"ordersPerS": "5", "ordersBurst": "10"}),
        ({"cancels.per_second": 7, "cancels.burst": 8}, {"cancelsPerS": "7", "cancelsBurst": "8"}),
        ({"open_orders_max": 100}, {"openOrdersMax": "100"}),
        ({"duplicate_ns": 250_000_000}, {"duplicateMs": "250"}),
        # A program at the gateway may say less than a millisecond.
        ({"duplicate_ns": 1}, {"duplicateMs": "0.000001"}),
    ],
)
def test_over_all_markets_zero_is_no_limit(said: dict[str, int], values: dict[str, str]) -> None:
    message = _all(**said)

    found = set_limits_of(message, None, seq=7)

    assert (found.seq, found.account, found.symbol, limited_instrument(message)) == (7, 1_001, None, None)
    assert found.values == NONE_OF_ALL | values


@pytest.mark.parametrize(
    ("said", "values"),
    [
        ({}, {}),
        ({"max_qty": 15_000}, {"maxQuantity": "1.5"}),
        ({"position_max": 1}, {"positionMax": "0.0001"}),
        ({"max_value": 10**9}, {"maxValue": "1000"}),
        ({"collar_bps": 0}, {"collarBps": "0"}),
        ({"restricted": True}, {"restricted": "true"}),
    ],
)
def test_in_a_market_numbers_have_its_decimals_and_what_is_empty_is_no_limit(
    said: dict[str, Any], values: dict[str, str]
) -> None:
    message = _one(**said)

    found = set_limits_of(message, LISTINGS[0], seq=7)

    assert (found.account, found.symbol, limited_instrument(message)) == (1_001, "BTC-USD", 0)
    assert found.values == NONE_IN_ONE | values
