"""A change and a cancel are answered with what the order was sent with: at once, after a start, by other workers."""

from pathlib import Path
from typing import Any

from tests.e2e.crews import OFTEN, WORKERS, doors, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import SECRET, write_keys

from fairlead.client import Client

ICEBERG: dict[str, Any] = LIMIT | {
    "quantity": "9",
    "price": "90.00",
    "displayQuantity": "2",
    "postOnly": True,
    "stpMode": "CANCEL_OLDEST",
}
STOP: dict[str, Any] = LIMIT | {"orderType": "STOP_LIMIT", "side": "SELL", "triggerPrice": "95.00", "price": "94.00"}
# What changes from one answer to the next.
_MOVING = frozenset({"clientOrderId", "fills", "price", "quantity", "reason", "remainingQuantity", "seq", "status"})


def _said(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in _MOVING and name != "updatedAt"}


def _done(trader: Trader, method: str, order: str, body: Any = None) -> dict[str, Any]:
    answer = trader.ask(method, order, body)
    assert answer.status_code in {200, 201}, answer.text
    line: dict[str, Any] = answer.json()
    return line


def _entered(trader: Trader, body: dict[str, Any]) -> str:
    return f"/orders/{_done(trader, 'POST', '/orders', body)['orderId']}"


def _triggered(ann: Trader, bob: Trader) -> str:
    """Enter a stop, and let a trade make a limit order of it that rests."""
    order = _entered(ann, STOP)
    _entered(bob, LIMIT | {"price": "95.00", "quantity": "1"})
    _entered(ann, LIMIT | {"price": "95.00", "quantity": "1", "side": "SELL"})
    eventually(lambda: ann.ask("GET", order).json()["status"] == "OPEN")
    return order


def _show_less(service: Service, account: int, order: str) -> None:
    """Change what an order displays, as somebody who speaks for its account at the gateway."""
    with Client(port=service.ready["gateway_port"], key_id="web", secret=SECRET, role="front_end") as web:
        number = int(order.rpartition("/")[2])
        change: dict[str, Any] = {"account": account, "cl_ord_id": "less", "target": "Order", "order_id": number}
        assert web.command("ModifyOrder", change | {"display_qty": 4}).exec_type == "Replaced"


def test_a_change_and_a_cancel_are_answered_like_a_read(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann, bob = venue.ann, venue.bob
        order = _entered(ann, ICEBERG)
        for method, body in (("PATCH", {"quantity": "8"}), ("PATCH", {"price": "89.00"}), ("DELETE", None)):
            told = _done(ann, method, order, body)
            assert (told["postOnly"], told["displayQuantity"], told["stpMode"]) == (True, "2", "CANCEL_OLDEST")
            assert _said(told) == _said(_done(ann, "GET", order))

        stop = _triggered(ann, bob)
        told = _done(ann, "PATCH", stop, {"price": "96.00"})
        assert (told["orderType"], told["triggerType"], told["status"]) == ("STOP_LIMIT", "LAST_PRICE", "OPEN")
        assert _said(told) == _said(_done(ann, "GET", stop))
        for method, body in (("PATCH", {"price": "97.00"}), ("DELETE", None)):
            assert bob.ask(method, stop, body).status_code == 404

        exits = {"takeProfit": {"price": "460"}, "stopLoss": {"stopPrice": "42", "limitPrice": "41.95"}}
        pair = _done(ann, "POST", "/advanced-orders/oco", {"symbol": "ABC-USD", "side": "SELL", "quantity": 1} | exits)
        leg = f"/orders/{pair['orders'][1]['orderId']}"
        told = _done(ann, "PATCH", leg, {"price": "41.90"})
        assert (told["orderType"], told["triggerPrice"]) == ("STOP_LIMIT", "42.00")
        assert _said(told) == _said(_done(ann, "GET", leg))

        kept, shown = _entered(ann, ICEBERG), _entered(ann, ICEBERG)
        _show_less(service, ann.account, shown)
        eventually(lambda: _done(ann, "GET", shown)["displayQuantity"] == "4")
        for body in ({"quantity": "8"}, {"quantity": "7"}):
            assert _done(ann, "PATCH", shown, body)["displayQuantity"] == "4"
        assert service.end()[0] == 0

    with Service(directory) as service:
        ann.use(service)
        bob.use(service)
        assert bob.ask("DELETE", kept).status_code == 404
        for order, displayed in ((kept, "2"), (shown, "4")):
            told = _done(ann, "DELETE", order)
            assert (told["postOnly"], told["displayQuantity"], told["status"]) == (True, displayed, "CANCELED")
            assert _said(told) == _said(_done(ann, "GET", order))
        assert _done(ann, "DELETE", stop)["orderType"] == "STOP_LIMIT"


def test_another_worker_reads_what_was_sent_to_the_first(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory, *WORKERS, *OFTEN) as service:
        ann = Venue(service, directory).ann
        one, other = doors(service).values()
        placed = one.post("/orders", json=ICEBERG, headers=ann.headers).json()
        order = f"/orders/{placed['orderId']}"
        told = one.patch(order, json={"quantity": "8"}, headers=ann.headers).json()
        assert (told["postOnly"], told["displayQuantity"]) == (True, "2")
        eventually(lambda: other.get(order, headers=ann.headers).json().get("postOnly"))
        told = other.patch(order, json={"quantity": "7"}, headers=ann.headers).json()
        assert (told["postOnly"], told["displayQuantity"]) == (True, "2")
        # What the other one changed the first one reads again.
        told = one.delete(order, headers=ann.headers).json()
        assert (told["postOnly"], told["displayQuantity"], told["status"]) == (True, "2", "CANCELED")
        one.close()
        other.close()
