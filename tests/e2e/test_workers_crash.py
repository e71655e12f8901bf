"""Processes of ``fairlead serve --workers 2`` that are killed: nothing is lost, nothing doubled, nobody left behind."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url
from tests.e2e.crews import OFTEN, WORKERS, children, doors, eventually, is_alive
from tests.e2e.test_serve import _CALL, Service
from tests.e2e.test_trading import LIMIT, Venue
from tests.e2e.venues import write_keys

from fairlead.cli.exit_codes import ExitCode

_ORDERS, _AT_ONCE, _KILLED_AFTER = 120, 8, 40
_TRIES_MAX = 50


async def _send(
    service: Service, headers: dict[str, str], *, tries_max: int, after: Callable[[], None] | None = None
) -> dict[str, httpx.Response]:
    """Send orders under ids of their own, each again where no answer came; return the answers by id."""
    answers: dict[str, httpx.Response] = {}
    waiting = iter(range(_ORDERS))

    async def place(http: httpx.AsyncClient, body: dict[str, Any]) -> httpx.Response | None:
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
            body = LIMIT | {"quantity": "1", "price": "10.00", "clientOrderId": named}
            if (answer := await place(http, body)) is None:
                return
            answers[named] = answer
            if after is not None and len(answers) == _KILLED_AFTER:
                after()

    async with httpx.AsyncClient(base_url=str(service.http.base_url), timeout=60) as http:
        await asyncio.gather(*(client(http) for _ in range(_AT_ONCE)))
    return answers


def _check(service: Service, headers: dict[str, str], answers: dict[str, httpx.Response]) -> None:
    """Every order is there once, and the id it was answered with is the one it has."""
    assert len(answers) == _ORDERS
    assert {answer.status_code for answer in answers.values()} <= {200, 201}
    assert len({answer.json()["orderId"] for answer in answers.values()}) == _ORDERS
    assert service.http.delete("/orders", headers=headers).json() == {"canceled": _ORDERS}


@pytest.fixture(params=["sqlite", "postgresql"])
def directory(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "postgresql":
        server = make_url(request.getfixturevalue("postgres_url"))
        with psycopg.connect(str(server), autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS crew WITH (FORCE)")
            admin.execute("CREATE DATABASE crew")
        monkeypatch.setenv("FAIRLEAD_STORE__URL", str(server.set(database="crew")))
    place = tmp_path / "venue"
    write_keys(place)
    return place


def test_orders_that_a_killed_worker_did_not_answer_are_answered_by_the_other(directory: Path) -> None:
    with Service(directory, *WORKERS, *OFTEN) as service:
        ann = Venue(service, directory).ann
        leader, *workers = children(service)

        answers = asyncio.run(
            _send(service, ann.headers, tries_max=_TRIES_MAX, after=lambda: os.kill(workers[0], signal.SIGKILL))
        )

        _check(service, ann.headers, answers)
        for door in doors(service).values():
            assert door.get("/orders", headers=ann.headers).status_code == 200
            door.close()
        now = children(service)
        assert now[0] == leader
        assert len(now) == 3
        assert workers[0] not in now
        code, errors = service.end()
    assert code == ExitCode.OK
    assert f"a worker ended and is started again: worker=1 pid={workers[0]} why=signal SIGKILL" in errors


def test_a_killed_leader_takes_all_with_it_and_loses_and_doubles_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)
    with Service(directory, *WORKERS, *OFTEN) as service:
        ann = Venue(service, directory).ann
        leader, *workers = children(service)
        before = asyncio.run(_send(service, ann.headers, tries_max=1, after=lambda: os.kill(leader, signal.SIGKILL)))
        _, errors = service.process.communicate(timeout=60)
        assert service.process.returncode == ExitCode.UNAVAILABLE
        assert f"the leader has ended, and the service with it: pid={leader} why=signal SIGKILL" in errors
        assert not any(is_alive(pid) for pid in workers)
    taken = {named: answer.json()["orderId"] for named, answer in before.items() if answer.status_code == 201}
    assert _KILLED_AFTER - _AT_ONCE <= len(taken) < _ORDERS

    with Service(directory, *WORKERS, *OFTEN) as service:
        after = asyncio.run(_send(service, ann.headers, tries_max=_TRIES_MAX))
        for named, order_id in taken.items():
            assert (after[named].status_code, after[named].json()["orderId"]) == (200, order_id)
        _check(service, ann.headers, after)


def test_nobody_outlives_the_process_that_began_them(tmp_path: Path) -> None:
    with Service(tmp_path / "venue", *WORKERS) as service:
        begun = children(service)
        assert len(begun) == 3
        service.process.kill()
        service.process.communicate(timeout=60)
        eventually(lambda: not any(is_alive(pid) for pid in begun))
    # Port and directory are free, and the log was sealed.
    again = ("--port", str(service.ready["port"]), *WORKERS)
    with Service(tmp_path / "venue", *again) as service:
        assert service.end() == (ExitCode.OK, "")


def test_a_worker_that_does_not_end_is_killed_and_the_log_is_sealed(tmp_path: Path) -> None:
    with Service(tmp_path / "venue", *WORKERS, "--set", "server.shutdown_grace_s=1") as service:
        leader, stopped, _ = children(service)
        os.kill(stopped, signal.SIGSTOP)
        code, errors = service.end()
        assert code == ExitCode.OK
        assert f"a worker does not end and is killed: name=worker-1 pid={stopped}" in errors
        assert not any(is_alive(pid) for pid in (leader, stopped))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_every_process_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with Service(tmp_path / "venue", *WORKERS) as service:
        begun = children(service)
        assert service.http.get("/ready").status_code == 200
        assert service.end(number) == (ExitCode.OK, "")
        assert not any(is_alive(pid) for pid in begun)


def test_an_interrupt_of_the_terminal_reaches_all_and_ends_them_in_order(tmp_path: Path) -> None:
    command = [*_CALL, "--data", str(tmp_path / "venue"), "--port", "0", "--gateway-port", "0", *WORKERS]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (ExitCode.OK, "")


def test_what_keeps_the_leader_from_starting_is_said_once_with_its_code(tmp_path: Path) -> None:
    with Service(tmp_path / "venue", *WORKERS):
        command = [*_CALL, "--data", str(tmp_path / "venue"), "--port", "0", "--gateway-port", "0", *WORKERS]
        second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (second.returncode, second.stdout) == (ExitCode.REJECTED, "")
    assert len(second.stderr.splitlines()) == 1
    assert "in use" in second.stderr


def test_a_taken_port_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    with Service(tmp_path / "venue", *WORKERS) as service:
        port = str(service.ready["port"])
        command = [*_CALL, "--data", str(tmp_path / "other"), "--port", port, "--gateway-port", "0", *WORKERS]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (refused.returncode, refused.stdout) == (ExitCode.UNAVAILABLE, "")
    assert f"port={port}" in refused.stderr
    assert not (tmp_path / "other").exists()
