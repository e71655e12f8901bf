"""One trade to a thousand live connections: from the order that makes it to everybody who hears it."""

import json
import sys
from dataclasses import dataclass
from typing import Final

from harness import engines
from harness.report import Mark
from harness.session import Session
from harness.venue import Server

__all__ = ["CONNECTIONS", "Figures", "marks", "measure", "table"]

CONNECTIONS: Final = 1_000
# Enough that what the opening cost, which is taken off, does not blur what a frame costs.
_TRADES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How long a trade takes to its hearers, and the processor time of one of their frames.

    Attributes:
        frames: how many were heard.
        p50_ns: from sending the order to reading the frame.
        p99_ns: the same.
        max_ns: the same.
        cpu_us: of the service, for a frame.
        bytes_each: memory of one connection.
    """

    frames: int
    p50_ns: int
    p99_ns: int
    max_ns: int
    cpu_us: float
    bytes_each: float


def measure(service: Server, headers: dict[str, str]) -> Figures:
    """Open the connections, trade, and close them."""
    asked = {"port": service.port, "connections": CONNECTIONS, "symbol": "ABC-USD", "headers": headers}
    with Session("socket_load", [sys.executable, str(engines.BENCH / "drivers" / "socket_load.py")]) as load:
        rss, cpu_s = service.rss_bytes(), service.cpu_s()
        load.ask(json.dumps(asked | {"trades": 0}))
        opened_s = service.cpu_s() - cpu_s
        bytes_each = (service.rss_bytes() - rss) / CONNECTIONS
        cpu_s = service.cpu_s()
        done = load.ask(json.dumps(asked | {"trades": _TRADES}))
        spent_s = service.cpu_s() - cpu_s - opened_s
    return Figures(
        frames=int(done["frames"]),
        p50_ns=int(done["p50_ns"]),
        p99_ns=int(done["p99_ns"]),
        max_ns=int(done["max_ns"]),
        cpu_us=1e6 * spent_s / int(done["frames"]),
        bytes_each=bytes_each,
    )


def marks(figures: Figures | None) -> list[Mark]:
    """Return the goal of live connections."""
    if figures is None:
        return []
    mark = f"service, a trade to {CONNECTIONS:,} sockets, p99 ms"
    return [Mark(mark=mark, measured=figures.p99_ns / 1e6, floor=50, aim=10, is_more_better=False)]


def table(figures: Figures | None) -> str:
    """Return latencies and costs."""
    if figures is None:
        return ""
    times = f"p50 {figures.p50_ns / 1e6:.1f} p99 {figures.p99_ns / 1e6:.1f} max {figures.max_ns / 1e6:.1f}"
    costs = f"{figures.cpu_us:.1f} us cpu a frame, {figures.bytes_each / 1e3:.0f} kB a connection"
    return f"a trade to {CONNECTIONS:,} live connections, order sent to frame read, ms: {times}; {costs}"
