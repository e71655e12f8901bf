"""``fairlead crash``: watch a flash crash run into bands, halt and reopening."""

import json
from pathlib import Path
from typing import Annotated

import typer

from fairlead.adapters.exports.halts import write_halts
from fairlead.adapters.exports.plot import PlotPathError, PlotUnavailableError, require_plot
from fairlead.cli.exit_codes import ExitCode
from fairlead.model import events as ev
from fairlead.services.crash import GRID, Crash
from fairlead.services.crash import crash as play_crash


def crash(
    *,
    seed: Annotated[int, typer.Option(min=0, help="Draws the random end of the reopening call.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.png|.html", help="Draw prices, bands, halt and reopening.")
    ] = None,
) -> None:
    """Play a flash crash under the default halting rules.

    Like that of 2010-05-06, on the real engine: fifteen minutes of quotes, a seller who does not stop, stops that add
    to it, the band that ends it, the reopening.

    Exit codes: 0 done, 2 usage, 5 no plotting library.
    """
    try:
        if plot is not None:
            require_plot(plot)
        played = play_crash(seed=seed)
        if plot is not None:
            write_halts(plot, title="a crash like that of 2010-05-06, default rules", tape=played.tape, grid=GRID)
    except PlotPathError as error:
        typer.echo(f"fairlead crash: --plot: {error}", err=True)
        raise typer.Exit(ExitCode.USAGE) from None
    except PlotUnavailableError as error:
        typer.echo(f"fairlead crash: {error}", err=True)
        raise typer.Exit(ExitCode.UNAVAILABLE) from None
    typer.echo(json.dumps(_as_json(played)) if as_json else _as_text(played))


def _as_json(played: Crash) -> dict[str, object]:
    broken = [event for event in played.events if isinstance(event, ev.BandBroken)]
    return {
        "transitions": [{"at_s": at, "state": state} for at, state in played.transitions],
        "bands_broken": [
            {"price": str(event.price), "low": str(event.low), "high": str(event.high), "rule": event.rule}
            for event in broken
        ],
        "trades": played.count(ev.Trade),
        "triggered": played.count(ev.OrderTriggered),
    }


def _as_text(played: Crash) -> str:
    lines = [f"{played.count(ev.Trade):,} trades, {played.count(ev.OrderTriggered)} stops triggered"]
    for event in played.events:
        if isinstance(event, ev.BandBroken):
            band = f"{event.low} to {event.high}"
            lines.append(f"a trade at {event.price} would have broken the {event.rule} band {band} and did not print")
    lines += [f"{at:8.3f} s  {state}" for at, state in played.transitions]
    return "\n".join(lines)
