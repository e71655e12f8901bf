"""``fairlead restore``: a data directory from a backup."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.cli.backup import described
from fairlead.cli.libraries import service_libraries
from fairlead.cli.progress import shown_progress
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings

if TYPE_CHECKING:
    from fairlead.bootstrap.restore import Restored


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What fairlead backup wrote.")],
    *,
    data: Annotated[
        Path | None, typer.Option("--data", "--home", metavar="DIR", help="Data directory [engine.data_dir].")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put a DIR with something in it aside, under another name.")
    ] = False,
    config: ConfigFile = None,
    sets: Sets = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make a data directory from a backup proven sound.

    FILE is unpacked beside DIR. Every digest is checked, the whole log is executed again, and its hash chain and state
    must be those of the backup. Only then is it put in its place, in one step. Where anything is wrong DIR stays as it
    is. With --replace nothing is deleted: the directory of before keeps its files under the name that is printed.

    What happened after the backup is not in it. Do not run the restored venue and the old one side by side.

    Exit codes: 0 done, 2 DIR is not empty, 3 no FILE, 4 FILE is damaged, 5 a newer version made it or the disk cannot
    be used, 6 an engine runs on DIR.

    Example:  fairlead restore venue.backup --data ./restored
    """
    loaded = load_settings(file=config, sets=sets, flags=[] if data is None else [("--data", data)])
    with service_libraries():
        from fairlead.adapters.access import SystemClock
        from fairlead.bootstrap.restore import restore as restore_all
    with shown_progress("restoring", unit="bytes") as progress:
        done = restore_all(loaded, file, replaces=replace, clock=SystemClock(), progress=progress)
    if done.moved is not None:
        print(f"fairlead: the directory of before is kept: {done.moved}", file=sys.stderr)
    typer.echo(json.dumps(_about(done), sort_keys=True) if as_json else _line(done))


def _about(done: Restored) -> dict[str, object]:
    moved = None if done.moved is None else str(done.moved)
    return described(done.manifest) | {"data": str(done.data), "moved": moved, "schema": 1}


def _line(done: Restored) -> str:
    about = _about(done)
    words = [f"{name}={about[name]}" for name in ("data", "last_seq", "state_hash", "made_at")]
    return " ".join(["restored", *words])
