"""``fairlead backup``: a venue in one file, while it runs."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairlead.cli.libraries import service_libraries
from fairlead.cli.progress import shown_progress
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings

if TYPE_CHECKING:
    from fairlead.bootstrap.backup import BackedUp
    from fairlead.domain.backup.manifest import Manifest

_NS = 1_000_000_000


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; on a disk with room for it twice.")],
    *,
    data: Annotated[
        Path | None, typer.Option("--data", "--home", metavar="DIR", help="Data directory [engine.data_dir].")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace FILE where it is there.")] = False,
    config: ConfigFile = None,
    sets: Sets = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write a venue to one file, while it runs or not.

    Everything is of one moment: each order and each deposit that was answered before the command began is in it. The
    copied log is executed again before FILE appears, so that what is there can be restored; FILE is whole or not there.

    FILE HOLDS EVERY SECRET of the venue and has mode 600. It is not encrypted: keep it as you keep keys.

    Exit codes: 0 done, 2 FILE is there already, 3 no log, 4 log or store are damaged, 5 disk or store cannot be used,
    6 another backup to FILE is being made.

    Example:  fairlead backup venue.backup --data ./venue
    """
    loaded = load_settings(file=config, sets=sets, flags=[] if data is None else [("--data", data)])
    with service_libraries():
        from fairlead.adapters.access import SystemClock
        from fairlead.bootstrap.backup import back_up
    with shown_progress("backing up", unit="bytes") as progress:
        done = back_up(loaded, file, overwrites=force, clock=SystemClock(), progress=progress)
    for left_out in done.left_out:
        print(f"fairlead: not in the backup, as it is outside of the data directory: {left_out}", file=sys.stderr)
    typer.echo(json.dumps(_about(done), sort_keys=True) if as_json else _line(done))


def described(manifest: Manifest) -> dict[str, Any]:
    """Return what a backup is, for people and programs."""
    return {
        "last_seq": manifest.log.last_seq,
        "made_at": datetime.fromtimestamp(manifest.made_ts_ns // _NS, tz=UTC).isoformat(),
        "state_hash": manifest.log.state_root,
        "store": None if manifest.store is None else manifest.store.kind,
    }


def _about(done: BackedUp) -> dict[str, Any]:
    return described(done.manifest) | {
        "bytes": done.bytes,
        "file": str(done.file),
        "left_out": list(done.left_out),
        "schema": 1,
    }


def _line(done: BackedUp) -> str:
    about = described(done.manifest)
    return (
        f"backup file={done.file} bytes={done.bytes} last_seq={about['last_seq']} state_hash={about['state_hash']} "
        f"store={about['store'] or 'none'}\nThe file holds secrets and is not encrypted (mode 600)."
    )
