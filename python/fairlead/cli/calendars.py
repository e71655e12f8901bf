"""``fairlead calendars``: when the markets of a venue open and close, for who owns its machine."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from fairlead.cli.libraries import service_libraries
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings
from fairlead.errors import NotFoundError

if TYPE_CHECKING:
    from fairlead.bootstrap.stored_calendars import StoredCalendars

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

T = TypeVar("T")
_Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="The market.")]
_Data = Annotated[
    Path | None, typer.Option("--data", "--home", metavar="DIR", help="Data directory [engine.data_dir].")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def root() -> None:
    """Say when the markets of a venue open and close.

    Works on the store of a data directory, or of store.url, whether a service runs on it or not; one that runs follows
    within seconds.

    Example:  fairlead calendars set AAPL nyse.json --data ./venue
    """


@app.command("list")
def list_calendars(*, data: _Data = None, file: ConfigFile = None, sets: Sets = None, as_json: _Json = False) -> None:
    """Print each market that has a calendar, and what comes next.

    Example:  fairlead calendars list --data ./venue
    """
    every = _with_store(lambda calendars: calendars.every(), data=data, file=file, sets=sets)
    if as_json:
        typer.echo(json.dumps({"calendars": every, "schema": 1}, sort_keys=True))
        return
    for told in every:
        typer.echo(_line(told))


@app.command()
def show(
    symbol: _Symbol, *, data: _Data = None, file: ConfigFile = None, sets: Sets = None, as_json: _Json = False
) -> None:
    """Print the calendar of a market.

    Exit codes: 0 done, 3 it has none.

    Example:  fairlead calendars show AAPL --data ./venue --json
    """
    told = _with_store(lambda calendars: calendars.get(symbol), data=data, file=file, sets=sets)
    typer.echo(json.dumps(told | {"schema": 1}, sort_keys=True) if as_json else _line(told))


@app.command("set")
def set_calendar(
    symbol: _Symbol,
    source: Annotated[str, typer.Argument(metavar="FILE", help="JSON as the API takes it; -: standard input.")],
    *,
    data: _Data = None,
    file: ConfigFile = None,
    sets: Sets = None,
    as_json: _Json = False,
) -> None:
    """Let a market follow a calendar.

    Exit codes: 0 done, 2 a calendar that cannot be, 3 no such file.

    Example:  fairlead calendars set BTC-USD - <<< '{"always": true}'
    """
    raw = _read(source)
    told = _with_store(lambda calendars: calendars.set(symbol, raw), data=data, file=file, sets=sets)
    typer.echo(json.dumps(told | {"schema": 1}, sort_keys=True) if as_json else _line(told))


@app.command()
def remove(symbol: _Symbol, *, data: _Data = None, file: ConfigFile = None, sets: Sets = None) -> None:
    """Let a market stay in the state it is in.

    Exit codes: 0 done, 3 it has no calendar.

    Example:  fairlead calendars remove AAPL --data ./venue
    """
    _with_store(lambda calendars: calendars.remove(symbol), data=data, file=file, sets=sets)


def _read(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise NotFoundError(f"the calendar cannot be read: file={source} why={error.strerror}") from None


def _with_store(
    ask: Callable[[StoredCalendars], Awaitable[T]], *, data: Path | None, file: Path | None, sets: list[str] | None
) -> T:
    loaded = load_settings(file=file, sets=sets, flags=[] if data is None else [("--data", data)])
    with service_libraries():
        from fairlead.bootstrap.stored_calendars import stored_calendars

    async def run() -> T:
        async with stored_calendars(loaded) as calendars:
            return await ask(calendars)

    return asyncio.run(run())


def _line(told: dict[str, object]) -> str:
    kind = "always" if told["always"] else told["exchange"] or told["timeZone"]
    words = [f"symbol={told['symbol']}", f"calendar={kind}", f"now={told['stateNow']}"]
    upcoming = told["nextChange"]
    if isinstance(upcoming, dict):
        words.append(f"next={upcoming['state']} at={upcoming['time']}")
    return " ".join(words + ["held"] * (told["heldSince"] is not None))
