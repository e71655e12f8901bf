"""An order is read with what it was sent with: at once, from whoever it came, and after the tables were made again."""

import sqlite3
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.crews import OFTEN, WORKERS, doors, eventually
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Trader, Venue
from tests.e2e.venues import SECRET, write_keys

from fairlead.adapters.stores.projection_tables import FOLLOWING
from fairlead.client import Client
from fairlead.model.request import OrderWords

ENTERED: tuple[dict[str, Any], ...] = (
    {"postOnly": True, "stpMode": "CANCEL_OLDEST"},
    {"displayQuantity": "2", "reduceOnly": False},
    {"minQuantity": "1", "timeInForce": "IOC", "side": "SELL", "price": "200.00"},
    {"orderType": "PEGGED", "pegType": "NEAR", "pegOffset": -2},
    {"orderType": "STOP_LIMIT", "side": "SELL", "triggerPrice": "50.00", "triggerType": "BID", "price": "49.00"},
    {"orderType": "MARKET", "side": "BUY", "quoteQuantity": "10.00", "protectionPrice": "101.00"},
    {"orderType": "MARKET", "side": "SELL", "quantity": "1", "protectionPrice": "90.00", "reduceOnly": True},
    {},
)
_WORDS = (
    *("postOnly", "reduceOnly", "stpMode", "minQuantity", "displayQuantity", "quoteQuantity", "protectionPrice"),
    *("pegType", "pegOffset", "triggerType", "triggerPrice", "orderType"),
)


def _body(fields: dict[str, Any]) -> dict[str, Any]:
    body = LIMIT | fields
    if fields.get("orderType") == "MARKET":
        del body["price"]
    if fields.get("orderType") == "PEGGED":
        body["price"] = "150.00"
    if "quoteQuantity" in fields:
        del body["quantity"]
    return body


def _said(line: dict[str, Any]) -> dict[str, Any]:
    """Return what an order was sent with; a rule that is not set may be left out."""
    return {name: line[name] for name in _WORDS if line.get(name, False) is not False}


def _enter(ann: Trader) -> dict[str, dict[str, Any]]:
    """Enter them, and read each at once."""
    entered = {}
    for fields in ENTERED:
        answer = ann.ask("POST", "/orders", _body(fields))
        assert answer.status_code == 201, answer.text
        placed = answer.json()
        read = ann.ask("GET", f"/orders/{placed['orderId']}").json()
        assert _said(read) == _said(placed)
        assert {name: value for name, value in fields.items() if name in _WORDS and value is not False} == {
            name: value for name, value in _said(read).items() if name in fields
        }
        entered[placed["orderId"]] = _said(read)
    assert [len(said) for said in entered.values()][-1] == 1
    return entered


def _listed(ann: Trader) -> dict[str, dict[str, Any]]:
    lines = ann.ask("GET", "/orders").json()["orders"]
    return {line["orderId"]: _said(line) for line in lines}


def _by_the_gateway(service: Service, account: int) -> tuple[str, str]:
    """Enter two orders, and change what one displays, as somebody who speaks for an account at the gateway."""
    with Client(port=service.ready["gateway_port"], key_id="web", secret=SECRET, role="front_end") as web:
        order: OrderWords = {"symbol": "ABC-USD", "side": "buy", "price": "20.00", "account": account}
        plain = web.submit(**order | {"order_qty": 3, "post_only": True, "stp": "cancel_both"})
        iceberg = web.submit(**order | {"order_qty": 9, "display_qty": 2})
        change: dict[str, Any] = {
            "account": account,
            "cl_ord_id": "less",
            "target": "Order",
            "order_id": iceberg.order_id,
        }
        assert web.command("ModifyOrder", change | {"display_qty": 4}).exec_type == "Replaced"
        return str(plain.order_id), str(iceberg.order_id)


def test_an_order_is_read_with_what_it_was_sent_with(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann = venue.ann
        assert venue.bob.place(price="95.00").status_code == 201
        assert venue.bob.place(side="SELL", price="101.00", quantity="9").status_code == 201
        entered = _enter(ann)
        assert _listed(ann) == entered
        plain, iceberg = _by_the_gateway(service, ann.account)
        entered[plain] = {"postOnly": True, "stpMode": "CANCEL_BOTH", "orderType": "LIMIT"}
        entered[iceberg] = {"displayQuantity": "4", "orderType": "LIMIT"}
        eventually(lambda: _listed(ann) == entered)
        assert ann.ask("GET", f"/orders/{plain}").json()["postOnly"] is True
        assert venue.bob.ask("GET", f"/orders/{plain}").status_code == 404
        assert service.end()[0] == 0

    with Service(directory) as service:
        ann._http = service.http
        assert _listed(ann) == entered
        assert service.end()[0] == 0

    with sqlite3.connect(directory / "store.sqlite3") as store:
        rows = store.execute("SELECT * FROM order_terms ORDER BY order_id").fetchall()
        assert len(rows) == len(entered) - 1
        for table in FOLLOWING:
            store.execute(f"DELETE FROM {table.name}")
    with Service(directory) as service:
        ann._http = service.http
        eventually(lambda: _listed(ann) == entered)
    with sqlite3.connect(directory / "store.sqlite3") as store:
        assert store.execute("SELECT * FROM order_terms ORDER BY order_id").fetchall() == rows


def test_behind_workers_too(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory, *WORKERS, *OFTEN) as service:
        ann = Venue(service, directory).ann
        one, other = doors(service).values()
        placed = one.post("/orders", json=LIMIT | {"postOnly": True}, headers=ann.headers).json()
        order = f"/orders/{placed['orderId']}"

        def shows(door: httpx.Client) -> bool:
            return door.get(order, headers=ann.headers).json().get("postOnly") is True

        assert shows(one)
        eventually(lambda: shows(other))
        one.close()
        other.close()
