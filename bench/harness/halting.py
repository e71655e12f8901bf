"""The kill switch under load: how long until the last order is taken, and whether any is taken after the answer."""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from time import sleep, time_ns
from typing import Any, Self

from harness import engines, reads
from harness.report import Mark, aligned
from harness.venue import JSON, Server, desks, fund, list_market, operator, register, service, write_keys

_CONNECTIONS, _PER_S = 48, 50_000
# So long orders come in again between two trials, and so long the load needs to be at its rate.
_BETWEEN_S, _WARM_S, _ROUND_S = 0.02, 3.0, 10
_FUNDS = 10**12
_ORDER = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "1", "price": "1.00"}
# Who stops may not let in again.
_TRADER, _WHO_STOPS, _WHO_RESUMES = "ann@example.com", "risk@example.com", "other@example.com"
_PASSWORD = "violet-anchor-42"
_REFUSED = 422


@dataclass(slots=True)
class Figures:
    """What the trials gave.

    Attributes:
        last_ns: of each, from sending it to the exchange's time of the halt, after which no order is taken.
        answer_ns: of each, from sending it to its answer.
        canceled: of each, the orders it cancelled.
        late: orders that were taken though they were sent after the answer.
        sent: orders of the load, of which so many were ``taken``, in ``load_s``.
    """

    last_ns: list[int] = field(default_factory=list)
    answer_ns: list[int] = field(default_factory=list)
    canceled: list[int] = field(default_factory=list)
    late: int = 0
    sent: int = 0
    taken: int = 0
    load_s: float = 0.0


def measure(*, trials: int) -> Figures:
    """Stop a loaded venue and let it go on, so many times."""
    directory = engines.BUILD / "halting"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    with service(directory) as first, operator(first) as ops:
        list_market(ops, "ABC-USD", 0)
        accounts = desks(ops, _CONNECTIONS)
        user, _ = register(first, directory)
        fund(ops, user, {0: _FUNDS, 1: _FUNDS})
    write_keys(directory, accounts)
    for email in (_WHO_STOPS, _WHO_RESUMES):
        _make_operator(directory / "venue", email)
    figures = Figures()
    with service(directory) as server, _Load(server, figures):
        desk = _Desk(server)
        sleep(_WARM_S)
        for _ in range(trials):
            _trial(desk, figures)
            sleep(_BETWEEN_S)
    return figures


class _Desk:
    """Where both operators and a trader ask; each request opens a connection, as a person's would."""

    def __init__(self, server: Server) -> None:
        self._port = server.port
        self._headers = {email: self._log_in(email) for email in (_TRADER, _WHO_STOPS, _WHO_RESUMES)}

    def _log_in(self, email: str) -> dict[str, str]:
        _, answer = self._send("/auth/login", {}, {"email": email, "password": _PASSWORD})
        return {"Authorization": f"Bearer {answer['accessToken']}"}

    def ask(self, email: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and answer of what somebody asks."""
        return self._send(path, self._headers[email], body)

    def _send(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with closing(HTTPConnection("127.0.0.1", self._port, timeout=60)) as connection:
            connection.request("POST", path, json.dumps(body), headers | JSON)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())


def _trial(desk: _Desk, figures: Figures) -> None:
    sent = time_ns()
    status, stopped = desk.ask(_WHO_STOPS, "/kill-switch", {"scope": "VENUE", "reason": "trial"})
    answered = time_ns()
    if status != 200:
        raise RuntimeError(f"a halt was not answered: status={status} {stopped}")
    probe, _ = desk.ask(_TRADER, "/orders", _ORDER)
    status, resumed = desk.ask(_WHO_RESUMES, "/kill-switch/release", {"scope": "VENUE", "reason": "trial"})
    if status != 200:
        raise RuntimeError(f"a halt was not lifted: status={status} {resumed}")
    figures.last_ns.append(_ns(stopped["time"]) - sent)
    figures.answer_ns.append(answered - sent)
    figures.canceled.append(stopped["canceledOrders"])
    figures.late += probe != _REFUSED


class _Load(Thread):
    """Enters orders at the gateway, a round after the other, until it is told to end."""

    def __init__(self, server: Server, figures: Figures) -> None:
        super().__init__()
        program = Path(engines.bench_core()[0]).with_name("bench-gateway")
        address = f"127.0.0.1:{server.ready['gateway_port']}"
        self._command = [str(program), "steady", address, str(_CONNECTIONS), str(_PER_S), str(_ROUND_S)]
        self._figures = figures
        self._is_over = Event()

    def run(self) -> None:
        while not self._is_over.is_set():
            told = json.loads(subprocess.run(self._command, capture_output=True, text=True, check=True).stdout)
            self._figures.sent += told["sent"]
            self._figures.taken += told["accepted"]
            self._figures.load_s += told["elapsed_ns"] / 1e9

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self.join()


def marks(figures: Figures) -> list[Mark]:
    """Return the goals of a halt."""
    last_ms = reads.rank(figures.last_ns, 0.99) / 1e6
    less = {"is_more_better": False}
    return [
        Mark(mark="halt: last order taken after, p99 ms", measured=last_ms, floor=50, aim=5, **less),
        Mark(mark="halt: orders taken after the answer", measured=figures.late, floor=0, aim=0, **less),
    ]


def table(figures: Figures) -> str:
    """Return how long halts took, and under what load."""
    trials, per_s = len(figures.last_ns), figures.sent / figures.load_s
    rows = [["halt of a loaded venue", "p50 ms", "p99 ms", "most ms"]]
    for name, times in (("sent to the last order taken", figures.last_ns), ("sent to answered", figures.answer_ns)):
        rows.append([name, *(f"{reads.rank(times, part) / 1e6:.1f}" for part in (0.5, 0.99, 1.0))])
    load = f"{trials:,} halts; orders came at {per_s:,.0f}/s (asked: {_PER_S:,}/s), {figures.taken:,} were taken"
    ended = f"{sum(figures.canceled):,} cancelled by halts, {figures.late} taken after an answer"
    return f"\n{aligned(rows)}\n{load}, {ended}"


def _make_operator(data: Path, email: str) -> None:
    command = [sys.executable, "-m", "fairlead", "users", "create", "--data", str(data), "--role", "operator"]
    subprocess.run([*command, "--email", email], input=f"{_PASSWORD}\n", capture_output=True, text=True, check=True)


def _ns(text: str) -> int:
    """Nanoseconds since 1970 of a time of the service, as 2026-11-29T18:00:00.123456789Z."""
    seconds, _, rest = text.rstrip("Z").partition(".")
    return int(datetime.fromisoformat(f"{seconds}+00:00").timestamp()) * 10**9 + int(rest.ljust(9, "0"))
