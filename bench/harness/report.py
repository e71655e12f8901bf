"""The tables people read: one per workload, and the goals with the ratios of this run."""

from dataclasses import dataclass
from typing import Any

from harness.rounds import Footprint, Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A ratio the project wants.

    Args:
        mark: the goal's name.
        ours, peer: names of engines.
        workload: where both are taken.
        floor, aim: wanted multiples of the peer's rate, > 0.
    """

    mark: str
    ours: str
    peer: str
    workload: str
    floor: float
    aim: float


GOALS = (
    Goal(mark="core book", ours="book", peer="textbook-cpp", workload="mixed", floor=2.9, aim=3.7),
    Goal(mark="core book", ours="book", peer="textbook-cpp", workload="deep", floor=3.9, aim=5.0),
    Goal(mark="core book", ours="book", peer="textbook-cpp", workload="itch", floor=2.8, aim=4.8),
    Goal(mark="core engine", ours="engine", peer="textbook-cpp", workload="mixed", floor=0.8, aim=1.2),
    Goal(mark="core engine", ours="engine", peer="textbook-cpp", workload="deep", floor=1.3, aim=2.7),
    Goal(mark="core engine", ours="engine", peer="textbook-cpp", workload="itch", floor=0.8, aim=1.4),
    Goal(mark="core engine", ours="engine", peer="exchange-core", workload="mixed", floor=2.0, aim=2.0),
    Goal(mark="python single", ours="py-handle", peer="bourse", workload="mixed", floor=1.0, aim=1.0),
    Goal(mark="python batch", ours="py-batch", peer="engine", workload="mixed", floor=0.7, aim=0.9),
)

RATIO_COLUMNS = ("book", "engine")
OURS = (*RATIO_COLUMNS, "py-handle", "py-submit", "py-batch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A figure the project wants by itself.

    Args:
        mark: the goal's name and unit.
        measured: in that unit; ``None`` where this run did not measure it.
        floor, aim: wanted values, in the same unit.
        is_more_better: whether a larger figure is the better one.
    """

    mark: str
    measured: float | None
    floor: float
    aim: float
    is_more_better: bool


@dataclass(frozen=True, slots=True)
class Protection:
    """What triggers, groups and halts cost those who do not use them, in nanoseconds of the thread."""

    stops: dict[str, int]
    groups: dict[str, int]
    halt: dict[str, int]


def marks(
    mixed: list[Measured],
    footprints: dict[str, Footprint],
    empty: dict[str, float],
    age: dict[str, int],
    protection: Protection,
) -> list[Mark]:
    """Return the goals that are figures and not ratios to a peer."""
    by_name = {result.engine.name: result for result in mixed}

    def rate(name: str) -> float | None:
        return by_name[name].rate() if name in by_name else None

    tail = by_name["engine"].percentile("p999_ns") if "engine" in by_name else None
    sizes = {name: size.bytes_per_order for name, size in footprints.items()}
    stops, groups, halt = protection.stops, protection.groups, protection.halt
    beside = stops["beside_ns"] / stops["alone_ns"]
    beside_groups = groups["beside_ns"] / groups["alone_ns"]
    trailing = stops[f"trade_ns_under_{stops['stops']}"] / stops["trade_ns_under_10"]
    less, more = {"is_more_better": False}, {"is_more_better": True}
    return [
        Mark(mark="core tail, p99.9 ns", measured=tail, floor=2_000, aim=600, **less),
        Mark(mark="core memory, book, B/order", measured=sizes.get("book"), floor=64, aim=48, **less),
        Mark(mark="core memory, engine, B/order", measured=sizes.get("engine"), floor=128, aim=96, **less),
        Mark(mark="core memory, empty, B", measured=empty.get("engine"), floor=65_536, aim=16_384, **less),
        Mark(mark="core age, old/young", measured=age["old_ns"] / age["young_ns"], floor=1.05, aim=1.0, **less),
        Mark(mark="core beside stops, times alone", measured=beside, floor=1.3, aim=1.0, **less),
        Mark(mark="core trade, all trailing/10", measured=trailing, floor=1.3, aim=1.0, **less),
        Mark(mark="core beside groups, times alone", measured=beside_groups, floor=1.3, aim=1.0, **less),
        Mark(mark="core halt of many orders, ms", measured=halt["halt_ns"] / 1e6, floor=50, aim=1, **less),
        Mark(mark="core mass cancel of them, ms", measured=halt["mass_cancel_ns"] / 1e6, floor=50, aim=20, **less),
        Mark(mark="python single, M/s", measured=rate("py-handle"), floor=1.5, aim=4.0, **more),
        Mark(mark="python convenience, M/s", measured=rate("py-submit"), floor=0.4, aim=1.0, **more),
    ]


def journal_marks(figures: dict[str, dict[str, int]]) -> list[Mark]:
    """Return the goals of the journal; its times are multiples of the bare sync of the same run."""
    raw = (figures["raw before"]["p50_ns"] + figures["raw after"]["p50_ns"]) / 2
    steady, endless = figures["group"], figures["group endless"]
    p50, p99 = steady["p50_ns"] / raw, steady["p99_ns"] / raw
    less = {"is_more_better": False}
    return [
        Mark(mark="journal, M/s durable", measured=endless["per_s"] / 1e6, floor=1, aim=3, is_more_better=True),
        Mark(mark="journal ack p50, times a sync", measured=p50, floor=2, aim=1.6, **less),
        Mark(mark="journal ack p99, times a sync's p50", measured=p99, floor=4, aim=3, **less),
    ]


def replay_marks(short: dict[str, int], long: dict[str, int]) -> list[Mark]:
    """Return the goals of recovery: of a log of a million commands, and of a longer one."""
    more = {"is_more_better": True}
    rate = 1e3 * long["commands"] / long["replay_ns"]
    share, seconds = long["core_ns"] / long["replay_ns"], short["replay_ns"] / 1e9
    return [
        Mark(mark="recovery, M/s replayed", measured=rate, floor=5, aim=10, **more),
        Mark(mark="recovery, share of core speed", measured=share, floor=0.5, aim=1, **more),
        Mark(mark="recovery of a million commands, s", measured=seconds, floor=1, aim=0.5, is_more_better=False),
    ]


def journal_table(figures: dict[str, dict[str, int]]) -> str:
    """Return what each mode of the journal makes of one million records a second, and of endless ones."""
    rows = [["journal", "M/s acked", "refused", "p50 us", "p99 us", "p99.9 us"]]
    for name, one in figures.items():
        times = [f"{one[key] / 1e3:,.0f}" for key in ("p50_ns", "p99_ns", "p999_ns")]
        rows.append([name, f"{one['per_s'] / 1e6:.3f}", f"{one['refused']:,}", *times])
    return f"\njournal, 1 M/s offered\n{aligned(rows)}"


def mark_table(wanted: list[Mark]) -> str:
    """Return the measured ones of the goals that are figures."""
    rows = [["goal", "measured", "floor", "aim", ""]]
    for one in wanted:
        if one.measured is None:
            continue
        sign = 1 if one.is_more_better else -1
        word = "aim" if sign * one.measured >= sign * one.aim else "floor"
        word = word if sign * one.measured >= sign * one.floor else "BELOW"
        rows.append([one.mark, f"{one.measured:,.2f}", f"{one.floor:,}", f"{one.aim:,}", word])
    return f"\ngoals that are figures of this machine\n{aligned(rows)}"


def codec_table(codecs: list[dict[str, Any]]) -> str:
    """Return what each codec costs beside ours, the only one that checks everything it reads."""
    ours = {row["message"]: row for row in codecs if row["codec"] == "fairlead"}
    rows = [["message", "codec", "bytes", "encode ns", "decode ns", "encode ratio", "decode ratio"]]
    for row in codecs:
        own = ours[row["message"]]
        costs = [f"{row[key] / 1_000:.1f}" for key in ("encode_ps", "decode_ps")]
        ratios = [f"{row[key] / own[key]:.2f}x" for key in ("encode_ps", "decode_ps")]
        rows.append([row["message"], row["codec"], str(row["bytes"]), *costs, *ratios])
    return f"\ncodecs, processor time a message\n{aligned(rows)}"


def workload_table(name: str, results: list[Measured], footprints: dict[str, Footprint]) -> str:
    """Return one workload's table; ratios say how many times a row's rate each of our engines makes."""
    rates = {result.engine.name: result.rate() for result in results}
    ours = [engine for engine in RATIO_COLUMNS if rates.get(engine)]
    head = ["engine", "M/s", "min-max", "p50/p99/p99.9 ns", "B/order", *(f"{engine} is" for engine in ours), "fills"]
    rows = [_row(result, rates, ours, footprints) for result in results]
    return f"\n{name}\n{aligned([head, *rows])}"


def goal_table(measured: dict[str, list[Measured]]) -> str:
    """Return the goals that this run can judge.

    *textbook* in the goals is the C++ one, as its figures were the ones the goals were set by; the last column is the
    ratio to the plain book in Rust, whose queues are linked through one array and which is the faster of the two.
    """
    rates = {
        (workload, result.engine.name): result.rate() for workload, results in measured.items() for result in results
    }
    rows = [["goal", "workload", "ratio to", "measured", "floor", "aim", "", "to textbook-rs"]]
    for goal in GOALS:
        ours, peer = rates.get((goal.workload, goal.ours)), rates.get((goal.workload, goal.peer))
        if ours is None or peer is None:
            continue
        ratio = ours / peer
        word = "aim" if ratio >= goal.aim else "floor" if ratio >= goal.floor else "BELOW"
        plain, is_plain = rates.get((goal.workload, "textbook-rs")), goal.peer == "textbook-cpp"
        figures = [
            f"{ratio:.2f}x",
            f"{goal.floor}x",
            f"{goal.aim}x",
            word,
            f"{ours / plain:.2f}x" if plain and is_plain else "",
        ]
        rows.append([goal.mark, goal.workload, goal.peer, *figures])
    return f"\ngoals\n{aligned(rows)}"


def _row(
    result: Measured, rates: dict[str, float | None], ours: list[str], footprints: dict[str, Footprint]
) -> list[str]:
    name, rate = result.engine.name, result.rate()
    if result.failure is not None or rate is None:
        return [name, "failed", "", "", "", *("" for _ in ours), result.failure or "no pass"]
    spread = result.rates()
    size = footprints.get(name)
    mark = " wall" if result.engine.clock == "wall" else ""
    return [
        name,
        f"{rate:.2f}{mark}",
        f"{min(spread):.2f}-{max(spread):.2f}",
        _percentiles(result),
        "" if size is None else _bytes(size),
        *(f"{(rates[engine] or 0) / rate:.2f}x" for engine in ours),
        result.verdict,
    ]


def _bytes(size: Footprint) -> str:
    apart = f"+{size.apart_per_order:.0f}" if size.apart_per_order else ""
    return f"{size.bytes_per_order:.0f}{apart}"


def _percentiles(result: Measured) -> str:
    values = [result.percentile(key) for key in ("p50_ns", "p99_ns", "p999_ns")]
    return "/".join("" if value is None else f"{value:.0f}" for value in values) if result.latencies else ""


def aligned(rows: list[list[str]]) -> str:
    """Return rows as a table with a line under its first."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])
