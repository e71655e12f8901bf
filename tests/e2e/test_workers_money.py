"""Money that several workers are asked to move at once moves once."""

import asyncio
from pathlib import Path

import httpx
from tests.e2e.crews import OFTEN, WORKERS, doors
from tests.e2e.test_funding import WALLET, Till
from tests.e2e.test_serve import Service
from tests.e2e.test_users import OPS, created

import fairlead
from fairlead import Exchange

_AT_ONCE = 12


def test_a_deposit_that_both_workers_confirm_is_one_deposit(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    with Exchange.open(directory) as exchange:
        exchange.list(
            fairlead.Instrument(symbol="BTC-USD", base="BTC", quote="USD", tick_size="0.01", lot_size="0.001")
        )
    created(directory, OPS)
    with Service(directory, *WORKERS, *OFTEN) as service:
        till = Till(service, directory)
        till.register()
        trader, ops = till.people()
        asked = {"asset": "USD", "amount": "100", "chain": "ethereum", "address": WALLET}
        answer = till.http.post("/deposits", json=asked | {"transactionHash": f"0x{7:064x}"}, headers=trader)
        path = f"/deposits/{answer.json()['id']}/confirm"

        async def confirm() -> list[int]:
            async with httpx.AsyncClient(base_url=str(service.http.base_url), timeout=60) as http:
                answers = await asyncio.gather(*(http.post(path, headers=ops) for _ in range(_AT_ONCE)))
            return [one.status_code for one in answers]

        codes = asyncio.run(confirm())

        # Whoever looked while another was sending found it done, or was told that it is being done.
        assert 200 in codes
        assert set(codes) <= {200, 409, 503}
        for door in doors(service).values():
            (line,) = door.get("/balances", headers=trader).json()["balances"]
            assert line["total"].rstrip("0").rstrip(".") == "100"
            assert door.post(path, headers=ops).status_code == 409
            door.close()
