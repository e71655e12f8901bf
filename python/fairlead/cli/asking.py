"""What the commands share that ask a running service over HTTP: where it is, who asks, how the answer is printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.errors import UsageError

if TYPE_CHECKING:
    from fairlead.sdk import RateLimitedError, RestClient

LOCAL: Final = "http://127.0.0.1:8080"
_KEY_ID: Final = "FAIRLEAD_KEY_ID"
_KEY_SECRET: Final = "FAIRLEAD_KEY_SECRET"
_LOCKED_OUT: Final = "TOO_MANY_ATTEMPTS"
_LOGINS: Final = "policy=ip-logins"
_WITHOUT_LOGIN: Final = f"an API key needs no login: {_KEY_ID} and {_KEY_SECRET} in the environment, and no --email"

Url = Annotated[str, typer.Option("--url", envvar="FAIRLEAD_URL", metavar="URL", help="Where the service is.")]
Email = Annotated[
    str | None,
    typer.Option(
        envvar="FAIRLEAD_EMAIL",
        metavar="ADDRESS",
        help=f"Who asks; the password is asked for, or is the first line of standard input. Without it: the API key of "
        f"{_KEY_ID} and {_KEY_SECRET}.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@contextmanager
def asking(url: str, *, email: str | None) -> Iterator[RestClient]:
    """Yield a client that proves who asks; what the exchange refuses ends the process with its exit code.

    Raises:
        UsageError: nothing says who asks.
        RateLimitedError: too many asked; where it was to log in, it says how to ask without.
    """
    from fairlead.sdk import RateLimitedError

    try:
        with _refusing(url, _proof(email)) as client:
            yield client
    except RateLimitedError as error:
        if not _is_of_logins(error):
            raise
        raise RateLimitedError(f"{error}; {_WITHOUT_LOGIN}", error.details) from None


def _is_of_logins(error: RateLimitedError) -> bool:
    return error.code == _LOCKED_OUT or _LOGINS in str(error)


@contextmanager
def asking_openly(url: str) -> Iterator[RestClient]:
    """Yield a client for what everybody may ask."""
    with _refusing(url, {}) as client:
        yield client


@contextmanager
def _refusing(url: str, proof: Mapping[str, str]) -> Iterator[RestClient]:
    from fairlead.sdk import RejectedError, RestClient

    try:
        with RestClient(url, **proof) as client:
            yield client
    except RejectedError as error:
        print(f"fairlead: {error}", file=sys.stderr)
        raise SystemExit(ExitCode.REJECTED) from None


def _proof(email: str | None) -> dict[str, str]:
    if email is not None:
        return {"email": email, "password": _password()}
    key = {"key_id": os.environ.get(_KEY_ID, ""), "secret": os.environ.get(_KEY_SECRET, "")}
    if all(key.values()):
        return key
    raise UsageError(
        f"nobody is named who asks: --email is missing, and {_KEY_ID} with {_KEY_SECRET} is not in the environment; "
        "give one of them"
    )


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("no password on standard input: write it as its first line")
    return line


def told(about: Mapping[str, Any], *, as_json: bool) -> None:
    """Print one thing, as one JSON object or as a line of what it has."""
    if as_json:
        typer.echo(json.dumps({**about, "schema": 1}, sort_keys=True))
    else:
        typer.echo(" ".join(f"{name}={value}" for name, value in about.items() if value is not None))


def told_all(name: str, rows: Sequence[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print a list: one JSON object with the rows under ``name``, or a table with a line of headings."""
    if as_json:
        typer.echo(json.dumps({name: [dict(row) for row in rows], "schema": 1}, sort_keys=True))
        return
    if not rows:
        print(f"no {name}", file=sys.stderr)
        return
    lines = [list(rows[0]), *(["-" if value is None else str(value) for value in row.values()] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for line in lines:
        typer.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
