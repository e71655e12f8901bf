"""The ``fairlead`` command: parses arguments, calls a service, renders what it returns."""

import typer

from fairlead.cli.demo import demo

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def root() -> None:
    """Run, replay and inspect a Fairlead exchange."""


@app.command()
def version() -> None:
    """Print the version of the package."""
    from fairlead.engine import __version__

    typer.echo(__version__)


app.command()(demo)


def main() -> None:
    """Run the command line; the entry point of the ``fairlead`` script."""
    app()
