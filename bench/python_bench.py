"""Serves one Python engine to ``bench/run``: ``python_bench.py ENGINE FILE``, requests on standard input.

Requests are those of ``bench/core/src/serve.rs``: ``check``, ``pass``, ``latency``. A pass is one loop over prepared
records, so that what is timed is the call and the little Python around it that any caller needs.
"""

import json
import struct
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol

HEADER_BYTES = 128
HASH_START = 1_469_598_103_934_665_603
HASH_PRIME = 1_099_511_628_211
WORD_MASK = (1 << 64) - 1
SAMPLE_STRIDE = 7

ADD, CANCEL, REDUCE, REPLACE, IOC = range(5)

# id, price in ticks, quantity in lots, symbol, command, side (0 buys), number of the record.
Record = tuple[int, int, int, int, int, int, int]
# maker id, taker id, price in ticks, quantity in lots.
Fill = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A workload file in memory.

    Args:
        preload, measured: records before and after the clock starts.
        max_id: largest order id.
        n_sym: number of symbols.
    """

    preload: Sequence[Record]
    measured: Sequence[Record]
    max_id: int
    n_sym: int

    @classmethod
    def read(cls, path: Path) -> "Workload":
        """Read a workload file."""
        content = path.read_bytes()
        n_pre, _, max_id, _, n_sym = struct.unpack_from("<5Q", content, 8)
        records: list[Record] = list(struct.iter_unpack("<QqIHBBQ", content[HEADER_BYTES:]))
        return cls(preload=records[:n_pre], measured=records[n_pre:], max_id=max_id, n_sym=n_sym)


class Engine(Protocol):
    """One engine driven by records."""

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records in order."""

    def fills(self) -> list[Fill]:
        """Return all fills so far, in order."""

    def resting(self) -> int:
        """Return the number of orders resting."""


class Bourse:
    """The order book of the package ``bourse``: one instrument, ids given by the book, time set by the caller."""

    def __init__(self, workload: Workload) -> None:
        """Start an empty book."""
        # The peer is installed in an environment of its own, which a type checker does not see.
        self._book = import_module("bourse").core.OrderBook(0, 1)
        self._theirs = [0] * (workload.max_id + 1)
        self._ours: list[int] = []

    def run(self, records: Sequence[Record]) -> None:
        """Carry out records; an IOC is a limit order whose rest is canceled at once."""
        book, theirs, ours = self._book, self._theirs, self._ours
        set_time, place, cancel, modify = book.set_time, book.place_order, book.cancel_order, book.modify_order
        for order_id, px, qty, _, command, side, number in records:
            set_time(number + 1)
            if command == CANCEL:
                cancel(theirs[order_id])
            elif command == REDUCE:
                modify(theirs[order_id], new_vol=qty)
            else:
                if command == REPLACE:
                    cancel(theirs[order_id])
                given = place(side == 0, qty, 0, price=px)
                theirs[order_id] = given
                ours.append(order_id)
                if command == IOC:
                    cancel(given)

    def fills(self) -> list[Fill]:
        """Return the trades by our ids."""
        ours = self._ours
        return [(ours[maker], ours[taker], px, qty) for _, _, px, qty, taker, maker in self._book.get_trades()]

    def resting(self) -> int:
        """Count the orders whose status is active."""
        return sum(1 for order in self._book.get_orders() if order[1] == 1)


ENGINES: dict[str, type[Bourse]] = {"bourse": Bourse}


def check(workload: Workload, engine: Engine) -> dict[str, int | str]:
    """Carry out everything and sum the fills."""
    engine.run(workload.preload)
    engine.run(workload.measured)
    fills = engine.fills()
    digest = HASH_START
    for fill in fills:
        for word in fill:
            digest = ((digest ^ word) * HASH_PRIME) & WORD_MASK
    return {
        "fills": len(fills),
        "qty": sum(qty for _, _, _, qty in fills),
        "notional": sum(px * qty for _, _, px, qty in fills),
        "hash": f"{digest:016x}",
        "rest": engine.resting(),
    }


def timed_pass(workload: Workload, engine: Engine) -> dict[str, int]:
    """Preload, then time the rest as one stretch."""
    engine.run(workload.preload)
    wall, cpu = time.perf_counter_ns(), time.thread_time_ns()
    engine.run(workload.measured)
    cpu_ns, wall_ns = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    return {"wall_ns": wall_ns, "cpu_ns": cpu_ns, "commands": len(workload.measured)}


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
    start, workload = ENGINES[sys.argv[1]], Workload.read(Path(sys.argv[2]))
    requests = {"check": check, "pass": timed_pass, "latency": latency}
    for line in sys.stdin:
        answer = requests[line.strip()](workload, start(workload))
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
