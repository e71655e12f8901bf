"""``fairlead latency``: where the time of an engine's commands goes."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairlead.engine.keys import is_in_use
from fairlead.engine.latency import LatencyReport, StageLatency, read
from fairlead.errors import UnavailableError

# A running engine writes once a second; figures older than this are late.
_LATE_NS = 5_000_000_000
_SECOND_NS = 1_000_000_000
_HEAD = ("stage", "count", "p50", "p90", "p99", "p99.9", "max")


def latency(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The data directory of an engine.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print how long commands take in each stage of an engine.

    In nanoseconds, since the engine began.

    Works beside a running engine, whose figures are at most about a second old, and after it: then they are those of
    its last run, and say so. The stages are defined in docs/reference/latency.md; turn is how long bytes can have lain
    unread before any stamp.

    Example:  fairlead latency ./venue

    Exit codes: 0 done, 3 no such directory or no figures in it, 4 damaged figures, 5 the engine runs without stamps.
    """
    report = read(directory)
    runs = is_in_use(directory)
    if report.state == "off":
        who = "the engine runs" if runs else "the last engine here ran"
        raise UnavailableError(f"{who} without stamps: path={directory}; start it without --no-latency to have figures")
    age_ns = max(0, time.time_ns() - report.written_ns)
    if as_json:
        typer.echo(json.dumps(asdict(report) | {"age_ns": age_ns, "is_running": runs, "schema": 1}, sort_keys=True))
        return
    typer.echo(_about(report, age_ns=age_ns, runs=runs))
    for line in _table(report):
        typer.echo(line)
    for line in _missing(report):
        typer.echo(line)


def _about(report: LatencyReport, *, age_ns: int, runs: bool) -> str:
    age = f"{age_ns / _SECOND_NS:,.1f} s"
    if report.state == "ended":
        then = "the engine that has the directory now has not told any yet" if runs else "no engine runs"
        return f"figures of the last run, which ended {age} ago; {then}"
    if not runs:
        return f"figures of the last run, {age} old; its engine is gone without a clean end"
    if age_ns > _LATE_NS:
        return f"the engine runs, but its figures are {age} old: is the disk full?"
    return f"the engine runs; its figures are {age} old"


def _table(report: LatencyReport) -> list[str]:
    rows = [_HEAD, *(_row(stage) for stage in report.stages)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _row(stage: StageLatency) -> tuple[str, ...]:
    times = (stage.p50_ns, stage.p90_ns, stage.p99_ns, stage.p99_9_ns, stage.max_ns)
    # Where nothing was counted there is no time to show, least of all 0.
    shown = (f"{ns:,}" if stage.count else "-" for ns in times)
    return (stage.stage, f"{stage.count:,}", *shown)


def _missing(report: LatencyReport) -> list[str]:
    lines = [f"times in nanoseconds; one stamp costs {report.stamp_ns}"]
    if report.gone:
        lines.append(f"not in total: {report.gone:,} whose connection was gone before the answer was written")
    if report.unstamped:
        lines.append(f"in no stage: {report.unstamped:,} that were answered without stamps")
    return lines
