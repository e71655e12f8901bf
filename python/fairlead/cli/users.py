"""``fairlead users``: the users of a service, for who owns its machine; the first operator comes from here."""

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
from fairlead.errors import UsageError

if TYPE_CHECKING:
    from fairlead.domain.access.people import User
    from fairlead.domain.access.secret import Secret
    from fairlead.services.access import UserDesk

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

T = TypeVar("T")
_Email = Annotated[str, typer.Option(metavar="ADDRESS", help="The e-mail address of the user.")]
_Data = Annotated[
    Path | None, typer.Option("--data", "--home", metavar="DIR", help="Data directory [engine.data_dir].")
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def root() -> None:
    """Make, list and disable the users of a service.

    Works on the store of a data directory, or of store.url, whether a service runs on it or not. Whoever may read that
    store may do this: there is no password for it.

    Example:  fairlead users create --data ./venue --role operator --email ops@example.com
    """


@app.command()
def create(
    *,
    email: _Email,
    role: Annotated[str, typer.Option(help="trader, operator, risk_manager, compliance or admin.")],
    generate: Annotated[
        bool, typer.Option("--generate", help="Make a password and print it, this once; none is read.")
    ] = False,
    data: _Data = None,
    file: ConfigFile = None,
    sets: Sets = None,
    as_json: _Json = False,
) -> None:
    """Make a user at once, without a letter.

    The password is asked for, or is the first line of standard input where that is no terminal; it is never an
    argument, because every process of a machine can read those.

    Exit codes: 0 done, 2 an address, role or password that cannot be used, or that somebody has.

    Example:  fairlead users create --data ./venue --role operator --email ops@example.com --generate
    """
    from fairlead.domain.access.roles import parse_role

    parsed = parse_role(role)
    given = None if generate else _read_password()

    async def make(desk: UserDesk) -> tuple[User, Secret | None]:
        password = desk.new_password() if given is None else given
        user = await desk.create(email=email, password=password, role=parsed)
        return user, password if given is None else None

    user, made = _at_desk(make, data=data, file=file, sets=sets)
    about = _about(user)
    if as_json:
        secret = {} if made is None else {"password": made.reveal()}
        typer.echo(json.dumps(about | secret | {"schema": 1}, sort_keys=True))
    else:
        typer.echo(_line(about))
        if made is not None:
            typer.echo(f"password={made.reveal()}")
    if made is not None:
        print("fairlead: this password is not told again: keep it where only its owner reads", file=sys.stderr)


@app.command("list")
def list_users(*, data: _Data = None, file: ConfigFile = None, sets: Sets = None, as_json: _Json = False) -> None:
    """Print every user, by account; never a password.

    Example:  fairlead users list --data ./venue
    """
    users = [_about(user) for user in _at_desk(lambda desk: desk.every(), data=data, file=file, sets=sets)]
    if as_json:
        typer.echo(json.dumps({"users": users, "schema": 1}, sort_keys=True))
        return
    for about in users:
        typer.echo(_line(about))


@app.command()
def disable(
    *, email: _Email, data: _Data = None, file: ConfigFile = None, sets: Sets = None, as_json: _Json = False
) -> None:
    """Let nobody in as a user any more; sessions and API keys end within a second.

    Orders and money of the account stay as they are: cancel them with a kill switch where you want that.

    Exit codes: 0 done, 3 no such user.

    Example:  fairlead users disable --data ./venue --email ann@example.com
    """
    about = _about(_at_desk(lambda desk: desk.disable(email=email), data=data, file=file, sets=sets))
    typer.echo(json.dumps(about | {"schema": 1}, sort_keys=True) if as_json else _line(about))


def _read_password() -> Secret:
    from fairlead.domain.access.secret import Secret

    if sys.stdin.isatty():
        return Secret(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("no password on standard input: write it as the first line, or give --generate")
    return Secret(line)


def _at_desk(
    ask: Callable[[UserDesk], Awaitable[T]], *, data: Path | None, file: Path | None, sets: list[str] | None
) -> T:
    loaded = load_settings(file=file, sets=sets, flags=[] if data is None else [("--data", data)])
    with service_libraries():
        from fairlead.bootstrap.users import user_desk

    async def run() -> T:
        async with user_desk(loaded) as desk:
            return await ask(desk)

    return asyncio.run(run())


def _about(user: User) -> dict[str, object]:
    return {
        "user_id": user.user_id,
        "account": user.account,
        "role": user.role.value,
        "email": user.email,
        "is_disabled": user.disabled_ts_ns is not None,
    }


def _line(about: dict[str, object]) -> str:
    words = [f"{name}={value}" for name, value in about.items() if name != "is_disabled"]
    return " ".join(words + ["disabled"] * bool(about["is_disabled"]))
