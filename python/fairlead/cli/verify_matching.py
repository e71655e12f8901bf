"""``fairlead verify-matching``: whether a venue matched by its rules."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairlead.cli.exit_codes import ExitCode
from fairlead.engine.journal import MatchingReport
from fairlead.engine.journal import verify_matching as verify


def verify_matching(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The data directory of an engine.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Execute a log again and check each fill and the state.

    Each fill is checked for price-time priority, and with it the hash chain and the recorded states.

    Needs nothing but the directory, changes nothing, and may run beside the engine. The queues it compares with are its
    own, kept from the events alone.

    Exit codes: 0 matched by the rules, 3 no log, 4 damaged, a state that differs or a fill that breaks a rule,
    5 a newer format.
    """
    found = verify(directory)
    typer.echo(json.dumps(asdict(found) | {"schema": 1}, indent=2) if as_json else _as_text(found))
    if found.violations:
        raise typer.Exit(ExitCode.DATA)


def _as_text(found: MatchingReport) -> str:
    begun = f"the snapshot of record {found.from_seq}" if found.from_seq else "the first record"
    lines = [
        f"executed again from {begun} to record {found.last_seq}",
        f"{found.fills:,} fills, {found.fills_in_line:,} of them by time and of the first in line",
        f"{found.hashes_checked:,} recorded state hashes equal",
        f"hash chain {found.chain}",
        f"state root {found.state_root}",
    ]
    lines += [f"VIOLATION {what}" for what in found.words]
    lines.append(f"NOT matched by the rules: {found.violations}" if found.violations else "matched by the rules")
    return "\n".join(lines)
