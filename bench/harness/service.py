"""The service over HTTP: ``POST /orders`` beside a bare handler of the same framework, worker and client."""

import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from harness import engines, live
from harness.report import Mark, aligned
from harness.session import Session
from harness.venue import JSON, Server, call, fund, list_market, operator, register, served
from harness.venue import service as serve

_ORDER = {"symbol": "ABC-USD", "side": "BUY", "orderType": "LIMIT", "quantity": "5", "price": "100.00"}
_CONNECTIONS = 16
_READS = {"positions": "/positions", "trades": "/trades", "orders": "/orders", "order": "/orders/1"}

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
    sockets: live.Figures | None = None


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
    many = {"limits.ip_connections_max": 2 * live.CONNECTIONS}
    with served(bare_command) as bare, serve(directory, settings=many) as service, Session("http_load", load) as client:
        headers = _trader(service, directory)
        ask = {"method": "POST", "path": "/orders", "connections": _CONNECTIONS, "bodies": [json.dumps(_ORDER)]}
        ask["headers"] = headers | JSON
        for number in range(passes + 1):
            for server, kept in ((bare, figures.bare), (service, figures.service)):
                one = _pass(client, server, ask | {"seconds": seconds})
                if number:
                    kept.append(one)
                if server is service:
                    figures.orders += one["requests"]
                    call(service, "DELETE", "/orders", headers)
            if number == 0:
                before = service.rss_bytes()
        figures.rss_bytes = (before, service.rss_bytes())
        half = median(one["per_s"] for one in figures.service) / 2
        figures.half_rate = _pass(client, service, ask | {"seconds": 2 * seconds, "rate": half})
        call(service, "DELETE", "/orders", headers)
        for name, path in _READS.items():
            asked = {"method": "GET", "path": path, "connections": 1, "seconds": seconds, "headers": headers}
            figures.reads[name] = _pass(client, service, asked)
        figures.sockets = live.measure(service, headers | JSON)
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
        *live.marks(figures.sockets),
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
    return f"\n{aligned(rows)}\n{live.table(figures.sockets)}\n{grown}"


def _both(figures: Figures) -> tuple[tuple[str, list[Pass]], ...]:
    return ("bare", figures.bare), ("service", figures.service)


def _row(name: str, passes: list[Pass]) -> list[str]:
    rates = [one["per_s"] for one in passes]
    times = [f"{median(one[key] for one in passes) / 1e6:.2f}" for key in ("p50_ns", "p99_ns", "p999_ns")]
    cpu = f"{median(one['cpu_us'] for one in passes):.0f}"
    return [name, f"{median(rates):,.0f}", f"{min(rates):,.0f}-{max(rates):,.0f}", cpu, *times]


def _pass(client: Session, server: Server, asked: Pass) -> Pass:
    """Load one server; an answer that is no success ends the measurement."""
    before = server.cpu_s()
    done: Pass = dict(client.ask(json.dumps({"port": server.port, **asked})))
    wrong = {status: count for status, count in done["statuses"].items() if not status.startswith("2")}
    if wrong:
        raise RuntimeError(f"requests were refused: path={asked['path']} statuses={wrong}")
    done["cpu_us"] = 1e6 * (server.cpu_s() - before) / done["requests"]
    return done


def _trader(service: Server, directory: Path) -> dict[str, str]:
    """List an instrument, make a user with money, and return the headers of the user's requests."""
    account, headers = register(service, directory)
    with operator(service) as ops:
        list_market(ops, "ABC-USD", 0)
        fund(ops, account, {0: 10**6, 1: 10**15})
    call(service, "POST", "/orders", headers, _ORDER)
    return headers
