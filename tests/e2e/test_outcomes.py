"""The market of an event on a running service: listed, traded, killed, ended, and the money is where it belongs."""

import signal
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.opened import Opened, definition
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader

import fairlead

FUNDS = Decimal(100)
RAIN = definition("RAIN", tickSize="0.01", minPrice="0.01", maxPrice="0.99")


class Rain(Opened):
    """A service with a market that is opened as that of an event, an operator, and two users with money."""

    def __init__(self, service: Service, directory: Path) -> None:
        super().__init__(service, directory, RAIN)
        self.begun = self.order("PUT", "/outcomes/RAIN", {"noAsset": "NO-RAIN"})
        self.open(funds=FUNDS, assets=["quote"])

    def told(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.service.http.get("/outcomes/RAIN").json()
        return answer


def _buy_yes_and_no(rain: Rain) -> None:
    """Ann buys 100 YES at 0.42, Bob as many NO at 0.58."""
    bid = {"symbol": "RAIN", "orderType": "LIMIT", "quantity": "100", "price": "0.42"}
    assert rain.ann.ask("POST", "/orders", bid | {"side": "YES"}).status_code == 201
    bought = rain.bob.ask("POST", "/orders", bid | {"side": "NO", "price": "0.58"})
    assert (bought.status_code, bought.json()["status"]) == (201, "FILLED"), bought.text
    assert (bought.json()["side"], Decimal(bought.json()["price"])) == ("SELL", Decimal("0.42"))


def _position(trader: Trader) -> dict[str, Any]:
    (line,) = trader.ask("GET", "/positions").json()["positions"]
    return dict(line)


def test_yes_and_no_are_bought_paired_and_paid_for_even_after_a_kill(directory: Path) -> None:
    with Service(directory) as service:
        rain = Rain(service, directory)
        assert (
            rain.begun.status_code,
            rain.order("PUT", "/outcomes/RAIN", {"noAsset": "X"}).json()["code"],
        ) == (
            200,
            "INVALID_DEFINITION",
        )
        _buy_yes_and_no(rain)
        assert (Opened.has(rain.ann), Opened.has(rain.bob)) == (
            {"USD": FUNDS - 42, "RAIN": Decimal(100)},
            {"USD": FUNDS - 58, "NO-RAIN": Decimal(100)},
        )
        minted = rain.ann.ask("POST", "/outcomes/RAIN/mint", {"quantity": 8})
        merged = rain.ann.ask("POST", "/outcomes/RAIN/merge", {"quantity": "3"})
        assert (minted.status_code, merged.status_code, merged.json()["quantity"]) == (200, 200, "3")
        assert rain.told() == {
            "symbol": "RAIN",
            "yesAsset": "RAIN",
            "noAsset": "NO-RAIN",
            "openInterest": "105",
            "result": None,
            "yesPays": None,
            "resolvedAt": None,
        }
        service.end(signal.SIGKILL)

    with Service(directory) as service:
        rain.service = service
        for trader in (rain.ann, rain.bob):
            trader._http = service.http
        settled = rain.order("POST", "/outcomes/RAIN/settle", {"yesPays": "1"})
        assert settled.status_code == 200, settled.text
        assert (Opened.has(rain.ann), Opened.has(rain.bob)) == ({"USD": FUNDS + 58}, {"USD": FUNDS - 58})
        assert [Decimal(_position(it)["realizedPnl"]) for it in (rain.ann, rain.bob)] == [58, -58]
        told = rain.told()
        assert (told["openInterest"], told["result"], told["yesPays"]) == ("0", "SETTLED", "1.00")
        assert service.http.get("/markets/RAIN").json()["state"] == "DELISTED"
        kinds = [line["kind"] for line in rain.ann.ask("GET", "/ledger").json()["entries"]]
        assert kinds == ["SETTLEMENT"] * 3 + ["MERGE"] * 3 + ["MINT"] * 3 + ["TRADE"] * 2 + ["DEPOSIT"]


def test_a_void_gives_everything_back_and_a_client_hears_what_it_did(directory: Path) -> None:
    with Service(directory) as service:
        rain = Rain(service, directory)
        _buy_yes_and_no(rain)
        with fairlead.RestClient(
            str(service.http.base_url), email="ann@example.com", password="violet-anchor-42"
        ) as ann:
            assert ann.mint_pairs("RAIN", 5).quantity == 5
            assert ann.fetch_outcome("RAIN").open_interest == 105
            assert ann.fetch_market("RAIN").no_asset == "NO-RAIN"
            with pytest.raises(fairlead.sdk.RejectedError, match=r"INSUFFICIENT_FUNDS.*value=6 limit=5"):
                ann.merge_pairs("RAIN", 6)
            with pytest.raises(fairlead.sdk.RejectedError, match="INSUFFICIENT_FUNDS"):
                ann.mint_pairs("RAIN", 5_000)
            assert rain.order("POST", "/outcomes/RAIN/void").status_code == 200
            assert ann.fetch_outcome("RAIN").result == "VOID"
        assert [Opened.has(it) for it in (rain.ann, rain.bob)] == [{"USD": FUNDS}] * 2
        assert [Decimal(_position(it)["realizedPnl"]) for it in (rain.ann, rain.bob)] == [0, 0]


def test_what_a_market_of_an_event_refuses_says_why(directory: Path) -> None:
    with Service(directory) as service:
        rain = Rain(service, directory)
        beyond = rain.order("POST", "/outcomes/RAIN/settle", {"yesPays": "1.01"})
        between = rain.order("POST", "/outcomes/RAIN/settle", {"yesPays": "0.505"})
        nobody = rain.order("POST", "/outcomes/SNOW/settle", {"yesPays": "1"})
        token = rain.ann.ask("GET", "/assets").json()["assets"]
        few = [
            rain.ann.ask("POST", "/outcomes/RAIN/mint", {"quantity": it}) for it in ("0", "-1", "0.5", "NaN", "1e400")
        ]

        problem = beyond.json()
        assert (beyond.status_code, problem["code"], problem["value"], problem["limit"]) == (
            422,
            "PRICE_BOUNDS",
            "1.01",
            "1.00",
        )
        assert (between.status_code, between.json()["code"]) == (400, "VALIDATION_ERROR")
        assert nobody.status_code == 404
        assert [it["asset"] for it in token] == ["USD"], "what pays on an event cannot be deposited"
        assert [it.status_code for it in few] == [400] * 5
        assert service.http.get("/outcomes/SNOW").status_code == 404
        assert rain.ann.ask("POST", "/outcomes/RAIN/void").status_code == 403
        assert Opened.has(rain.ann) == {"USD": FUNDS}
        assert rain.told()["result"] is None


def test_an_order_of_no_is_refused_as_it_was_asked_for(directory: Path) -> None:
    with Service(directory) as service:
        rain = Rain(service, directory)
        bid = {"symbol": "RAIN", "orderType": "LIMIT", "quantity": "10", "side": "NO"}
        fine = rain.ann.ask("POST", "/orders", bid | {"price": "0.205"}).json()
        low = rain.ann.ask("POST", "/orders", bid | {"price": "0.00"}).json()
        dear = rain.ann.ask("POST", "/orders", bid | {"price": "0.40", "quantity": "1000"}).json()

        assert (fine["code"], fine["field"], fine["value"]) == ("VALIDATION_ERROR", "price", "0.205")
        assert "0.795" not in str(fine)
        assert (low["field"], low["value"]) == ("price", "0.00")
        assert (dear["code"], dear["value"], dear["limit"]) == ("INSUFFICIENT_FUNDS", "400.00", "100.00")
        assert "side=NO" in dear["detail"]
        assert "price=0.40" in dear["detail"]
