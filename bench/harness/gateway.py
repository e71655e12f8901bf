"""The binary gateway over loopback: run, goals and tables. Every figure stands beside a raw echo of the same run."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from harness import engines
from harness.report import Mark, aligned


@dataclass(frozen=True, slots=True)
class Figures:
    """What an order costs over a socket, and what bad peers cost the others: nanoseconds, orders a second, bytes."""

    wire: dict[str, int]
    crowd: dict[str, int]


def measure() -> Figures:
    """Run both parts in processes of their own; the log is on the disk of the build."""
    program = Path(engines.bench_core()[0]).with_name("bench-gateway")
    directory = engines.BUILD / "gateway"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    return Figures(wire=_line(program, "wire", str(directory)), crowd=_line(program, "crowd"))


def _line(program: Path, *words: str) -> dict[str, int]:
    done = subprocess.run([program, *words], cwd=engines.ROOT, capture_output=True, text=True, check=True)
    figures: dict[str, int] = json.loads(done.stdout)
    return figures


def marks(figures: Figures) -> list[Mark]:
    """Return the goals of the gateway."""
    wire, crowd = figures.wire, figures.crowd
    durable = wire["durable_p50_ns"] / (wire["echo_p50_ns"] + wire["sync_p50_ns"])
    rate, more_bad = wire["pipelined_durable_per_s"] / 1e6, crowd["bad_p99_ns"] / crowd["good_p99_ns"]
    p50, p99 = (wire[f"memory_{name}_ns"] / wire[f"echo_{name}_ns"] for name in ("p50", "p99"))
    less, more = {"is_more_better": False}, {"is_more_better": True}
    return [
        Mark(mark="gateway p50, times echo", measured=p50, floor=1.35, aim=1.15, **less),
        Mark(mark="gateway p99, times echo", measured=p99, floor=2.0, aim=1.15, **less),
        Mark(mark="gateway durable p50, times echo+sync", measured=durable, floor=1.0, aim=1.0, **less),
        Mark(mark="gateway 16 a send, durable, M/s", measured=rate, floor=1.0, aim=3.0, **more),
        Mark(mark="gateway p99 among bad peers, times", measured=more_bad, floor=2.0, aim=1.0, **less),
        Mark(mark="gateway growth among bad, MB", measured=crowd["growth_bad_bytes"] / 1e6, floor=64, aim=8, **less),
    ]


def table(figures: Figures) -> str:
    """Return the latencies of all ways, in microseconds, and both rates."""
    rows = [["gateway, wire to wire", "p50 us", "p99 us", "p99.9 us"]]
    names = {
        "echo": "raw echo",
        "memory": "nothing written",
        "os": "written",
        "durable": "durable",
        "sync": "(one sync)",
    }
    for source, prefixes in ((figures.wire, names), (figures.crowd, {"good": "of 1,000", "bad": "with 31 bad ones"})):
        for prefix, name in prefixes.items():
            times = [f"{source[f'{prefix}_{key}_ns'] / 1e3:,.1f}" for key in ("p50", "p99", "p999")]
            rows.append([name, *times])
    rates = [f"{figures.wire[f'pipelined_{name}_per_s'] / 1e6:.3f}" for name in ("memory", "durable")]
    return f"\n{aligned(rows)}\n16 orders a send: {rates[0]} M/s, durable {rates[1]} M/s"
