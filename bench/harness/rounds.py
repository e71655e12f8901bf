"""Measures all engines of one workload in turn, round after round, so that a busy neighbour hits them alike."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from harness.engines import Engine
from harness.session import Answer, PeerFailedError, Session, Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often to measure.

    Args:
        passes: interleaved passes of each fast engine, >= 1.
        slow_passes: passes of an engine whose pass takes seconds, >= 1.
        latency_passes: passes with sampled timestamps, >= 1.
    """

    passes: int
    slow_passes: int
    latency_passes: int


@dataclass(slots=True, kw_only=True)
class Measured:
    """All raw figures of one engine on one workload."""

    engine: Engine
    verdict: str = "not checked"
    passes: list[Answer] = field(default_factory=list)
    latencies: list[Answer] = field(default_factory=list)
    failure: str | None = None

    def rate(self) -> float | None:
        """Median million commands a second by the engine's clock, ``None`` where nothing was measured."""
        rates = self.rates()
        return median(rates) if rates else None

    def rates(self) -> list[float]:
        """Million commands a second of each pass."""
        key = f"{self.engine.clock}_ns"
        return [1e3 * int(one["commands"]) / int(one[key]) for one in self.passes]

    def percentile(self, name: str) -> float | None:
        """Median over the latency passes of one percentile in nanoseconds."""
        return median(int(one[name]) for one in self.latencies) if self.latencies else None


def measure(workload: Path, commands: dict[str, list[str]], engines: list[Engine], *, plan: Plan) -> list[Measured]:
    """Measure every engine on a workload file; a failing engine is reported, not hidden."""
    results = [Measured(engine=engine) for engine in engines]
    totals = Totals.read(workload)
    with ExitStack() as stack:
        sessions = {
            engine.name: stack.enter_context(Session(engine.name, [*commands[engine.name], str(workload)]))
            for engine in engines
        }
        for result in results:
            _guarded(result, lambda one: _prepare(one, sessions[one.engine.name], totals))
        for number in range(plan.passes):
            for result in results:
                if number < _passes(result.engine, plan):
                    _guarded(result, lambda one: one.passes.append(sessions[one.engine.name].ask("pass")))
        for number in range(plan.latency_passes):
            for result in results:
                if result.engine.has_latency and number < (1 if result.engine.is_slow else plan.latency_passes):
                    _guarded(result, lambda one: one.latencies.append(sessions[one.engine.name].ask("latency")))
    return results


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """Resident memory of one engine on the preload of a workload.

    Args:
        bytes_per_order: of everything that grows with resting orders, > 0.
        apart_per_order: of what a goal counts apart (remembered client ids), >= 0.
    """

    bytes_per_order: float
    apart_per_order: float


# Keeps what the allocator gave back from staying resident: its threshold otherwise follows the largest freed block.
_MEMORY_ENVIRONMENT = {"MALLOC_MMAP_THRESHOLD_": "131072"}


def memory(workload: Path, command: list[str], engine: Engine) -> Footprint:
    """Measure resident bytes per resting order, in a process of its own."""
    with Session(engine.name, [*command, str(workload)], _MEMORY_ENVIRONMENT) as session:
        answer = session.ask("memory")
    held, apart = int(answer["held"]), int(answer.get("apart_bytes", 0))
    return Footprint(
        bytes_per_order=(int(answer["resident_bytes"]) - apart) / held,
        apart_per_order=apart / held,
    )


def empty_instrument(workload: Path, command: list[str], engine: Engine, *, n_sym: int = 1_000) -> float:
    """Return resident bytes of one instrument without orders, averaged over ``n_sym`` of them."""
    with Session(engine.name, [*command, str(workload)], _MEMORY_ENVIRONMENT) as session:
        answer = session.ask(f"empty {n_sym}")
    return int(answer["resident_bytes"]) / int(answer["held"])


def _passes(engine: Engine, plan: Plan) -> int:
    return plan.slow_passes if engine.is_slow else plan.passes


def _prepare(result: Measured, session: Session, totals: Totals) -> None:
    result.verdict = totals.verdict(session.ask("check"))
    for _ in range(result.engine.warm_up):
        session.ask("pass")


def _guarded(result: Measured, step: Callable[[Measured], object]) -> None:
    """Run a step of one engine unless it failed before."""
    if result.failure is not None:
        return
    try:
        step(result)
    except PeerFailedError as error:
        result.failure = str(error)
