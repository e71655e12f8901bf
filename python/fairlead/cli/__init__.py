"""The ``fairlead`` command: parses arguments, calls a service, renders what it returns."""

import sys
from collections.abc import Mapping
from typing import Any, ClassVar

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.cli.lazy import LazyCommand, LazyGroup
from fairlead.errors import (
    DataError,
    FairleadError,
    InternalError,
    LockedError,
    NotFoundError,
    UnavailableError,
)

__all__ = ["ExitCode", "app", "main"]


class _Commands(LazyGroup):
    lazy: ClassVar[Mapping[str, LazyCommand]] = {
        "backup": LazyCommand(
            module="fairlead.cli.backup",
            function="backup",
            summary="Write a venue to one file, while it runs or not.",
        ),
        "book": LazyCommand(
            module="fairlead.cli.book",
            function="book",
            summary="Print the book of a market, once or as it moves.",
        ),
        "breakers": LazyCommand(
            module="fairlead.cli.breakers",
            function="breakers",
            summary="Report which halting rules a recorded market would trip.",
        ),
        "calendars": LazyCommand(
            module="fairlead.cli.calendars",
            function="app",
            summary="Say when the markets of a venue open and close.",
        ),
        "config": LazyCommand(
            module="fairlead.cli.config",
            function="app",
            summary="Show, check and begin the configuration.",
        ),
        "crash": LazyCommand(
            module="fairlead.cli.crash",
            function="crash",
            summary="Play a flash crash under the default halting rules.",
        ),
        "demo": LazyCommand(
            module="fairlead.cli.demo",
            function="demo",
            summary="Watch a market of agents trade on the real engine.",
        ),
        "doctor": LazyCommand(
            module="fairlead.cli.doctor",
            function="doctor",
            summary="Name what is wrong with machine or set-up, and the fix.",
        ),
        "engine": LazyCommand(
            module="fairlead.cli.engine",
            function="engine",
            summary="Run an engine with its log and its gateway.",
        ),
        "explain": LazyCommand(
            module="fairlead.cli.explain",
            function="explain_order",
            summary="Tell what happened to an order of a scenario, and why.",
        ),
        "halt": LazyCommand(
            module="fairlead.cli.halt",
            function="halt",
            summary="Stop a service now: cancel every open order, let none in.",
        ),
        "journal": LazyCommand(
            module="fairlead.cli.journal",
            function="app",
            summary="Look at the log of an engine, running or not; cut it.",
        ),
        "keys": LazyCommand(
            module="fairlead.cli.keys",
            function="app",
            summary="Say who may log on to an engine.",
        ),
        "latency": LazyCommand(
            module="fairlead.cli.latency",
            function="latency",
            summary="Print how long commands take in each stage of an engine.",
        ),
        "markets": LazyCommand(
            module="fairlead.cli.markets",
            function="app",
            summary="List, open, halt, end markets of a service; its fees.",
        ),
        "order": LazyCommand(
            module="fairlead.cli.order",
            function="app",
            summary="Enter, list and cancel orders at a running service.",
        ),
        "positions": LazyCommand(
            module="fairlead.cli.positions",
            function="positions",
            summary="Print the positions of who asks, at average cost.",
        ),
        "replay": LazyCommand(
            module="fairlead.cli.replay",
            function="replay",
            summary="Replay a recorded market and compare trades and books.",
        ),
        "restore": LazyCommand(
            module="fairlead.cli.restore",
            function="restore",
            summary="Make a data directory from a backup proven sound.",
        ),
        "resume": LazyCommand(
            module="fairlead.cli.halt",
            function="resume",
            summary="Let orders in again where fairlead halt stopped them.",
        ),
        "serve": LazyCommand(
            module="fairlead.cli.serve",
            function="serve",
            summary="Run the whole exchange: engine, gateway, store and HTTP.",
        ),
        "status": LazyCommand(
            module="fairlead.cli.status",
            function="status",
            summary="Tell whether a service can work, and how markets stand.",
        ),
        "users": LazyCommand(
            module="fairlead.cli.users",
            function="app",
            summary="Make, list and disable the users of a service.",
        ),
        "verify-matching": LazyCommand(
            module="fairlead.cli.verify_matching",
            function="verify_matching",
            summary="Execute a log again and check each fill and the state.",
        ),
        "version": LazyCommand(
            module="fairlead.cli.version",
            function="version",
            summary="Print the version, and with --json what it runs on.",
        ),
    }

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option, which the list of commands leaves to the line above it: a screen has no room for both."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.hidden = True
        return option


app = typer.Typer(cls=_Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback(epilog="Exit codes: " + " · ".join(f"{code.value} {code.meaning}" for code in ExitCode))
def root() -> None:
    """Run, use and inspect an exchange. Start with: fairlead serve --demo. Each command has --help."""


def main() -> None:
    """Run the command line; the entry point of the ``fairlead`` script."""
    try:
        app()
    except FairleadError as error:
        print(f"fairlead: {error}", file=sys.stderr)
        raise SystemExit(_exit_code(error)) from None


def _exit_code(error: FairleadError) -> ExitCode:
    if isinstance(error, InternalError):
        return ExitCode.INTERNAL
    if isinstance(error, NotFoundError):
        return ExitCode.NOT_FOUND
    if isinstance(error, UnavailableError):
        return ExitCode.UNAVAILABLE
    if isinstance(error, LockedError):
        return ExitCode.REJECTED
    return ExitCode.DATA if isinstance(error, DataError) else ExitCode.USAGE
