"""A running venue tells why its orders are where they are, the same before and after a restart."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader, Venue
from tests.e2e.venues import write_keys

STOP: dict[str, Any] = {"symbol": "ABC-USD", "side": "SELL", "quantity": 1, "triggerPrice": "99.50"}
EXITS: dict[str, Any] = {"takeProfit": {"price": "460"}, "stopLoss": {"stopPrice": "42", "limitPrice": "41.95"}}


def _story(trader: Trader, order: Any) -> dict[str, Any]:
    answer = trader.ask("GET", f"/orders/{order['orderId']}/explain")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def _texts(story: dict[str, Any]) -> list[str]:
    return [step["text"] for step in story["steps"]]


def test_stops_groups_changes_and_ends_are_explained(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann, bob = venue.ann, venue.bob
        first = ann.place(price="100.00", quantity="1").json()
        bob.place(side="SELL", price="100.00", quantity="1")
        stop = ann.ask("POST", "/advanced-orders/stop-loss", STOP).json()
        bid = bob.place(price="99.00", quantity="2").json()
        bob.place(price="99.50", quantity="1")
        ann.place(side="SELL", price="99.50", quantity="1")
        group = ann.ask("POST", "/advanced-orders/oco", {"symbol": "ABC-USD", "side": "SELL", "quantity": 1} | EXITS)
        legs = group.json()["orders"]
        ann.ask("DELETE", f"/advanced-orders/{group.json()['groupId']}")
        changed = ann.place(price="50.00", quantity="3").json()
        ann.ask("PATCH", f"/orders/{changed['orderId']}", {"quantity": "2"})
        off = ann.ask("PATCH", f"/orders/{changed['orderId']}", {"price": "50.03"})
        assert (off.status_code, off.json()["code"]) == (422, "PRICE_TICK")
        ann.ask("DELETE", f"/orders/{changed['orderId']}")

        stories = [_story(ann, one) for one in (first, stop, *legs, changed)]
        assert _texts(stories[0]) == [
            "accepted: buy 1 ABC-USD limit at 100.00 gtc",
            "traded 1 at 100.00 as maker with an order of somebody else, trade 1; filled",
        ]
        assert _texts(stories[1])[1] == "waits: at 99.50"
        assert _texts(stories[1])[2].startswith("triggered: its trigger was 99.50; trade 2 at 99.50")
        assert _texts(stories[1])[3] == ("traded 1 at 99.00 as taker with an order of somebody else, trade 3; filled")
        assert stories[1]["steps"][2]["tradeIds"] == ["2"]
        assert [story["steps"][0]["groupId"] for story in stories[2:4]] == [group.json()["groupId"]] * 2
        assert stories[2]["steps"][0]["orderIds"] == [legs[1]["orderId"]]
        assert all(story["status"] == "CANCELED" for story in stories[2:])
        assert _texts(stories[4])[1] == "amended as " + _texts(stories[4])[1].split()[2] + (
            " total 2 at 50.00, its priority kept"
        )
        refused = next(step for step in stories[4]["steps"] if step["code"] == "PRICE_TICK")
        assert (refused["value"], refused["limit"]) == ("50.03", "0.05")
        assert stories[4]["summary"].endswith("its owner asked for it [USER]")
        foreign = bob.ask("GET", f"/orders/{first['orderId']}/explain")
        assert (foreign.status_code, foreign.json()["code"]) == (404, "NOT_FOUND_ERROR")
        assert "somebody else" in str(_story(bob, bid))
        _check_quality(ann, bob, first)
        tables = stories
        assert service.end()[0] == 0

    with Service(directory) as service:
        ann._http = service.http
        assert [_story(ann, one) for one in (first, stop, *legs, changed)] == tables


def _check_quality(ann: Trader, bob: Trader, filled: Any) -> None:
    def quality(trader: Trader, order: Any) -> Any:
        return trader.ask("GET", f"/orders/{order['orderId']}/quality").json()

    done = quality(ann, filled)
    assert (done["vwap"], done["twap"], done["fillRatio"], done["fills"]) == ("100", "100", "1", 1)
    assert done["arrival"]["reason"] == "NO_TRADE_BEFORE"
    assert (done["marketVwap"]["slippageBps"], done["queue"]["reason"]) == ("0.0000", "NOT_RESTING")
    resting = ann.place(price="30.00", quantity="3").json()
    _until(lambda: quality(ann, resting)["queue"]["position"] == 1)
    bob.place(price="30.00", quantity="4")
    _until(lambda: quality(ann, resting)["queue"]["reason"] == "ORDERS_NOT_TOLD_APART")
    queue = quality(ann, resting)["queue"]
    assert (queue["ordersAhead"], queue["quantityAhead"]) == (1, "4")
    assert bob.ask("GET", f"/orders/{resting['orderId']}/quality").status_code == 404
    ann.ask("DELETE", f"/orders/{resting['orderId']}")


def _until(is_so: Callable[[], bool]) -> None:
    """Wait for the book of the service to hear of it."""
    end_s = time.monotonic() + 30.0
    while not is_so():
        assert time.monotonic() < end_s, "the book does not hear of it"
