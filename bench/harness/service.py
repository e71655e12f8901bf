"""The service over HTTP: ``POST /orders`` beside a bare handler of the same framework, worker and client."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from fairlead.client import Client
from harness import engines
from harness.report import Mark, aligned
from harness.session import Session

_SECRET = "5a" * 32
_CREDENTIALS = {"email": "ann@example.com", "password": "violet-anchor-42"}
_ORDER = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "5", "price": "100.00"}
_JSON = {"Content-Type": "application/json"}
_CONNECTIONS = 16
_RAISED = (
    "account_reads_per_s",
    "account_orders_per_s",
    "account_cancels_per_s",
    "key_requests_per_s",
    "ip_requests_per_s",
    "ip_cancels_per_s",
)
_READS = {"positions": "/positions", "trades": "/trades", "orders": "/orders", "order": "/orders/1"}
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")

Pass = dict[str, Any]


@dataclass(slots=True)
class Figures:
    """All raw figures: passes in turn, latencies at half the rate, reads, and memory before and after."""

    service: list[Pass] = field(default_factory=list)
    bare: list[Pass] = field(default_factory=list)
    half_rate: Pass = field(default_factory=dict)
    reads: dict[str, Pass] = field(default_factory=dict)
    rss_bytes: tuple[int, int] = (0, 0)
    orders: int = 0


@dataclass(frozen=True, slots=True)
class _Server:
    """A process that answers on a port."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]

    @property
    def port(self) -> int:
        return int(self.ready["port"])

    def cpu_s(self) -> float:
        """Processor time of all its threads so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def rss_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def measure(*, passes: int, seconds: float) -> Figures:
    """Run both servers and the client, each in a process of its own; passes of both are taken in turn.

    Args:
        passes: of each server, 1 or more; one more goes before them and does not count.
        seconds: of each pass, > 0.
    """
    directory = engines.BUILD / "service"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    figures, load = Figures(), [sys.executable, str(engines.BENCH / "drivers" / "http_load.py")]
    bare_command = [sys.executable, str(engines.BENCH / "drivers" / "bare_handler.py")]
    with _served(bare_command) as bare, _service(directory) as service, Session("http_load", load) as client:
        headers = _trader(service, directory)
        ask = {"method": "POST", "path": "/orders", "connections": _CONNECTIONS, "body": json.dumps(_ORDER)}
        ask["headers"] = headers | _JSON
        for number in range(passes + 1):
            for server, kept in ((bare, figures.bare), (service, figures.service)):
                one = _pass(client, server, ask | {"seconds": seconds})
                if number:
                    kept.append(one)
                if server is service:
                    figures.orders += one["requests"]
                    _call(service, "DELETE", "/orders", headers)
            if number == 0:
                before = service.rss_bytes()
        figures.rss_bytes = (before, service.rss_bytes())
        half = median(one["per_s"] for one in figures.service) / 2
        figures.half_rate = _pass(client, service, ask | {"seconds": 2 * seconds, "rate": half})
        _call(service, "DELETE", "/orders", headers)
        for name, path in _READS.items():
            asked = {"method": "GET", "path": path, "connections": 1, "seconds": seconds, "headers": headers}
            figures.reads[name] = _pass(client, service, asked)
    return figures


def marks(figures: Figures) -> list[Mark]:
    """Return the goals of the service."""
    rates = {name: median(one["per_s"] for one in passes) for name, passes in _both(figures)}
    costs = {name: median(one["cpu_us"] for one in passes) for name, passes in _both(figures)}
    half_ms = figures.half_rate["p99_ns"] / 1e6
    slowest_ms = max(one["p99_ns"] for one in figures.reads.values()) / 1e6
    less, more = {"is_more_better": False}, {"is_more_better": True}
    ratio = rates["service"] / rates["bare"]
    return [
        Mark(mark="service, POST /orders, times bare", measured=ratio, floor=0.5, aim=0.75, **more),
        Mark(
            mark="service, bare cpu/order cpu", measured=costs["bare"] / costs["service"], floor=0.5, aim=0.75, **more
        ),
        Mark(mark="service p99 at half the rate, ms", measured=half_ms, floor=10, aim=5, **less),
        Mark(mark="service reads, slowest p99, ms", measured=slowest_ms, floor=100, aim=10, **less),
    ]


def table(figures: Figures) -> str:
    """Return rates, processor time and latencies of every part."""
    rows = [["service, 16 connections", "req/s", "min-max", "cpu us", "p50 ms", "p99 ms", "p99.9 ms"]]
    for name, passes in _both(figures):
        rows.append(_row(name, passes))
    rows.append(_row("at half the rate", [figures.half_rate]))
    rows += [_row(f"GET {_READS[name]}, 1 connection", [one]) for name, one in figures.reads.items()]
    before, after = figures.rss_bytes
    grown = f"memory: {before / 1e6:.1f} MB before, {after / 1e6:.1f} MB after {figures.orders:,} orders"
    return f"\n{aligned(rows)}\n{grown}"


def _both(figures: Figures) -> tuple[tuple[str, list[Pass]], ...]:
    return ("bare", figures.bare), ("service", figures.service)


def _row(name: str, passes: list[Pass]) -> list[str]:
    rates = [one["per_s"] for one in passes]
    times = [f"{median(one[key] for one in passes) / 1e6:.2f}" for key in ("p50_ns", "p99_ns", "p999_ns")]
    cpu = f"{median(one['cpu_us'] for one in passes):.0f}"
    return [name, f"{median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}", cpu, *times]


def _pass(client: Session, server: _Server, asked: Pass) -> Pass:
    """Load one server; an answer that is no success ends the measurement."""
    before = server.cpu_s()
    done: Pass = dict(client.ask(json.dumps({"port": server.port, **asked})))
    wrong = {status: count for status, count in done["statuses"].items() if not status.startswith("2")}
    if wrong:
        raise RuntimeError(f"requests were refused: path={asked['path']} statuses={wrong}")
    done["cpu_us"] = 1e6 * (server.cpu_s() - before) / done["requests"]
    return done


@contextmanager
def _served(command: list[str]) -> Iterator[_Server]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"a server did not start: command={command[-1]} code={process.wait()}")
        yield _Server(process, json.loads(line))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


@contextmanager
def _service(directory: Path) -> Iterator[_Server]:
    """Start the service with limits that leave the load alone, and a market to trade on."""
    data = directory / "venue"
    data.mkdir(mode=0o700)
    keys = data / "gateway.keys"
    rates = "orders_per_s=1000000 cancels_per_s=1000000"
    keys.write_text(f"ops 1 0 operator hmac {_SECRET} {rates}\n", encoding="ascii")
    keys.chmod(0o600)
    command = [sys.executable, "-c", "from fairlead.cli import main; main()", "serve", "--json"]
    command += ["--data", str(data), "--port", "0", "--gateway-port", "0"]
    for name in _RAISED:
        command += ["--set", f"limits.{name}=100000"]
    command += ["--set", f"log.file={directory / 'service.log'}"]
    with _served(command) as server:
        yield server


def _trader(service: _Server, directory: Path) -> dict[str, str]:
    """List an instrument, make a user with money, and return the headers of the user's requests."""
    _call(service, "POST", "/auth/register", {}, _CREDENTIALS)
    outbox = (directory / "venue" / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
    account = _call(service, "POST", "/auth/verify", {}, {"token": json.loads(outbox[-1])["token"]})["account"]
    tokens = _call(service, "POST", "/auth/login", {}, _CREDENTIALS)
    port = service.ready["gateway_port"]
    with Client(port=port, key_id="ops", secret=_SECRET, role="operator") as ops:
        for symbol, decimals in (("ABC", 0), ("USD", 2)):
            ops.command("AddAsset", {"symbol": symbol, "decimals": decimals})
        listed = ops.command("ListInstrument", _INSTRUMENT, entries=({"from": 0, "tick": 1},))
        ops.command("SetTradingState", {"instrument": 0, "state": "Continuous"})
        paid = ops.command("Deposit", {"account": account, "asset": 1, "amount": 10**15})
        if listed.is_rejected or paid.is_rejected:
            raise RuntimeError(f"the market was refused: {listed.reason} {paid.reason}")
    headers = {"Authorization": f"Bearer {tokens['accessToken']}"}
    _call(service, "POST", "/orders", headers, _ORDER)
    return headers


_INSTRUMENT = {
    "symbol": "ABC-USD",
    "base": 0,
    "quote": 1,
    "price_decimals": 2,
    "qty_decimals": 0,
    "lot_size": 1,
    "min_qty": 1,
    "max_qty": 1_000_000,
    "min_notional": 0,
    "max_notional": 10**12,
    "min_price": 1,
    "max_price": 10_000_000,
    "allow_negative": False,
    "allocation": "Fifo",
    "stp_default": "None",
    "max_slippage_bps": 1_000,
    "seed": 1,
}


def _call(server: _Server, method: str, path: str, headers: dict[str, str], body: Any = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{server.port}{path}", data=data, headers=headers | _JSON, method=method
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.loads(answer.read() or b"{}")
    return found
