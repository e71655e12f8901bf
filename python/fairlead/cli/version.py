"""``fairlead version``: which Fairlead this is."""

import json
import platform
from typing import Annotated

import typer


def version(*, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Print the version, and with --json what it runs on.

    Example:  fairlead version --json
    """
    from fairlead.engine import __version__

    about = {
        "machine": platform.machine(),
        "python": platform.python_version(),
        "schema": 1,
        "system": platform.system(),
        "version": __version__,
    }
    typer.echo(json.dumps(about, sort_keys=True) if as_json else __version__)
