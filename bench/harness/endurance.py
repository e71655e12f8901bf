"""The service for minutes: orders over HTTP and over the gateway at once, every one answered, memory watched."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import combinations
from pathlib import Path
from statistics import median
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any

from harness import engines, reads
from harness.report import aligned
from harness.session import Session
from harness.venue import JSON, Server, call, desks, fund, list_market, log_in, operator, register, service, write_keys

_CONNECTIONS_HTTP, _CONNECTIONS_GATEWAY = 16, 48
_HTTP_PER_S_MAX, _GATEWAY_PER_S = 4_000, 20_000
# Of what HTTP carries beside the gateway's load, asked in a closed loop, this much is then asked by a schedule; and of
# what the gateway answers, where it does not keep up in that time.
_SHARE = 0.8
# What was due is answered so soon after the end by a gateway that keeps up.
_KEPT_UP = 0.97
_SAMPLE_S = 5.0
# By then what is bounded is full: 64 MiB of reports in the gateway, and the ids that are remembered.
_FULL_S = 120.0
_SAMPLES_MIN = 12
# Tables that are not there so soon after the load are said to be behind, and how fast they come.
_CATCH_UP_S, _LOOK_S = 60.0, 1.0
_PROBE_S = 20
# Ids that are remembered: few, so that the run is longer than it takes to fill them, also in the engine that tells the
# tables what happened, which goes at their pace.
_CLIENT_IDS_MAX = 50_000
_FUNDS = 10**15
_ORDER = {"symbol": "XYZ-USD", "orderType": "LIMIT", "quantity": "5", "price": "100.00"}
# Reports come into the tables in the order of the log: where they have an order, they have all before it.
_ROWS = "SELECT (SELECT count(*) FROM orders), EXISTS (SELECT 1 FROM orders WHERE order_id = ?)"


@dataclass(slots=True)
class Figures:
    """What was asked, what came back, and how memory went: pairs of seconds and bytes.

    Attributes:
        orders: how many there are.
        rows: how many of them are in the tables, in pairs with seconds since the end of the load.
        is_caught_up: whether the last of them was in the tables before the watch ended, and with it all before it.
    """

    http: dict[str, Any] = field(default_factory=dict)
    gateway: dict[str, Any] = field(default_factory=dict)
    asked: reads.Reads = field(default_factory=reads.Reads)
    probe_per_s: float = 0.0
    probe_gateway: dict[str, Any] = field(default_factory=dict)
    gateway_rate: int = _GATEWAY_PER_S
    rss: list[tuple[float, int]] = field(default_factory=list)
    cpu_share: float = 0.0
    orders: int = 0
    rows: list[tuple[float, int]] = field(default_factory=list)
    is_caught_up: bool = False

    @property
    def is_clean(self) -> bool:
        """Whether every order of both was taken, every read was answered, and the tables have what was taken.

        That is all of it where they caught up; otherwise more at the end of the watch than at its begin, and never more
        than was taken.
        """
        http = _taken(self.http) == self.http["requests"] and not self.asked.failed
        before, rows = self.rows[0][1], self.rows[-1][1]
        is_kept = rows == self.orders if self.is_caught_up else before < rows <= self.orders
        return http and self.gateway["accepted"] == self.gateway["sent"] and is_kept

    @property
    def growth_mb_per_minute(self) -> float | None:
        """The median slope between two samples of the second half; ``None`` where the run was too short."""
        late = [sample for sample in self.rss[len(self.rss) // 2 :] if sample[0] >= _FULL_S]
        if len(late) < _SAMPLES_MIN:
            return None
        slopes = [(grown - size) / (after - at) for (at, size), (after, grown) in combinations(late, 2)]
        return median(slopes) * 60 / 1e6


def measure(*, seconds: int) -> Figures:
    """Load a venue for so many seconds.

    Args:
        seconds: how long, 60 or more.
    """
    directory = engines.BUILD / "endurance"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    settings = {"engine.client_ids_max": _CLIENT_IDS_MAX}
    with service(directory, settings=settings) as first:
        _prepare(first, directory)
    figures = Figures()
    load = [sys.executable, str(engines.BENCH / "drivers" / "http_load.py")]
    with service(directory, settings=settings) as server, Session("http_load", load) as client:
        probe, figures.probe_gateway = _together(server, client, seconds=_PROBE_S, rates=(None, _GATEWAY_PER_S))
        figures.probe_per_s = probe["per_s"]
        rate = min(_HTTP_PER_S_MAX, _SHARE * figures.probe_per_s)
        if (answered := _per_s(figures.probe_gateway)) < _KEPT_UP * _GATEWAY_PER_S:
            figures.gateway_rate = int(_SHARE * answered)
        stop, began, cpu = Event(), monotonic(), server.cpu_s()
        watch = Thread(target=_watch, args=(server, stop, figures.rss))
        watch.start()
        rates = (rate, figures.gateway_rate)
        try:
            with reads.asked(server.port, log_in(server)) as figures.asked:
                figures.http, figures.gateway = _together(server, client, seconds=seconds, rates=rates)
        finally:
            stop.set()
            watch.join()
        figures.cpu_share = (server.cpu_s() - cpu) / (monotonic() - began)
        last = call(server, "POST", "/orders", log_in(server), _ORDER | {"side": "BUY"})
        figures.orders = 1 + sum(_taken(it) for it in (probe, figures.http))
        figures.orders += sum(it["accepted"] for it in (figures.probe_gateway, figures.gateway))
        figures.rows, figures.is_caught_up = _catching_up(directory / "venue" / "store.sqlite3", int(last["orderId"]))
    return figures


def table(figures: Figures) -> str:
    """Return rates, answers, latencies and the growth of memory."""
    http, gateway = figures.http, figures.gateway
    good = _taken(http)
    rows = [["endurance", "orders", "a second", "answered", "refused", "p50 ms", "p99 ms", "p99.9 ms"]]
    times = [f"{http[key] / 1e6:.1f}" for key in ("p50_ns", "p99_ns", "p999_ns")]
    rows.append(
        ["HTTP", f"{http['requests']:,}", f"{http['per_s']:,.0f}", f"{good:,}", f"{http['requests'] - good:,}", *times]
    )
    times = [f"{gateway[f'answer_{key}_ns'] / 1e6:.1f}" for key in ("p50", "p99", "p999")]
    answers = [f"{gateway['accepted']:,}", f"{sum(gateway['refused'].values()):,}"]
    rows.append(["gateway", f"{gateway['sent']:,}", f"{_per_s(gateway):,.0f}", *answers, *times])
    first, last = figures.rss[0][1], figures.rss[-1][1]
    growth = figures.growth_mb_per_minute
    slope = f"{growth:+.2f} MB a minute late" if growth is not None else "too short a run to say how it grows"
    grown = f"memory: {first / 1e6:.1f} MB to {last / 1e6:.1f} MB; {slope}"
    most = (
        f"before, HTTP in a closed loop beside a gateway asked for {_GATEWAY_PER_S:,}/s: {figures.probe_per_s:,.0f}/s"
    )
    most += f", and the gateway {_per_s(figures.probe_gateway):,.0f}/s"
    busy = f"server: {figures.cpu_share:.2f} cores; {_standing(figures)}"
    refused = f"refused: {http['statuses']} {gateway['refused']} (before: {figures.probe_gateway['refused']})"
    refused += f"; reads that failed: {figures.asked.failed or 'none'}"
    return f"\n{aligned(rows)}\n\n{aligned(_read_rows(figures.asked.took_ns))}\n{grown}\n{most}\n{busy}\n{refused}"


def _read_rows(took: dict[str, list[int]]) -> list[list[str]]:
    rows = [["read meanwhile", "asked", "p50 ms", "p99 ms", "most ms"]]
    for name, times in took.items():
        ranks = [f"{reads.rank(times, part) / 1e6:.1f}" for part in (0.5, 0.99, 1.0)]
        rows.append([name, f"{len(times):,}", *ranks])
    return rows


def _taken(http: dict[str, Any]) -> int:
    """Orders that were taken."""
    return sum(count for status, count in http["statuses"].items() if status.startswith("2"))


def _per_s(gateway: dict[str, Any]) -> float:
    """Orders a second that were answered, the time after the last was due included."""
    return float(gateway["sent"] / (gateway["elapsed_ns"] / 1e9))


def _prepare(server: Server, directory: Path) -> None:
    """Two markets, a user with money, and an account of its own for each connection of the gateway."""
    with operator(server) as ops:
        list_market(ops, "ABC-USD", 0)
        list_market(ops, "XYZ-USD", 1)
        accounts = desks(ops, _CONNECTIONS_GATEWAY)
    user, _ = register(server, directory)
    with operator(server) as ops:
        fund(ops, user, {0: _FUNDS, 1: _FUNDS})
    write_keys(directory, accounts)


def _together(
    server: Server, client: Session, *, seconds: int, rates: tuple[float | None, int]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Load HTTP and gateway for so long, each at its rate."""
    program = engines.bench_core()[0]
    address = f"127.0.0.1:{server.ready['gateway_port']}"
    words = [address, str(_CONNECTIONS_GATEWAY), str(rates[1]), str(seconds)]
    command = [Path(program).with_name("bench-gateway"), "steady", *words]
    asked = {"port": server.port, "method": "POST", "path": "/orders", "seconds": seconds, "rate": rates[0]}
    asked |= {"connections": _CONNECTIONS_HTTP, "headers": log_in(server) | JSON}
    asked["bodies"] = [json.dumps(_ORDER | {"side": side}) for side in ("BUY", "SELL")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as gateway:
        http: dict[str, Any] = dict(client.ask(json.dumps(asked)))
        told, _ = gateway.communicate(timeout=seconds + 120)
    if gateway.returncode:
        raise RuntimeError(f"the gateway's load ended with code {gateway.returncode}")
    return http, json.loads(told)


def _watch(server: Server, stop: Event, into: list[tuple[float, int]]) -> None:
    began = monotonic()
    while not stop.wait(_SAMPLE_S):
        into.append((monotonic() - began, server.rss_bytes()))


def _catching_up(path: Path, last: int) -> tuple[list[tuple[float, int]], bool]:
    """How many orders are in the tables after the load, until the last one is or a time is over, and whether it is."""
    began, seen, has_last = monotonic(), list[tuple[float, int]](), False
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as store:
        while not has_last and (not seen or seen[-1][0] < _CATCH_UP_S):
            sleep(_LOOK_S if seen else 0.0)
            ((count, found),) = store.execute(_ROWS, (last,))
            seen.append((monotonic() - began, count))
            has_last = bool(found)
    return seen, has_last


def _standing(figures: Figures) -> str:
    (begun_s, first), (end_s, last) = figures.rows[0], figures.rows[-1]
    if figures.is_caught_up:
        return f"the tables had caught up {end_s:.1f} s after the load, with {last:,} of {figures.orders:,} orders"
    per_s = (last - first) / (end_s - begun_s)
    return f"the tables had {first:,} of {figures.orders:,} orders at the end of the load and take {per_s:,.0f}/s then"


def record(figures: Figures) -> dict[str, object]:
    """The raw numbers."""
    return asdict(figures) | {"growth_mb_per_minute": figures.growth_mb_per_minute}
