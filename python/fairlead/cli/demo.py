"""``fairlead demo``: a seeded market of agents on the real engine, live in the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.errors import NotFoundError

if TYPE_CHECKING:
    from rich.console import Console

    from fairlead.services.demo import DemoSession

# What a run without a terminal lasts where nothing else is said, in seconds.
SECONDS_UNSEEN = 10.0
COMMANDS_MAX = 1_000_000_000


def demo(
    *,
    seed: Annotated[int, typer.Option(min=0, max=2**64 - 1, help="Chooses the market.")] = 7,
    symbol: Annotated[str, typer.Option(metavar="SYMBOL", help="AAPL, SPY, QQQ, BTC-USD or ETH-USD.")] = "AAPL",
    rate: Annotated[int, typer.Option(min=1, max=1_000_000, help="Commands per second of the market's time.")] = 2_000,
    speed: Annotated[float, typer.Option(min=0.01, max=100, help="Seconds of the market's time per second.")] = 1.0,
    seconds: Annotated[
        float | None,
        typer.Option(min=0.01, max=1e6, help="Stop after so long; without a terminal 10, and without waiting."),
    ] = None,
    commands: Annotated[
        int | None,
        typer.Option(min=1, max=COMMANDS_MAX, help="Run so many commands at once and print the state hash."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, show nothing live.")] = False,
    export_svg: Annotated[Path | None, typer.Option("--export-svg", hidden=True)] = None,
) -> None:
    """Watch a market of agents trade on the real engine.

    Shows ladder, trades, imbalance, rate and latency.

    Keys: q quits, arrows or tab or a digit choose another symbol. The same seed, rate and number of commands give the
    same state hash, which is printed at the end. Nothing is recorded and nothing leaves this machine.
    """
    if commands is not None and seconds is not None:
        raise typer.BadParameter("give --commands or --seconds, not both")
    from rich.console import Console

    from fairlead.cli.demo_summary import print_books, print_closing, print_json
    from fairlead.services.demo import WARM_COMMANDS, DemoSession

    session = DemoSession(seed=seed, rate=rate)
    symbol = _known(symbol, session=session)
    console = Console(highlight=False)
    is_live = commands is None and not as_json and export_svg is None and _is_watched(console)
    if commands is not None:
        session.run_to(commands)
    else:
        session.run_to(WARM_COMMANDS)
        if is_live:
            from fairlead.cli.demo_live import show

            symbol = show(session, console=console, symbol=symbol, seed=seed, speed=speed, seconds=seconds)
        else:
            _run_unseen(session, seconds=SECONDS_UNSEEN if seconds is None else seconds, speed=speed)
    if as_json:
        print_json(session, seed=seed, rate=rate)
        return
    if not is_live:
        print_books(session, console=console, symbol=symbol)
    print_closing(session, console=console, seed=seed, rate=rate)
    if export_svg is not None:
        _export(session, path=export_svg, symbol=symbol, seed=seed, rate=rate)


def _known(symbol: str, *, session: DemoSession) -> str:
    """The symbol as the market spells it."""
    for known in session.symbols:
        if known.casefold() == symbol.casefold():
            return known
    raise NotFoundError(f"unknown symbol: symbol={symbol}; one of {', '.join(session.symbols)}")


def _is_watched(console: Console) -> bool:
    return console.is_terminal and not console.is_dumb_terminal


def _run_unseen(session: DemoSession, *, seconds: float, speed: float) -> None:
    end_ns = session.totals().ts_ns + int(seconds * speed * 1e9)
    session.run_until(end_ns, commands_max=COMMANDS_MAX)


def _export(session: DemoSession, *, path: Path, symbol: str, seed: int, rate: int) -> None:
    from fairlead.cli.demo_picture import PICTURE_HEIGHT, PICTURE_WIDTH, write_picture
    from fairlead.cli.demo_screen import UNICODE, Frame, draw, levels_for

    levels = levels_for(PICTURE_HEIGHT)
    totals = session.totals()
    frame = Frame(
        view=session.view(symbol, levels=levels, prints=2 * levels + 1),
        totals=totals,
        symbols=session.symbols,
        seed=seed,
        # Nobody waited for the clock here, so these are the rates of the market's own time: what a watcher sees.
        commands_per_second=rate,
        events_per_second=round(totals.events * rate / totals.commands),
    )
    try:
        write_picture(path, frame=draw(frame, width=PICTURE_WIDTH, height=PICTURE_HEIGHT, glyphs=UNICODE))
    except OSError as error:
        print(f"fairlead demo: --export-svg: {error}", file=sys.stderr)
        raise typer.Exit(ExitCode.UNAVAILABLE) from error
