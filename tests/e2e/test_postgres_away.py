"""PostgreSQL is killed under users of the API: they trade on, reads say when to come back, and then all is there."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import httpx
import pytest
from tests.e2e.test_serve import Service
from tests.e2e.test_trading import Trader, Venue
from tests.e2e.venues import write_keys
from tests.services.postgres import Postgres
from tests.services.wanted import started

_WAIT_S: Final = 60.0


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """Yield a server of its own, with nothing in it."""
    server = started(Postgres)
    yield server
    server.stop()


def _until_answered(trader: Trader, path: str) -> httpx.Response:
    end_s = time.monotonic() + _WAIT_S
    while (answer := trader.ask("GET", path)).status_code == 503:
        assert time.monotonic() < end_s, f"the store is there and not read: {answer.text}"
        time.sleep(0.05)
    return answer


def test_users_trade_on_without_postgres_and_read_again_when_it_is_back(
    tmp_path: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    monkeypatch.setenv("FAIRLEAD_STORE__URL", postgres.url)
    with Service(directory) as service:
        venue = Venue(service, directory)
        ann, bob = venue.ann, venue.bob
        before = ann.place(clientOrderId="before")
        assert before.status_code == 201, before.text
        order_id = before.json()["orderId"]
        # Whether the exchange has somebody's account stands in the store until the service has seen it once.
        assert bob.place(clientOrderId="first", price="99.00").status_code == 201
        assert _until_answered(ann, f"/orders/{order_id}").status_code == 200

        postgres.kill()
        during = ann.place(clientOrderId="during", price="101.00")
        assert during.status_code == 201, during.text
        sold = bob.place(clientOrderId="sold", side="SELL", price="101.00")
        assert (sold.status_code, sold.json()["status"]) == (201, "FILLED"), sold.text
        assert ann.ask("DELETE", f"/orders/{order_id}").status_code == 200
        for path in ("/orders", "/trades", "/me"):
            away = ann.ask("GET", path)
            assert (away.status_code, away.json()["code"]) == (503, "SERVICE_UNAVAILABLE"), (path, away.text)
            assert int(away.headers["retry-after"]) >= 1

        postgres.start()
        _until_answered(ann, "/me")
        read = _until_answered(ann, f"/orders/{during.json()['orderId']}")
        assert (read.status_code, read.json()["status"]) == (200, "FILLED"), read.text
        assert _until_answered(ann, f"/orders/{order_id}").json()["status"] == "CANCELED"
        listed = _until_answered(ann, "/orders").json()["orders"]
        assert {one["clientOrderId"] for one in listed} == {"before", "during"}
        assert service.http.get("/ready").json()["status"] == "READY"
        assert service.end()[0] == 0
