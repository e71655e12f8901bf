"""``fairlead serve --engine`` in front of a ``fairlead engine``: either may die, and nothing is lost or doubled."""

import asyncio
import itertools
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.e2e.crews import OFTEN, WORKERS, children, eventually, is_alive
from tests.e2e.test_funding import WALLET, Till
from tests.e2e.test_serve import _CALL, Service
from tests.e2e.test_trading import LIMIT, Venue
from tests.e2e.test_users import OPS, PASSWORD, created
from tests.e2e.venues import Process, write_keys

from fairlead.adapters.serving import Purpose, make_keys
from fairlead.cli.exit_codes import ExitCode
from fairlead.engine.read_mark import NOBODY, marked_seq

_ORDERS, _AT_ONCE, _KILLED_AFTER = 100, 8, 30
_TRIES_MAX = 10_000


@pytest.fixture(name="place")
def _place(tmp_path: Path) -> Path:
    """Return a data directory with the keys of a service of two workers."""
    directory = tmp_path / "venue"
    write_keys(directory)
    make_keys(directory, itertools.product(range(3), Purpose))
    return directory


@pytest.fixture(name="engine")
def _engine(place: Path) -> Iterator[Process]:
    with Process(place) as engine:
        yield engine


def _in_front_of(engine: Process, *options: str) -> list[str]:
    return ["--engine", f"127.0.0.1:{engine.port}", *OFTEN, *options]


def _ready(service: Service) -> bool:
    return service.http.get("/ready").status_code == 200


async def _send(
    service: Service, headers: dict[str, str], *, tries_max: int = _TRIES_MAX, after: Callable[[], None] | None = None
) -> dict[str, httpx.Response]:
    """Send orders under ids of their own, each again until it has an answer."""
    answers: dict[str, httpx.Response] = {}
    waiting = iter(range(_ORDERS))

    async def place(http: httpx.AsyncClient, named: str) -> httpx.Response | None:
        body = LIMIT | {"quantity": "1", "price": "10.00", "clientOrderId": named}
        for _ in range(tries_max):
            try:
                answer = await http.post("/orders", json=body, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.status_code != 503:
                return answer
        return None

    async def client(http: httpx.AsyncClient) -> None:
        for number in waiting:
            named = f"load-{number}"
            if (answer := await place(http, named)) is None:
                return
            answers[named] = answer
            if after is not None and len(answers) == _KILLED_AFTER:
                after()

    async with httpx.AsyncClient(base_url=str(service.http.base_url), timeout=60) as http:
        await asyncio.gather(*(client(http) for _ in range(_AT_ONCE)))
    return answers


def _check(service: Service, headers: dict[str, str], answers: dict[str, httpx.Response]) -> None:
    assert len(answers) == _ORDERS
    assert {answer.status_code for answer in answers.values()} <= {200, 201}
    assert len({answer.json()["orderId"] for answer in answers.values()}) == _ORDERS
    listed = eventually(lambda: service.http.get("/orders?limit=100&status=OPEN", headers=headers).json()["orders"])
    assert {line["orderId"] for line in listed} == {answer.json()["orderId"] for answer in answers.values()}
    assert service.http.delete("/orders", headers=headers).json() == {"canceled": _ORDERS}


@pytest.mark.parametrize("workers", [(), WORKERS])
def test_an_engine_that_is_killed_and_begun_again_loses_and_doubles_nothing(
    place: Path, engine: Process, workers: tuple[str, ...]
) -> None:
    with Service(place, *_in_front_of(engine, *workers)) as service:
        ann = Venue(service, place).ann
        begun: list[Process] = []

        def kill() -> None:
            engine.kill()
            begun.append(Process(place, port=engine.port))

        answers = asyncio.run(_send(service, ann.headers, after=kill))

        with begun[0] as again:
            assert again.ready["is_new"] is False
            eventually(lambda: _ready(service))
            _check(service, ann.headers, answers)
            assert service.end()[0] == ExitCode.OK
            assert again.end() == ExitCode.OK


@pytest.mark.parametrize("workers", [(), WORKERS])
def test_a_service_that_is_killed_finds_the_engine_as_it_left_it(
    place: Path, engine: Process, workers: tuple[str, ...]
) -> None:
    with Service(place, *_in_front_of(engine, *workers)) as service:
        ann = Venue(service, place).ann
        processes = children(service)
        before = asyncio.run(_send(service, ann.headers, tries_max=1, after=service.process.kill))
        service.process.communicate(timeout=60)
        eventually(lambda: not any(is_alive(pid) for pid in processes))
    taken = {named: answer.json()["orderId"] for named, answer in before.items() if answer.status_code == 201}
    assert _KILLED_AFTER - _AT_ONCE <= len(taken) < _ORDERS

    with Service(place, *_in_front_of(engine, *workers)) as service:
        after = asyncio.run(_send(service, ann.headers))
        for named, order_id in taken.items():
            assert (after[named].status_code, after[named].json()["orderId"]) == (200, order_id)
        _check(service, ann.headers, after)
        assert service.end() == (ExitCode.OK, "")
    assert engine.process.poll() is None


@pytest.mark.parametrize("workers", [(), WORKERS])
def test_money_in_doubt_is_decided_when_the_service_comes_back(
    place: Path, engine: Process, workers: tuple[str, ...]
) -> None:
    asked = {"asset": "USD", "amount": "100", "chain": "ethereum", "address": WALLET}
    with Service(place, *_in_front_of(engine, *workers)) as service:
        ann = Venue(service, place).ann
        created(place, OPS)
        ops = Till(service, place).enter(OPS, PASSWORD)
        ids = [
            ann.ask("POST", "/deposits", asked | {"transactionHash": f"0x{number:064x}"}).json()["id"]
            for number in (1, 2)
        ]
        done = service.http.post(f"/deposits/{ids[0]}/confirm", headers=ops).json()
        assert done["state"] == "DONE"
        service.process.kill()
        service.process.communicate(timeout=60)
    # As if it had been killed between the store and the log: of one the command is there, of the other it is not.
    with sqlite3.connect(place / "store.sqlite3") as store:
        store.execute(
            "UPDATE funds_requests SET state = 'CONFIRMING', event_seq = NULL, after_seq = ?, account = ?",
            [done["eventSeq"] - 1, done["account"]],
        )
    store.close()

    with Service(place, *_in_front_of(engine, *workers)) as service:
        rows = service.http.get("/deposits", headers=ops).json()["deposits"]
        assert sorted((row["state"], row["eventSeq"]) for row in rows) == [
            ("DONE", done["eventSeq"]),
            ("PENDING", None),
        ]


def test_the_engine_is_told_how_far_its_log_was_read(place: Path, engine: Process) -> None:
    with Service(place, *_in_front_of(engine)) as service:
        ann = Venue(service, place).ann
        assert 0 <= marked_seq(place) < NOBODY
        # Its command is looked for in the log.
        stop = {"symbol": "ABC-USD", "side": "SELL", "quantity": 2, "triggerPrice": "50.00"}
        assert ann.ask("POST", "/advanced-orders/stop-loss", stop).status_code == 201
        eventually(lambda: 0 < marked_seq(place) < NOBODY)
        assert service.end() == (ExitCode.OK, "")
    assert 0 < marked_seq(place) < NOBODY


def test_keys_that_the_engine_has_not_read_are_made_and_said(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Process(directory) as engine:
        command = [*_CALL, "--data", str(directory), "--port", "0", *_in_front_of(engine)]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert (refused.returncode, refused.stdout) == (ExitCode.UNAVAILABLE, "")
        assert "keys=frontend-1, tables-1, books-1, dropcopy-1; let the engine read them (kill -HUP" in refused.stderr
        os.kill(engine.process.pid, signal.SIGHUP)
        assert engine.process.stderr is not None
        assert "keys were read again" in engine.process.stderr.readline()
        with Service(directory, *_in_front_of(engine)) as service:
            assert _ready(service)
            assert service.ready["gateway_port"] == engine.port
            assert service.end() == (ExitCode.OK, "")


def test_where_no_engine_runs_the_service_does_not_start(place: Path) -> None:
    with Process(place) as engine:
        port = engine.port
    command = [*_CALL, "--data", str(place), "--port", "0", "--engine", f"127.0.0.1:{port}"]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (ExitCode.UNAVAILABLE, "")
    assert f"127.0.0.1:{port}" in refused.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--gateway-port", "9081"], "server.gateway_port is a matter of the engine, which runs by itself: value=9081"),
        (["--set", "engine.durability=os"], "engine.durability is a matter of the engine, which runs by itself"),
        (["--demo"], "--demo runs an engine of its own"),
        (["--set", "engine.address=nowhere"], "HOST:PORT"),
    ],
)
def test_what_the_service_cannot_decide_for_another_engine_is_refused(
    place: Path, options: list[str], says: str
) -> None:
    command = [*_CALL, "--data", str(place), "--port", "0", "--engine", "127.0.0.1:7411", *options]
    if "engine.address=nowhere" in options:
        command = [word for word in command if word not in {"--engine", "127.0.0.1:7411"}]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode == ExitCode.OK, refused.stdout) == (False, "")
    assert says in refused.stderr
