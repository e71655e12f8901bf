"""``fairlead keys``: who may log on to an engine."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairlead.engine import keys
from fairlead.engine.keys import Key, NewKey
from fairlead.errors import UsageError

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="The name of the key.")]
_PublicKey = Annotated[
    str | None,
    typer.Option(metavar="HEX", help="Public half of an Ed25519 pair its owner made; no secret is made then."),
]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def root(
    context: typer.Context,
    *,
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help="Data directory of the engine.")] = None,
) -> None:
    """Say who may log on to an engine.

    Lists, adds, removes and rotates the keys of its data directory.

    Secrets come from the system's randomness and are printed once. The file DIR/gateway.keys is replaced as a whole
    and stays private (mode 600). A running engine reads it again on SIGHUP; else a change counts from the next start.

    Example:  fairlead keys --data ./venue add maker-1 --account 7
    """
    context.obj = data


@app.command("list")
def list_keys(context: typer.Context, *, as_json: _Json = False) -> None:
    """Print every key without its secret, and those that were taken back.

    Example:  fairlead keys --data ./venue list
    """
    found = keys.keys(_directory(context))
    if as_json:
        typer.echo(json.dumps({"keys": [asdict(key) for key in found], "schema": 1}, sort_keys=True))
        return
    for key in found:
        typer.echo(_line(key))


@app.command()
def add(
    context: typer.Context,
    key_id: _KeyId,
    *,
    account: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Account; 0 is the venue itself.")],
    role: Annotated[str, typer.Option(help="trading, dropcopy, marketdata, operator or frontend.")] = "trading",
    scheme: Annotated[str, typer.Option(help="hmac: a shared secret. ed25519: a pair.")] = "hmac",
    session: Annotated[
        int | None, typer.Option(min=1, max=2**32 - 1, help="Session; the next that no key had by default.")
    ] = None,
    public_key: _PublicKey = None,
    orders_per_s: Annotated[
        int | None, typer.Option(min=1, max=2**32 - 1, help="Orders a second, where not the default.")
    ] = None,
    cancels_per_s: Annotated[
        int | None, typer.Option(min=1, max=2**32 - 1, help="Cancels a second, where not the default.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Add a key and print its secret, this once.

    Example:  fairlead keys --data ./venue add maker-1 --account 7 --scheme ed25519
    """
    directory = _directory(context)
    made = keys.add(
        directory,
        key_id,
        account=account,
        role=role,
        scheme=scheme,
        session=session,
        public_key=public_key,
        orders_per_s=orders_per_s,
        cancels_per_s=cancels_per_s,
    )
    _tell(directory, made, as_json=as_json)


@app.command()
def remove(context: typer.Context, key_id: _KeyId, *, as_json: _Json = False) -> None:
    """Take a key back; its session is never given to another key, because orders remember it.

    Its open orders stay, but for a rule that cancels them on disconnect: cancel them first where you want that.

    Example:  fairlead keys --data ./venue remove maker-1
    """
    directory = _directory(context)
    _tell(directory, keys.remove(directory, key_id), as_json=as_json)


@app.command()
def rotate(context: typer.Context, key_id: _KeyId, *, public_key: _PublicKey = None, as_json: _Json = False) -> None:
    """Give a key another secret and print it, this once; session, account, role and rates stay.

    Example:  fairlead keys --data ./venue rotate maker-1
    """
    directory = _directory(context)
    _tell(directory, keys.rotate(directory, key_id, public_key=public_key), as_json=as_json)


def _directory(context: typer.Context) -> Path:
    if not isinstance(context.obj, Path):
        raise UsageError("no data directory: fairlead keys --data DIR COMMAND")
    return context.obj


def _tell(directory: Path, key: Key, *, as_json: bool) -> None:
    is_in_use = keys.is_in_use(directory)
    if as_json:
        about = asdict(key) | {"counts_from": "reload" if is_in_use else "start", "schema": 1}
        typer.echo(json.dumps(about, sort_keys=True))
    else:
        typer.echo(_line(key))
        if isinstance(key, NewKey) and key.public_key is not None:
            typer.echo(f"public_key={key.public_key}")
        if isinstance(key, NewKey) and key.secret is not None:
            typer.echo(f"{'private_key' if key.scheme == 'ed25519' else 'secret'}={key.secret}")
    if isinstance(key, NewKey) and key.secret is not None:
        print("fairlead: this secret is not told again: keep it where only its owner reads", file=sys.stderr)
    if is_in_use:
        print(
            f"fairlead: an engine runs on {directory}: send it SIGHUP, or it counts from the next start",
            file=sys.stderr,
        )


def _line(key: Key) -> str:
    words = [f"key_id={key.key_id} session={key.session} account={key.account} role={key.role}"]
    named = (("scheme", key.scheme), ("orders_per_s", key.orders_per_s), ("cancels_per_s", key.cancels_per_s))
    return " ".join(words + [f"{name}={value}" for name, value in named if value is not None])
