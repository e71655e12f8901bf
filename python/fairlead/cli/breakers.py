"""``fairlead breakers``: which halting rules a recorded market would have tripped."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from fairlead.adapters.exports.halts import write_halts
from fairlead.adapters.exports.plot import PlotPathError, PlotUnavailableError, require_plot
from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.cli.exit_codes import ExitCode
from fairlead.cli.progress import shown_progress
from fairlead.cli.replay import MarketFormat
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.halt_tape import HaltTape
from fairlead.domain.market_replay.halts import BreakerReport, WouldHalt, clock_text, price_text
from fairlead.services.breakers import watch_breakers

HALTS_SHOWN_MAX = 20


def breakers(
    path: Annotated[Path, typer.Argument(help="A recording file, or the folder of one recording.")],
    *,
    market_format: Annotated[
        MarketFormat | None, typer.Option("--format", help="The format, where content and name do not tell it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png|.html", help="Draw prices, bands, halts and reopenings.")
    ] = None,
) -> None:
    """Report which halting rules a recorded market would trip.

    The default rules are used: 20 % from the last auction price, more than 10 % within 60 s or 300 s, a spread over 2 %
    for 3 s. A halt of the report ends after its documented time, because the recording went on without it.

    Exit codes: 0 done, with or without halts, 2 usage, 3 not found, 4 a damaged recording, 5 no plotting library.
    """
    raise typer.Exit(
        run(path, market_format=market_format.value if market_format else None, as_json=as_json, plot=plot)
    )


def run(path: Path, *, market_format: str | None, as_json: bool, plot: Path | None) -> int:
    """Run the command and return its exit code."""
    if not path.exists():
        return _fail(f"{path}: no such file or folder", code=ExitCode.NOT_FOUND)
    tape = None if plot is None else HaltTape()
    try:
        if plot is not None:
            require_plot(plot)
        report = _watch(path, market_format=market_format, tape=tape)
        if plot is not None and tape is not None:
            write_halts(plot, title=_title(report), tape=tape, grid=report.grid)
    except RecordingError as error:
        return _fail(str(error), code=ExitCode.DATA)
    except PlotPathError as error:
        return _fail(f"--plot: {error}", code=ExitCode.USAGE)
    except PlotUnavailableError as error:
        return _fail(str(error), code=ExitCode.UNAVAILABLE)
    if as_json:
        print(json.dumps(report.to_json(), sort_keys=True))
    else:
        _print_tables(report)
    return ExitCode.OK


def _watch(path: Path, *, market_format: str | None, tape: HaltTape | None) -> BreakerReport:
    from fairlead.services.replay_core import real_core

    recording = open_recording(path, market_format=market_format)
    with shown_progress("watching", unit="quotes and trades") as progress:
        return watch_breakers(recording, core=real_core(), tape=tape, progress=progress)


def _fail(text: str, *, code: ExitCode) -> ExitCode:
    print(f"fairlead breakers: {text}", file=sys.stderr)
    return code


def _title(report: BreakerReport) -> str:
    halts = f"{len(report.halts):,} halt{'' if len(report.halts) == 1 else 's'}"
    return f"{report.dataset}: {report.counts['prints']:,} trades, {halts} under the default rules"


def _print_tables(report: BreakerReport) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    summary = Table(title=f"{report.dataset} ({report.format})", show_header=False)
    summary.add_column("what")
    summary.add_column("count", justify="right")
    summary.add_row("from", clock_text(report.begin_ns))
    summary.add_row("to", clock_text(report.end_ns))
    for name, number in {**report.counts, **report.details}.items():
        summary.add_row(name.replace("_", " "), f"{number:,}")
    for rule, number in report.by_rule.items():
        summary.add_row(f"halts of the {rule} rule", f"{number:,}")
    console.print(summary)
    for halt in report.halts[:HALTS_SHOWN_MAX]:
        console.print(_line(halt, report=report), markup=False, soft_wrap=True)
    if len(report.halts) > HALTS_SHOWN_MAX:
        console.print(f"{len(report.halts) - HALTS_SHOWN_MAX:,} more (see --json)", markup=False)


def _line(halt: WouldHalt, *, report: BreakerReport) -> str:
    def shown(price_ticks: int | None) -> str:
        return price_text(price_ticks, grid=report.grid) or "none"

    if halt.price_ticks is None:
        why = f"bid {shown(halt.bid_ticks)}, ask {shown(halt.ask_ticks)}"
    else:
        why = f"{shown(halt.price_ticks)} is outside {shown(halt.low_ticks)} to {shown(halt.high_ticks)}"
    until = "a person ends it" if halt.waits else f"until {clock_text(halt.until_ns)}"
    return f"{clock_text(halt.ts_ns)} would have halted: {halt.rule}, {why}, {until}"
