"""Deposits and withdrawals on a real engine; a service that was killed decides from the log what was in doubt."""

import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

from tests.e2e.test_serve import CREDENTIALS, Service
from tests.e2e.test_users import OPS, PASSWORD, created

import fairlead
from fairlead import Exchange

WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


class Till:
    """A running service, a trader and an operator of it."""

    def __init__(self, service: Service, directory: Path) -> None:
        self.http, self._directory = service.http, directory

    def enter(self, email: str, password: str) -> dict[str, str]:
        answer = self.http.post("/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['accessToken']}"}

    def register(self) -> None:
        assert self.http.post("/auth/register", json=CREDENTIALS).status_code == 202
        token = json.loads((self._directory / "outbox.jsonl").read_text().splitlines()[-1])["token"]
        assert self.http.post("/auth/verify", json={"token": token}).status_code == 201

    def people(self) -> tuple[dict[str, str], dict[str, str]]:
        return self.enter(CREDENTIALS["email"], CREDENTIALS["password"]), self.enter(OPS, PASSWORD)


def _asked(till: Till, who: dict[str, str], path: str, amount: str, *, tx: int | None = None) -> str:
    body: dict[str, Any] = {"asset": "USD", "amount": amount, "chain": "ethereum", "address": WALLET}
    if tx is not None:
        body["transactionHash"] = f"0x{tx:064x}"
    answer = till.http.post(path, json=body, headers=who)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def _rows(till: Till, who: dict[str, str]) -> dict[str, tuple[str, int | None]]:
    found = [row for kind in ("deposits", "withdrawals") for row in till.http.get(f"/{kind}", headers=who).json()[kind]]
    return {row["id"]: (row["state"], row["eventSeq"]) for row in found}


def test_money_moves_once_and_a_killed_service_decides_from_the_log(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    with Exchange.open(directory) as exchange:
        exchange.list(
            fairlead.Instrument(symbol="BTC-USD", base="BTC", quote="USD", tick_size="0.01", lot_size="0.001")
        )
    created(directory, OPS)
    with Service(directory) as service:
        till = Till(service, directory)
        till.register()
        trader, ops = till.people()
        came, lost = (_asked(till, trader, "/deposits", "100", tx=n) for n in (1, 2))
        gone = _asked(till, trader, "/withdrawals", "1000")
        (wallet,) = till.http.get("/withdrawal-addresses", headers=ops).json()["addresses"]
        assert till.http.post(f"/withdrawal-addresses/{wallet['id']}/verify", headers=ops).status_code == 200
        done = till.http.post(f"/deposits/{came}/confirm", headers=ops)
        assert (done.status_code, done.json()["state"]) == (200, "DONE"), done.text
        assert till.http.post(f"/deposits/{came}/confirm", headers=ops).status_code == 409
        refused = till.http.post(f"/withdrawals/{gone}/confirm", headers=ops)
        assert (refused.status_code, refused.json()["code"]) == (422, "INSUFFICIENT_FUNDS"), refused.text
        assert refused.json()["limit"].startswith("100.")
        seq = done.json()["eventSeq"]
        service.end(signal.SIGKILL)

    # As if it had been killed between the store and the log: once after the command, once before it, once refused.
    store = sqlite3.connect(directory / "store.sqlite3")
    with store:
        store.execute(
            "UPDATE funds_requests SET state = 'CONFIRMING', event_seq = NULL, after_seq = ?, account = ?",
            [seq - 1, done.json()["account"]],
        )
    store.close()

    with Service(directory) as service:
        till = Till(service, directory)
        trader, ops = till.people()
        rows = _rows(till, ops)
        # The two deposits are alike, and one command is in the log: one of them is done, whichever is first.
        assert (rows[came], rows[lost]) in {
            (("DONE", seq), ("PENDING", None)),
            (("PENDING", None), ("DONE", seq)),
        }
        assert rows[gone] == ("PENDING", None)
        assert till.http.post(f"/withdrawals/{gone}/confirm", headers=ops).json()["limit"].startswith("100.")
        waiting = came if rows[came][0] == "PENDING" else lost
        assert till.http.post(f"/deposits/{waiting}/confirm", headers=ops).status_code == 200
        assert till.http.post(f"/withdrawals/{gone}/confirm", headers=ops).json()["limit"].startswith("200.")
