"""``fairlead replay``: replay a recorded market and compare it with what the market printed."""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from fairlead.adapters.exports.plot import PlotPathError, PlotUnavailableError, require_plot, write_plot
from fairlead.adapters.feeds.replay.detect import FORMATS, Watchable, open_recording
from fairlead.cli.progress import shown_progress
from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.domain.market_replay.tape import Tape
from fairlead.services.replay import Core
from fairlead.services.replay import replay as run_replay

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_NOT_FOUND = 3
EXIT_DATA = 4
EXIT_UNAVAILABLE = 5

MarketFormat = Enum("MarketFormat", {name: name for name in FORMATS}, type=str)  # type: ignore[misc]


def _core() -> Core:
    from fairlead.services.replay_core import real_core

    return real_core()


def replay(
    path: Annotated[Path, typer.Argument(help="A recording file, or the folder of one recording.")],
    *,
    market_format: Annotated[
        MarketFormat | None, typer.Option("--format", help="The format, where content and name do not tell it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    perturb: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Add one lot to inbound order N; the comparison must notice."),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png|.html", help="Draw price, spread, imbalance and volume.")
    ] = None,
) -> None:
    """Replay a recorded market and compare trades and books.

    Exit codes: 0 all equal, 2 usage, 3 not found, 4 a difference or a damaged recording, 5 no plotting library.
    Rows are counted from 1 without the header.
    """
    raise typer.Exit(
        run(
            path,
            market_format=market_format.value if market_format else None,
            as_json=as_json,
            perturb=perturb,
            plot=plot,
        )
    )


def run(
    path: Path,
    *,
    market_format: str | None,
    as_json: bool,
    perturb: int | None,
    plot: Path | None,
    core: Core | None = None,
) -> int:
    """Run the command and return its exit code; ``core`` replaces the real engine in tests."""
    if not path.exists():
        return _fail(f"{path}: no such file or folder", code=EXIT_NOT_FOUND)
    tape = None if plot is None else Tape()
    try:
        if plot is not None:
            require_plot(plot)
        recording = open_recording(path, market_format=market_format)
        with shown_progress("replaying", unit="commands") as progress:
            result = run_replay(recording, core=core or _core(), perturb_row=perturb, tape=tape, progress=progress)
        if plot is not None and tape is not None:
            write_plot(plot, title=_title(result), points=tape.points, grid=recording.grid)
    except RecordingError as error:
        return _fail(str(error), code=EXIT_DATA)
    except PerturbRefusedError as error:
        return _fail(f"--perturb {perturb}: {error}", code=EXIT_USAGE)
    except PlotPathError as error:
        return _fail(f"--plot: {error}", code=EXIT_USAGE)
    except PlotUnavailableError as error:
        return _fail(str(error), code=EXIT_UNAVAILABLE)
    if as_json:
        print(json.dumps(result.to_json(), sort_keys=True))
    else:
        _print_table(result, recording=recording)
    return EXIT_OK if result.is_equal else EXIT_DATA


def _fail(text: str, *, code: int) -> int:
    print(f"fairlead replay: {text}", file=sys.stderr)
    return code


def _title(result: ReplayResult) -> str:
    proof = f"{result.trades_expected:,} trades" if result.trades_expected else f"{result.books_compared:,} books"
    return f"{result.dataset}: {result.commands:,} commands, {proof}"


def _print_table(result: ReplayResult, *, recording: Watchable) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{result.dataset} ({recording.format})", show_header=False)
    table.add_column("what")
    table.add_column("count", justify="right")
    table.add_row("commands", f"{result.commands:,}")
    table.add_row("events", f"{result.events:,}")
    table.add_row("trades equal", f"{result.trades_equal:,} of {result.trades_expected:,}")
    table.add_row("books equal", f"{result.books_equal:,} of {result.books_compared:,}")
    for name, value in sorted(result.details.items()):
        shown = f"{len(value):,} (see --json)" if isinstance(value, list) else str(value)
        table.add_row(name.replace("_", " "), shown)
    table.add_row("state hash", result.state_hash)
    table.add_row("commands/s in the core", f"{result.commands_per_second:,}")
    console = Console()
    console.print(table)
    first = result.first_difference
    if first is not None:
        console.print(f"first difference: {first.kind}, {first.where}", markup=False, soft_wrap=True)
        console.print(f"  expected {json.dumps(first.expected)}", markup=False, soft_wrap=True)
        console.print(f"  actual   {json.dumps(first.actual)}", markup=False, soft_wrap=True)
