"""Trades of a running service are corrected and taken back by an operator, and everybody's tables follow."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.e2e.opened import Opened, definition
from tests.e2e.test_markets_command import Desk
from tests.e2e.test_serve import Service

from fairlead.cli.exit_codes import ExitCode

FUNDS = Decimal(10_000)
LISTING = definition("ABC", tickSize="0.05", minPrice="0.05", maxPrice="1000")


class Floor(Opened):
    """A service with a market, an operator, and two users of whom one sold 5 of 8 to the other at 100."""

    def __init__(self, service: Service, directory: Path) -> None:
        super().__init__(service, directory, LISTING)
        self.open(funds=FUNDS, assets=["quote", "base"])
        order = {"symbol": "ABC", "orderType": "LIMIT", "price": "100"}
        self.sold = self.ann.ask("POST", "/orders", order | {"side": "SELL", "quantity": "8"}).json()["orderId"]
        self.bought = self.bob.ask("POST", "/orders", order | {"side": "BUY", "quantity": "5"}).json()["orderId"]
        (fill,) = self.bob.ask("GET", f"/orders/{self.bought}/fills").json()["fills"]
        self.trade = fill["tradeId"]

    def money(self) -> tuple[Decimal, Decimal]:
        """Return the USD of both."""
        return self.has(self.ann)["USD"], self.has(self.bob)["USD"]


def test_a_trade_is_corrected_then_taken_back_and_then_no_more(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        path = f"/trades/{floor.trade}"
        assert floor.money() == (FUNDS + 500, FUNDS - 500)

        corrected = floor.order("POST", f"{path}/correct", {"price": "90", "quantity": 4})
        assert corrected.status_code == 200, corrected.text
        assert floor.money() == (FUNDS + 360, FUNDS - 360)
        bought = floor.bob.ask("GET", f"/orders/{floor.bought}").json()
        assert (bought["status"], bought["filledQuantity"], bought["averagePrice"]) == ("FILLED", "4", "90.00")

        assert floor.order("POST", f"{path}/bust").status_code == 200
        assert floor.money() == (FUNDS, FUNDS)
        sold = floor.ann.ask("GET", f"/orders/{floor.sold}").json()
        assert (sold["filledQuantity"], sold["remainingQuantity"]) == ("0", "3")

        story = floor.bob.ask("GET", f"/orders/{floor.bought}/explain").json()
        assert story["summary"].startswith("traded 5 at 100.00")
        assert [step["text"] for step in story["steps"][-2:]] == [
            f"trade {floor.trade} of 5 at 100.00 was corrected by the venue to 4 at 90.00",
            f"trade {floor.trade} of 4 at 90.00 was taken back by the venue",
        ]

        again = floor.order("POST", f"{path}/bust")
        assert (again.status_code, again.json()["code"]) == (422, "TRADE_BUSTED")
        kinds = {line["kind"] for line in floor.bob.ask("GET", "/ledger").json()["entries"]}
        assert kinds == {"DEPOSIT", "TRADE", "CORRECTION", "BUST"}


def test_what_cannot_be_corrected_says_why(directory: Path) -> None:
    with Service(directory) as service:
        floor = Floor(service, directory)
        path = f"/trades/{floor.trade}"

        def code(body: Any, at: str = path) -> tuple[int, str]:
            answer = floor.order("POST", f"{at}/correct", body)
            return answer.status_code, answer.json()["code"]

        assert code({"price": "100"}) == (422, "TRADE_UNCHANGED")
        assert code({"quantity": "6"}) == (422, "QTY_MAX")
        assert code({"price": "100.01"}) == (422, "PRICE_TICK")
        assert code({})[0] == 400
        assert code({"price": "99"}, "/trades/999999")[0] == 404
        assert floor.ann.ask("POST", f"{path}/bust").status_code == 403
        assert floor.money() == (FUNDS + 500, FUNDS - 500)


def test_a_trade_is_amended_at_the_command_line(directory: Path) -> None:
    with Service(directory) as service:
        floor, command = Floor(service, directory), Desk(service, directory)

        command.run("correct", floor.trade, "--price", "90")
        assert floor.money() == (FUNDS + 450, FUNDS - 450)
        command.run("bust", floor.trade)
        assert floor.money() == (FUNDS, FUNDS)
        again = command.run("bust", floor.trade, code=ExitCode.REJECTED)
        assert "TRADE_BUSTED" in again.stderr
