"""What is measured: every engine, how to build it, and why it is missing where it cannot be had."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BENCH = ROOT / "bench"
BUILD = ROOT / "target" / "bench"
BOURSE_VERSION = "0.4.0"
BUILD_SECONDS_MAX = 900

# Parts of the JDK that exchange-core's libraries reach into, closed by default since Java 16.
_JAVA_OPENINGS = (
    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED",
)


class UnavailableError(Exception):
    """An engine cannot be built here; the message is the reason shown in the report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine to be measured.

    Args:
        name: unique, used in tables and results.
        note: what it is, for the reader of the table.
        build: makes it ready and returns the command that serves requests; the workload file is appended.
        clock: ``"cpu"`` for one thread, ``"wall"`` where several threads share the work.
        warm_up: passes before the measured ones, >= 0; a Java engine compiles itself meanwhile.
        is_slow: seconds a pass: measured fewer times.
        has_latency: whether one command can be timed alone.
        workloads: names of the workloads it can run.
    """

    name: str
    note: str
    build: Callable[[], list[str]]
    clock: str = "cpu"
    warm_up: int = 1
    is_slow: bool = False
    has_latency: bool = True
    workloads: tuple[str, ...] = ("mixed", "deep", "itch")


def all_engines() -> list[Engine]:
    """Return every engine of the core table, ours first."""
    return [
        Engine(name="book", note="crate book alone", build=lambda: [*bench_core(), "book"]),
        Engine(
            name="engine",
            note="engine.apply: accounts, fees, STP, client ids",
            build=lambda: [*bench_core(), "engine"],
        ),
        Engine(name="textbook-cpp", note="std::map, std::list, std::unordered_map", build=_textbook_cpp),
        Engine(name="textbook-rs", note="BTreeMap, linked slab, HashMap", build=lambda: [*bench_core(), "textbook"]),
        Engine(
            name="exchange-core-book",
            note="exchange-core 0.5.3, OrderBookDirectImpl on one thread",
            build=lambda: _exchange_core("matcher"),
            warm_up=3,
        ),
        Engine(
            name="exchange-core",
            note="exchange-core 0.5.3 whole: accounts, fees, rings, several threads",
            build=lambda: _exchange_core("core"),
            clock="wall",
            warm_up=3,
            has_latency=False,
        ),
        Engine(name="orderbook-rs", note="crate orderbook-rs 0.15.3", build=_orderbook_rs, warm_up=0, is_slow=True),
        _python("bourse", f"bourse {BOURSE_VERSION} from Python, a call a command", _bourse),
        _python("py-handle", "fairlead, handle of integers, a call a command", lambda: _fairlead("handle")),
        _python("py-submit", "fairlead, submit with decimal texts, a call a command", lambda: _fairlead("submit")),
        _python("py-batch", "fairlead, NumPy records of 1,000 a call", lambda: _fairlead("batch"), has_latency=False),
    ]


def _python(name: str, note: str, build: Callable[[], list[str]], *, has_latency: bool = True) -> Engine:
    return Engine(
        name=name,
        note=note,
        build=build,
        warm_up=0,
        is_slow=True,
        has_latency=has_latency,
        workloads=("mixed",),
    )


def write_workload(name: str) -> Path:
    """Write the named workload below ``target/`` where it is not there yet, and return its path."""
    path = BUILD / f"{name}.bin"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        run([*bench_core(), "write", name, str(partial)], cwd=ROOT)
        partial.replace(path)
    return path


def run(command: list[str], *, cwd: Path) -> None:
    """Run a build step; its last line of output is the reason where it fails."""
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=BUILD_SECONDS_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"{command[0]}: {error}") from error
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise UnavailableError(f"{command[0]} failed: {lines[-1].strip() if lines else done.returncode}")


def _cargo_build(manifest: Path, package: str, target: Path) -> Path:
    command = ["cargo", "build", "--release", "--quiet", "--manifest-path", str(manifest), "-p", package]
    run([*command, "--target-dir", str(target)], cwd=ROOT)
    return target / "release" / package


def bench_core() -> list[str]:
    """Build our own measuring programs and return the command of the first."""
    return [str(_cargo_build(ROOT / "Cargo.toml", "bench-core", ROOT / "target"))]


def _orderbook_rs() -> list[str]:
    manifest = BENCH / "peers" / "orderbook-rs" / "Cargo.toml"
    return [str(_cargo_build(manifest, "orderbook-rs-peer", BUILD / "orderbook-rs"))]


def _textbook_cpp() -> list[str]:
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        raise UnavailableError("no C++ compiler found")
    BUILD.mkdir(parents=True, exist_ok=True)
    program = BUILD / "textbook"
    source = BENCH / "peers" / "textbook.cpp"
    run([compiler, "-O2", "-std=c++17", str(source), "-o", str(program)], cwd=BENCH)
    return [str(program)]


def _exchange_core(part: str) -> list[str]:
    for tool in ("java", "mvn"):
        if shutil.which(tool) is None:
            raise UnavailableError(f"{tool} not found")
    peer = BENCH / "peers" / "exchange-core"
    run(["mvn", "-q", "-B", "compile"], cwd=peer)
    classes = f"{peer / 'target' / 'classes'}:{peer / 'target' / 'lib' / '*'}"
    # Of the waits that leave room for the other threads on two cores, yielding is the fastest here.
    options = ["-Dpeer.wait=YIELDING", "-XX:+UseParallelGC", "-Xms4g", "-Xmx6g", *_JAVA_OPENINGS]
    return ["java", *options, "-cp", classes, "peer.Main", part]


def _fairlead(engine: str) -> list[str]:
    python = ROOT / ".venv" / "bin" / "python"
    if not python.exists():
        raise UnavailableError("no .venv: run make setup")
    run([str(python), "-c", "import fairlead, numpy"], cwd=ROOT)
    return [str(python), str(BENCH / "python_bench.py"), engine]


def age(lifetime_ids: int) -> dict[str, int]:
    """Return the cost of a command early and late in the life of one exchange of ``lifetime_ids`` orders."""
    command = [*bench_core(), "age", str(lifetime_ids)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, int] = json.loads(done.stdout)
    return answer


def codecs(passes: int) -> list[dict[str, Any]]:
    """Return what bytes cost: one row for each codec on each kind of message, in turn over ``passes`` passes."""
    return list(_lines("codec", str(passes)))


def _lines(*words: str) -> list[dict[str, Any]]:
    command = [*bench_core(), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def groups(resting: int) -> dict[str, int]:
    """Return the cost of a command without and beside ``resting`` groups."""
    return _lines("groups", str(resting))[0]


def halt(orders: int) -> dict[str, int]:
    """Return what a halt, cancels in it and a mass cancel cost with ``orders`` open, and as many elsewhere."""
    return _lines("halt", str(orders), str(orders))[0]


def image(orders: int) -> dict[str, int]:
    """Return the size of a state image with ``orders`` at rest, and what writing and loading it costs."""
    return _lines("image", str(orders))[0]


def replay(commands: int) -> dict[str, int]:
    """Return how long a log of ``commands`` takes to become a state again, and the bare engine over the same."""
    return _lines("recovery", str(BUILD / "recovery"), str(commands))[0]


def stops(waiting: int) -> dict[str, int]:
    """Return the cost of a command without and beside ``waiting`` stops, and of a trade under trailing ones."""
    lines = _lines("stops", str(waiting))
    under = {f"trade_ns_under_{line['trailing']}": line["trade_ns"] for line in lines[1:]}
    return {**lines[0], **under}


def journal(milliseconds: int) -> dict[str, dict[str, int]]:
    """Return records a second and times to acknowledgement of the journal in each mode, and of the bare sync."""
    lines = _lines("journal", str(BUILD / "journal"), str(milliseconds))
    return {str(line.pop("what")): line for line in lines}


def _bourse() -> list[str]:
    venv = BUILD / "venv"
    python = venv / "bin" / "python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(venv)], cwd=ROOT)
    run([str(python), "-m", "pip", "install", "--quiet", f"bourse=={BOURSE_VERSION}"], cwd=ROOT)
    return [str(python), str(BENCH / "python_bench.py"), "bourse"]
