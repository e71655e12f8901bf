"""Serves one Python engine to ``bench/run``: ``python_bench.py ENGINE FILE``, requests on standard input.

Requests are those of ``bench/core/src/serve.rs``: ``check``, ``pass``, ``latency``. A pass is one loop over prepared
records, so that what is timed is the call and the little Python around it that any caller needs.
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

from drivers.workload import Engine, Workload, digest

SAMPLE_STRIDE = 7

# Module and class of each engine: imported by name, as no one environment has all of them.
ENGINES = {
    "bourse": ("drivers.bourse", "Bourse"),
    "handle": ("drivers.fairlead_calls", "HandleCalls"),
    "submit": ("drivers.fairlead_calls", "SubmitCalls"),
    "batch": ("drivers.fairlead_batch", "BatchCalls"),
}


def check(workload: Workload, engine: Engine) -> dict[str, int | str]:
    """Carry out everything and sum the fills."""
    fills = engine.run_reported(workload.preload) + engine.run_reported(workload.measured)
    return {
        "fills": len(fills),
        "qty": sum(qty for _, _, _, qty in fills),
        "notional": sum(px * qty for _, _, px, qty in fills),
        "hash": digest(fills),
        "rest": engine.resting(),
    }


def timed_pass(workload: Workload, engine: Engine) -> dict[str, int]:
    """Preload, then time the rest as one stretch."""
    engine.run(workload.preload)
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    engine.run(workload.measured)
    cpu_ns, wall_ns = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    return {"wall_ns": wall_ns, "cpu_ns": cpu_ns, "commands": len(workload.measured), "rest": engine.resting()}


def latency(workload: Workload, engine: Engine) -> dict[str, int]:
    """Preload, then time one command in seven; the cost of the clock and of an empty call is taken off."""
    engine.run(workload.preload)
    clock_ns = _empty_cost_ns(engine)
    samples = []
    clock, run = time.perf_counter_ns, engine.run
    measured = workload.measured
    for at in range(0, len(measured), SAMPLE_STRIDE):
        timed, rest = measured[at : at + 1], measured[at + 1 : at + SAMPLE_STRIDE]
        start = clock()
        run(timed)
        samples.append(max(0, clock() - start - clock_ns))
        run(rest)
    samples.sort()

    def rank(per_mille: int) -> int:
        return samples[(len(samples) - 1) * per_mille // 1000]

    return {
        "samples": len(samples),
        "clock_ns": clock_ns,
        "p50_ns": rank(500),
        "p99_ns": rank(990),
        "p999_ns": rank(999),
        "max_ns": rank(1000),
    }


def _empty_cost_ns(engine: Engine) -> int:
    costs = []
    for _ in range(10_001):
        start = time.perf_counter_ns()
        engine.run(())
        costs.append(time.perf_counter_ns() - start)
    return sorted(costs)[len(costs) // 2]


def main() -> int:
    """Answer requests until the input ends."""
    if len(sys.argv) != 3 or sys.argv[1] not in ENGINES:
        print(f"usage: python_bench.py {'|'.join(ENGINES)} FILE", file=sys.stderr)
        return 2
    module, name = ENGINES[sys.argv[1]]
    start, workload = getattr(import_module(module), name), Workload.read(Path(sys.argv[2]))
    requests = {"check": check, "pass": timed_pass, "latency": latency}
    for line in sys.stdin:
        answer = requests[line.strip()](workload, start(workload))
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
