"""The price grid of a running market is changed by its operator, and everybody's orders and books follow."""

import asyncio
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from tests.e2e.crews import eventually
from tests.e2e.opened import Opened, definition
from tests.e2e.test_markets_command import Desk
from tests.e2e.test_serve import Service
from websockets.asyncio.client import connect

from fairlead.cli.exit_codes import ExitCode

_WAIT_S: Final = 30.0


class Floor(Opened):
    """A service with a market in steps of 0.05, where Ann bids 99.95 and 99.90 and Bob offers 100.05."""

    def __init__(self, service: Service, directory: Path) -> None:
        super().__init__(service, directory, definition("ABC", tickSize="0.05", minPrice="0.05", maxPrice="1000"))
        self.open(funds=Decimal(10_000), assets=["quote", "base"])
        self.near = self.placed("BUY", "99.95")
        self.far = self.placed("BUY", "99.90")
        self.offer = self.placed("SELL", "100.05")

    def placed(self, side: str, price: str) -> str:
        """Place 2 at a price and return the id of the order."""
        who = self.ann if side == "BUY" else self.bob
        body = {"symbol": "ABC", "orderType": "LIMIT", "side": side, "quantity": "2", "price": price}
        answer = who.ask("POST", "/orders", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["orderId"])

    def retick(self, *bands: tuple[str, str]) -> Any:
        """Ask for a grid."""
        ticks = [{"fromPrice": start, "tickSize": step} for start, step in bands]
        return self.order("PUT", "/markets/ABC/ticks", {"ticks": ticks})

    def shows(self, *, bids: Sequence[str], asks: Sequence[str]) -> bool:
        """Return whether the book comes to have 2 at each of these prices; it is told a moment after the answer."""

        def is_so() -> bool:
            book = self.service.http.get("/markets/ABC/book").json()
            shown = {side: [(line["price"], line["quantity"]) for line in book[side]] for side in ("bids", "asks")}
            return shown == {"bids": [(price, "2") for price in bids], "asks": [(price, "2") for price in asks]}

        return bool(eventually(is_so))


def test_a_finer_grid_keeps_every_order_and_a_coarser_one_ends_what_is_off_it(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        assert floor.shows(bids=["99.95", "99.90"], asks=["100.05"])

        finer = floor.retick(("0", "0.01"))
        assert (finer.status_code, finer.json()["ticks"]) == (200, [{"fromPrice": "0.00", "tickSize": "0.01"}])
        assert floor.shows(bids=["99.95", "99.90"], asks=["100.05"])
        between = floor.placed("BUY", "99.97")

        coarser = floor.retick(("0", "0.05"), ("50", "0.10"))
        assert coarser.status_code == 200, coarser.text
        assert (coarser.json()["minPrice"], coarser.json()["maxPrice"]) == ("0.05", "1000.00")
        assert floor.shows(bids=["99.90"], asks=[])
        for trader, order in ((floor.ann, floor.near), (floor.ann, between), (floor.bob, floor.offer)):
            story = trader.ask("GET", f"/orders/{order}/explain").json()
            assert story["steps"][-1]["code"] == "TICK_CHANGE", story
        off = floor.ann.ask(
            "POST", "/orders", {"symbol": "ABC", "orderType": "LIMIT", "side": "BUY", "quantity": "1", "price": "99.95"}
        )
        assert (off.status_code, off.json()["code"], off.json()["limit"]) == (422, "PRICE_TICK", "0.10")

    with Service(directory) as service:
        assert [band["tickSize"] for band in service.http.get("/markets/ABC").json()["ticks"]] == ["0.05", "0.10"]


def test_what_is_no_grid_changes_nothing(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        assert floor.shows(bids=["99.95", "99.90"], asks=["100.05"])

        def refused(*bands: tuple[str, str]) -> tuple[int, str]:
            answer = floor.retick(*bands)
            return answer.status_code, answer.json()["code"]

        assert refused(("0", "0"))[0] == 400
        assert refused(("0", "0.001"))[0] == 400
        assert refused(("10", "0.05"), ("10", "0.10"))[0] == 400
        assert refused(("0.03", "0.05"))[0] == 400
        assert refused()[0] == 400
        assert refused(("0", "50000000000000000"))[0] == 400
        assert refused(("-50000000000000000", "0.05"))[0] == 400
        assert refused(("0", "2000")) == (422, "INVALID_DEFINITION")
        huge = definition("HUGE", tickSize="50000000000000000", minPrice="0.05", maxPrice="1000")
        assert floor.order("POST", "/markets", huge).status_code == 400
        assert (
            floor.order("PUT", "/markets/NONE/ticks", {"ticks": [{"fromPrice": 0, "tickSize": 1}]}).status_code == 404
        )
        assert floor.ann.ask("PUT", "/markets/ABC/ticks", {"ticks": []}).status_code == 403
        assert floor.shows(bids=["99.95", "99.90"], asks=["100.05"])


def test_the_command_line_changes_a_grid(directory: Path) -> None:
    with Service(directory) as service:
        floor, desk = Floor(service, directory), Desk(service, directory)

        changed = desk.run("ticks", "ABC", "0:0.01,50:0.02", "--json")
        assert json.loads(changed.stdout)["ticks"] == "0.00:0.01,50.00:0.02"
        assert floor.shows(bids=["99.90"], asks=[])
        assert "tickSize" in desk.run("ticks", "ABC", "0", code=ExitCode.USAGE).stderr


def test_who_listens_to_the_market_hears_of_its_new_grid(directory: Path) -> None:
    async def run(floor: Floor) -> dict[str, Any]:
        async with connect(f"ws://127.0.0.1:{floor.service.ready['port']}/ws", proxy=None) as socket:
            channel = {"name": "system", "symbol": "ABC"}
            await socket.send(json.dumps({"op": "subscribe", "id": "begin", "channels": [channel]}))
            async with asyncio.timeout(_WAIT_S):
                while json.loads(await socket.recv()).get("id") != "begin":
                    pass
                await asyncio.to_thread(floor.retick, ("0", "0.10"))
                while (heard := json.loads(await socket.recv()))["type"] != "GRID_CHANGED":
                    pass
        told: dict[str, Any] = heard
        return told

    with Service(directory) as service:
        heard = asyncio.run(run(Floor(service, directory)))
    assert (heard["channel"], heard["symbol"]) == ("system", "ABC")
    assert heard["seq"] > 0
