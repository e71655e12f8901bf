"""The tables behind the service: what a step costs, and how long queries take on tables of a stated size."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from harness import engines
from harness.report import Mark, aligned

_NS_PER_MS = 1e6
# Which table a name of the environment may give; one is started where there is none and PostgreSQL is installed.
_POSTGRES = "FAIRLEAD_TEST_POSTGRES"


@dataclass(slots=True)
class Figures:
    """What the driver said, by store; ``skipped`` says which was not there and why."""

    stores: dict[str, dict[str, Any]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def measure(*, commands: int) -> Figures:
    """Make a log of so many orders, feed it to each store there is, and ask each."""
    directory = engines.BUILD / "store"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    driver = [sys.executable, str(engines.BENCH / "drivers" / "tables.py"), str(directory / "log"), str(commands)]
    figures = Figures()
    figures.stores["sqlite"] = _run([*driver, f"sqlite:///{directory / 'store.db'}"])
    with _postgres(figures.skipped) as url:
        if url is not None:
            figures.stores["postgresql"] = _run([*driver, url])
    return figures


def marks(figures: Figures) -> list[Mark]:
    """Return the goals: processor time of an order in the tables, and the slowest query."""
    found = []
    for name, one in figures.stores.items():
        cost_us = 1e6 * one["cpu_s"] / one["orders"]
        slowest = max(_rank(times, 99) for times in one["queries"].values())
        found.append(Mark(mark=f"tables, {name}, cpu us an order", measured=cost_us, floor=120, aim=60, **_LESS))
        found.append(Mark(mark=f"queries, {name}, slowest p99, ms", measured=slowest, floor=100, aim=10, **_LESS))
    return found


def table(figures: Figures) -> str:
    """Return what steps and queries took."""
    rows = [["tables", "reports", "reports/s of cpu", "us a report", "us an order", "longest step ms"]]
    for name, one in figures.stores.items():
        per_s = one["reports"] / one["cpu_s"]
        costs = [f"{1e6 * one['cpu_s'] / one[of]:.1f}" for of in ("reports", "orders")]
        rows.append([name, f"{one['reports']:,}", f"{per_s:,.0f}", *costs, f"{1e3 * one['longest_step_s']:.1f}"])
    asked = [["query", *(f"{name} {rank}" for name in figures.stores for rank in ("p50 ms", "p99 ms"))]]
    for query in next(iter(figures.stores.values()))["queries"]:
        times = [one["queries"][query] for one in figures.stores.values()]
        asked.append([query, *(f"{_rank(it, per_cent):.2f}" for it in times for per_cent in (50, 99))])
    skipped = [f"skipped: {name}: {reason}" for name, reason in figures.skipped.items()]
    return "\n".join(["", aligned(rows), "", aligned(asked), *skipped])


_LESS = {"is_more_better": False}


def _rank(times_ns: list[int], per_cent: int) -> float:
    """Return a rank of sorted times in milliseconds."""
    return times_ns[(len(times_ns) - 1) * per_cent // 100] / _NS_PER_MS


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _postgres(skipped: dict[str, str]) -> Iterator[str | None]:
    """Yield where PostgreSQL is, ``None`` where it is not."""
    if (given := os.environ.get(_POSTGRES)) is not None:
        yield given
        return
    sys.path.append(str(engines.ROOT))
    # What starts it is what the tests have.
    from tests.services.postgres import Postgres
    from tests.services.process import MissingError

    try:
        server = Postgres()
    except MissingError as error:
        skipped["postgresql"] = str(error)
        yield None
        return
    try:
        yield server.url
    finally:
        server.stop()
