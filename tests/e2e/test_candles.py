"""The candles and the newest trades of a venue are the same after a restart."""

import time
from pathlib import Path
from typing import Any

from tests.e2e.test_serve import Service
from tests.e2e.venues import SECRET, make_market, write_keys

from fairlead.client import Client

_WAIT_S = 120.0
_WIDTHS = ("1s", "1m", "5m", "15m", "1h", "4h", "1d")
_TRADES = 12


def _candles(service: Service, query: str) -> dict[str, Any]:
    answer = service.http.get(f"/markets/ABC-USD/candles?{query}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _whole(service: Service) -> list[dict[str, Any]]:
    """Return the candles of seconds once each of them counts as whole: nothing happens in the market meanwhile."""
    end_s = time.monotonic() + _WAIT_S
    while True:
        found: list[dict[str, Any]] = _candles(service, "interval=1s&limit=1000")["candles"]
        if found and all(candle["isComplete"] for candle in found):
            return found
        assert time.monotonic() < end_s, found


def _newest(service: Service, *, count: int) -> list[dict[str, Any]]:
    """Return the newest trades once there are so many."""
    end_s = time.monotonic() + _WAIT_S
    while True:
        found: list[dict[str, Any]] = service.http.get("/markets/ABC-USD/trades").json()["trades"]
        if len(found) >= count:
            return found
        assert time.monotonic() < end_s, found


def _sums(candles: list[dict[str, Any]]) -> tuple[int, int, str, str]:
    trades, volume = (sum(int(candle[name]) for candle in candles) for name in ("trades", "volume"))
    return trades, volume, candles[0]["open"], candles[-1]["close"]


def test_candles_are_whole_and_the_same_after_a_restart(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        port = service.ready["gateway_port"]
        make_market(port)
        with (
            Client(port=port, key_id="alice", secret=SECRET, reconnect=False) as alice,
            Client(port=port, key_id="bob", secret=SECRET, reconnect=False) as bob,
        ):
            for number in range(_TRADES):
                price = str(100 + number)
                alice.submit(symbol="ABC-USD", side="buy", order_qty=2, price=price)
                bob.submit(symbol="ABC-USD", side="sell", order_qty=2, price=price)
        seconds = _whole(service)
        kept = {width: _candles(service, f"interval={width}")["candles"] for width in _WIDTHS}
        trades = _newest(service, count=_TRADES)
        assert [trade["price"] for trade in trades] == [f"{100 + number}.00" for number in reversed(range(_TRADES))]
        assert all(_sums(kept[width]) == (_TRADES, 2 * _TRADES, "100.00", "111.00") for width in _WIDTHS)
        assert service.end()[0] == 0

    with Service(directory) as service:
        assert _whole(service) == seconds
        assert _newest(service, count=_TRADES) == trades
        assert service.http.get("/markets/ABC-USD").json()["lastPrice"] == "111.00"
        for width in _WIDTHS:
            again = _candles(service, f"interval={width}")["candles"]
            # Of the same trades; whether its time is over may have changed.
            assert [candle | {"isComplete": None} for candle in again] == [
                candle | {"isComplete": None} for candle in kept[width]
            ]
        assert _candles(service, "interval=1m")["completeFrom"] is None
