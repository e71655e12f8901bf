"""``fairlead doctor``: what is wrong with a machine or a set-up, and the remedy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.adapters.machine.files import ThisDisk
from fairlead.adapters.machine.host import ThisMachine
from fairlead.cli.doctor_servers import servers_of
from fairlead.cli.exit_codes import ExitCode
from fairlead.cli.settings_options import ConfigFile, Sets, load_settings
from fairlead.errors import FairleadError, UsageError
from fairlead.services.doctor import Fault, Finding, Status, examine

if TYPE_CHECKING:
    from fairlead.engine.journal import JournalReport
    from fairlead.settings import Loaded

_WIDTH = max(len(status) for status in Status)


def doctor(
    *,
    file: ConfigFile = None,
    sets: Sets = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Name what is wrong with machine or set-up, and the fix.

    Looks at interpreter, processor, clock, libraries, configuration, ports, data directory, disk, log, keys, and asks
    the PostgreSQL, Kafka and Redis of the configuration. Changes nothing; a file is written into the data directory and
    removed, and a port is held for an instant. A warning is something that works and that somebody should know.

    Exit codes: 0 healthy, 2 usage, 4 a configuration, a log or a key that cannot be used, 5 something is not there.

    Example:  fairlead doctor --set engine.data_dir=./venue
    """
    findings = examine(
        _configuration(file, sets),
        machine=ThisMachine(),
        disk=ThisDisk(),
        report=_report,
        is_in_use=_is_in_use,
        configured=servers_of,
    )
    if as_json:
        about = {"findings": [asdict(found) for found in findings], "schema": 1, "status": _worst(findings)}
        typer.echo(json.dumps(about, sort_keys=True))
    else:
        for found in findings:
            for line in _lines(found):
                typer.echo(line)
        typer.echo(_summary(findings))
    raise typer.Exit(_code(findings))


def _configuration(file: Path | None, sets: Sequence[str] | None) -> Loaded | FairleadError:
    try:
        return load_settings(file=file, sets=sets)
    except UsageError:
        raise
    except FairleadError as error:
        return error


# The core is imported where it is needed: whether it can be imported at all is one of the questions.
def _report(directory: Path) -> JournalReport:
    from fairlead.engine.journal import report

    return report(directory)


def _is_in_use(directory: Path) -> bool:
    from fairlead.engine.keys import is_in_use

    return is_in_use(directory)


def _lines(found: Finding) -> list[str]:
    line = f"{found.status:<{_WIDTH}}  {found.check}: {found.seen}"
    if found.status is Status.OK:
        return [line]
    return [line, f"{'':<{_WIDTH}}  needed: {found.limit}", f"{'':<{_WIDTH}}  remedy: {found.remedy}"]


def _summary(findings: Sequence[Finding]) -> str:
    fails, warns = (sum(found.status is status for found in findings) for status in (Status.FAIL, Status.WARN))
    verdict = "not healthy" if fails else "healthy"
    return f"{verdict}: {len(findings)} checks, {fails} failed, {warns} warnings"


def _worst(findings: Sequence[Finding]) -> Status:
    found = {finding.status for finding in findings}
    return next((status for status in (Status.FAIL, Status.WARN) if status in found), Status.OK)


def _code(findings: Sequence[Finding]) -> ExitCode:
    faults = {found.fault for found in findings if found.status is Status.FAIL}
    if Fault.INVALID in faults:
        return ExitCode.DATA
    return ExitCode.UNAVAILABLE if faults else ExitCode.OK
