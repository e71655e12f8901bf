"""Orders that wait, hide a part or form a group are listed, the same after a restart and after the tables are gone."""

import sqlite3
import time
from pathlib import Path
from typing import Any

from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader, Venue
from tests.e2e.venues import write_keys

from fairlead.adapters.stores.projection_tables import FOLLOWING

_WAIT_S = 30.0
EXITS: dict[str, Any] = {"takeProfit": {"price": "460"}, "stopLoss": {"stopPrice": "42", "limitPrice": "41.95"}}
OF: dict[str, Any] = {"symbol": "ABC-USD", "side": "SELL", "quantity": 1}
ENTERED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("stop-loss", OF | {"triggerPrice": 48, "limitPrice": 47}),
    ("trailing-stop", OF | {"trailingPercent": "2.5"}),
    ("trailing-stop", OF | {"trailingAmount": "1.50", "limitOffset": "0.50", "activationPrice": "200"}),
    ("iceberg", {"symbol": "ABC-USD", "side": "BUY", "totalQuantity": 100, "visibleQuantity": 5, "price": 50}),
    ("oco", OF | EXITS | {"clientOrderId": "pair"}),
    ("bracket", OF | EXITS | {"side": "BUY", "entryPrice": 44}),
)


def _listed(trader: Trader, query: str = "") -> list[dict[str, Any]]:
    answer = trader.ask("GET", f"/advanced-orders{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["orders"]
    return found


def _enter(ann: Trader) -> list[dict[str, Any]]:
    answers = [ann.ask("POST", f"/advanced-orders/{kind}", body) for kind, body in ENTERED]
    assert [answer.status_code for answer in answers] == [201] * len(ENTERED)
    assert ann.place(price="50.00").status_code == 201
    take = {"orderType": "TAKE_PROFIT", "side": "SELL", "quantity": "1", "triggerPrice": "300", "triggerType": "BID"}
    profit = ann.ask("POST", "/orders", {"symbol": "ABC-USD"} | take)
    assert profit.status_code == 201, profit.text
    return [answer.json() for answer in (*answers, profit)]


def test_they_are_listed_cancelled_and_made_again(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann, bob = venue.ann, venue.bob
        entered = _enter(ann)
        first = _listed(ann)
        _check_what_is_listed(first, entered)
        assert _listed(bob) == []
        _check_filters_and_pages(ann, first)

        again = ann.ask("POST", "/advanced-orders/oco", ENTERED[4][1])
        assert (again.status_code, again.json()["groupId"]) == (200, entered[4]["groupId"])
        for line in first[:4]:
            foreign = bob.ask("DELETE", f"/advanced-orders/{line['id']}")
            assert foreign.status_code == 404
            assert ann.ask("DELETE", f"/advanced-orders/{line['id']}").status_code == 204
        after = _listed(ann)
        assert [line["status"] for line in after] == ["FINISHED"] * 4 + ["ACTIVE"] * 3
        assert {leg["status"] for line in after[:4] for leg in line["legs"]} == {"CANCELED"}
        assert service.end()[0] == 0

    with Service(directory) as service:
        ann._http = service.http
        assert _listed(ann) == after
        repeated = ann.ask("POST", "/advanced-orders/oco", ENTERED[4][1])
        assert repeated.json()["groupId"] == entered[4]["groupId"]
        assert _listed(ann) == after
        assert service.end()[0] == 0

    with sqlite3.connect(directory / "store.sqlite3") as store:
        assert store.execute("SELECT count(*) FROM advanced_orders").fetchone() == (7,)
        for table in FOLLOWING:
            store.execute(f"DELETE FROM {table.name}")
    with Service(directory) as service:
        ann._http = service.http
        # While the tables are made again they show what they have.
        end_s = time.monotonic() + _WAIT_S
        while (made := _listed(ann)) != after:
            assert time.monotonic() < end_s, made


def _check_what_is_listed(listed: list[dict[str, Any]], entered: list[dict[str, Any]]) -> None:
    assert [line["type"] for line in listed] == [
        "TAKE_PROFIT",
        "BRACKET",
        "OCO",
        "ICEBERG",
        "TRAILING_STOP",
        "TRAILING_STOP",
        "STOP_LOSS",
    ]
    profit, bracket, oco, iceberg, offset, trail, stop = listed
    assert (bracket["id"], oco["groupId"]) == (entered[5]["groupId"], entered[4]["groupId"])
    assert (stop["id"], stop["groupId"]) == (entered[0]["orderId"], None)
    assert [leg["role"] for leg in bracket["legs"]] == ["ENTRY", "TAKE_PROFIT", "STOP_LOSS"]
    assert [leg["role"] for leg in oco["legs"]] == ["TAKE_PROFIT", "STOP_LOSS"]
    assert [leg["orderId"] for leg in oco["legs"]] == [order["orderId"] for order in entered[4]["orders"]]
    for line, answer in ((oco, entered[4]), (bracket, entered[5])):
        words = ("orderType", "triggerType", "triggerPrice")
        assert [[leg.get(it) for it in words] for leg in line["legs"]][-1] == ["STOP_LIMIT", "LAST_PRICE", "42.00"]
        assert [leg["orderType"] for leg in line["legs"]] == [order["orderType"] for order in answer["orders"]]
        assert [leg.get("triggerType") for leg in line["legs"]] == [it.get("triggerType") for it in answer["orders"]]
    assert [leg["orderType"] for leg in bracket["legs"]] == ["LIMIT", "LIMIT", "STOP_LIMIT"]
    (one,) = stop["legs"]
    assert (one["orderType"], one["triggerPrice"], one["triggerType"]) == ("STOP_LIMIT", "48.00", "LAST_PRICE")
    assert (one["price"], one["status"], stop["status"]) == ("47.00", "PENDING_TRIGGER", "ACTIVE")
    assert (trail["legs"][0]["trailingPercent"], trail["legs"][0]["orderType"]) == ("2.5", "TRAILING_STOP")
    told = offset["legs"][0]
    assert (told["trailingAmount"], told["limitOffset"], told["activationPrice"]) == ("1.50", "0.50", "200.00")
    assert (iceberg["legs"][0]["displayQuantity"], iceberg["legs"][0]["quantity"]) == ("5", "100")
    assert (profit["legs"][0]["orderType"], profit["legs"][0]["triggerType"]) == ("TAKE_PROFIT", "BID")


def _check_filters_and_pages(ann: Trader, listed: list[dict[str, Any]]) -> None:
    assert _listed(ann, "?type=TRAILING_STOP") == listed[4:6]
    assert _listed(ann, "?status=ACTIVE&symbol=ABC-USD") == listed
    assert _listed(ann, "?status=FINISHED") == []
    unknown = ann.ask("GET", "/advanced-orders?symbol=NONE")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "UNKNOWN_INSTRUMENT")
    seen: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = ann.ask("GET", f"/advanced-orders?limit=3{cursor}").json()
        seen += page["orders"]
        if page["nextCursor"] is None:
            break
        cursor = f"&cursor={page['nextCursor']}"
    assert seen == listed
    for query in ("type=ALGO", "status=OPEN", "limit=0", "cursor=%21", "kind=OCO", "type=OCO&type=OTO"):
        refused = ann.ask("GET", f"/advanced-orders?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "VALIDATION_ERROR"), query
