"""``fairlead config``: what is configured, where it came from, whether it can be used, and a file to begin with."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings
from fairlead.errors import NotFoundError, UnavailableError, UsageError
from fairlead.settings import SettingsError
from fairlead.settings.load import PROJECT_FILE
from fairlead.settings.render import as_object, as_toml, commented_file
from fairlead.settings.schema import schema as schema_of_settings

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.callback()
def root() -> None:
    """Show, check and begin the configuration.

    Every command says which file, variable or flag a value came from, and names every fault at once with its fix.

    Weakest first: defaults, $XDG_CONFIG_HOME/fairlead/config.toml, ./fairlead.toml, FAIRLEAD_SECTION__KEY, flags.

    Example:  fairlead config show --origin
    """


@app.command()
def show(
    *,
    origin: Annotated[bool, typer.Option("--origin", help="Say where each value came from.")] = False,
    file: ConfigFile = None,
    sets: Sets = None,
    as_json: _Json = False,
) -> None:
    """Print every setting with the value that counts, as TOML. Secrets are not shown.

    Exit codes: 0 done, 2 usage, 3 no such file, 4 a configuration that cannot be used, 5 a file that cannot be read.

    Example:  fairlead config show --origin
    """
    with _told(as_json=as_json):
        loaded = load_settings(file=file, sets=sets)
    if as_json:
        typer.echo(json.dumps(as_object(loaded, with_origin=origin), sort_keys=True))
    else:
        typer.echo(as_toml(loaded, with_origin=origin))


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Read this file in place of ./fairlead.toml.")
    ] = None,
    *,
    sets: Sets = None,
    as_json: _Json = False,
) -> None:
    """Say whether the configuration can be used, and name every fault in it with its place and its fix.

    The file of the user and the environment count too, as they do for every command.

    Exit codes: 0 it can, 2 usage, 3 no such file, 4 it cannot, 5 a file that cannot be read.

    Example:  fairlead config check deploy/fairlead.toml
    """
    with _told(as_json=as_json):
        loaded = load_settings(file=file, sets=sets)
    changed = sorted(key for key in loaded.origins if not loaded.is_default(key))
    if as_json:
        about = {"files": sorted(loaded.files), "problems": [], "schema": 1, "set": changed, "valid": True}
        typer.echo(json.dumps(about, sort_keys=True))
        return
    read = ", ".join(sorted(loaded.files)) or "no file"
    typer.echo(f"valid: {len(changed)} of {len(loaded.origins)} settings are set; read {read}")


@app.command()
def schema(*, as_json: _Json = False) -> None:
    """Print the JSON Schema of fairlead.toml, for editors. It is JSON with or without --json.

    Example:  fairlead config schema > fairlead.schema.json
    """
    typer.echo(json.dumps(schema_of_settings(), sort_keys=True, indent=None if as_json else 2))


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")] = Path(PROJECT_FILE),
    *,
    as_json: _Json = False,
) -> None:
    """Write a file with every setting, its default, its limits and what it is for; all switched off by a #.

    The JSON Schema that its first line names is written beside it, for editors. Nothing is overwritten.

    Exit codes: 0 written, 2 the file is there already, 3 no such folder, 5 it cannot be written.

    Example:  fairlead config init
    """
    schema_file = file.with_suffix(".schema.json")
    _write(file, text=commented_file(schema_file=schema_file.name))
    if not schema_file.exists():
        _write(schema_file, text=json.dumps(schema_of_settings(), sort_keys=True, indent=2) + "\n")
    if as_json:
        typer.echo(json.dumps({"file": str(file), "schema": 1, "schema_file": str(schema_file)}, sort_keys=True))
    else:
        typer.echo(f"wrote {file}; its schema is {schema_file}")


@contextmanager
def _told(*, as_json: bool) -> Iterator[None]:
    """With ``--json`` the problems are the document; without it they are an error like any other."""
    try:
        yield
    except SettingsError as error:
        if not as_json:
            raise
        problems = [asdict(problem) for problem in error.problems]
        typer.echo(json.dumps({"problems": problems, "schema": 1, "valid": False}, sort_keys=True))
        raise typer.Exit(ExitCode.DATA) from None


def _write(path: Path, *, text: str) -> None:
    try:
        # A configuration may come to hold a secret: nobody else reads it from the beginning.
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text, encoding="utf-8")
    except FileExistsError:
        raise UsageError(f"not overwritten: path={path} is there; give another FILE, or move it away") from None
    except FileNotFoundError:
        raise NotFoundError(f"no such folder: path={path.parent}; make it first") from None
    except OSError as error:
        raise UnavailableError(f"cannot be written: path={path}: {error.strerror}; give another FILE") from None
