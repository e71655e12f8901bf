"""Every check, in the order a reader mends things: the configuration, the machine, then what both have to do with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fairlead.errors import FairleadError
from fairlead.ports.machine import Disk, Machine
from fairlead.services.doctor import folder, host
from fairlead.services.doctor.finding import Finding, Status
from fairlead.services.doctor.journal import journal
from fairlead.services.doctor.keys import key_files
from fairlead.services.doctor.ports import ports
from fairlead.services.doctor.servers import servers
from fairlead.settings import Loaded, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fairlead.engine.journal import JournalReport
    from fairlead.ports.servers import Server


def examine(
    configuration: Loaded | FairleadError,
    *,
    machine: Machine,
    disk: Disk,
    report: Callable[[Path], JournalReport],
    is_in_use: Callable[[Path], bool],
    configured: Callable[[Settings], Iterable[Server]],
) -> list[Finding]:
    """Return what every check found. Only the servers of the configuration are asked, and nothing is changed.

    Args:
        configuration: what is configured, or why it cannot be used; then what depends on it is not looked at.
        machine: this machine.
        disk: its files.
        report: reads the log of a directory.
        is_in_use: whether an engine runs on a directory.
        configured: returns the servers that a configuration names.
    """
    loaded = configuration if isinstance(configuration, Loaded) else None
    core = host.core(machine)
    findings = [
        _configuration(configuration),
        host.python(machine),
        core,
        host.processor(machine),
        host.clock_source(machine),
        host.wall_clock(machine),
        host.libraries(machine, loaded.settings if loaded is not None else None),
    ]
    if loaded is None:
        return findings
    settings = loaded.settings
    # Without the core nobody reads a log or asks for its lock.
    has_core = core.status is not Status.FAIL
    findings += ports(machine, settings, is_in_use=is_in_use if has_core else lambda _: False)
    findings += [folder.data_directory(disk, settings), folder.space(disk, settings), folder.filesystem(disk, settings)]
    if has_core:
        findings.append(journal(disk, settings, report=report, now_ns=machine.wall_ns()))
    findings += key_files(disk, loaded)
    findings += servers(configured(settings))
    return findings


def _configuration(configuration: Loaded | FairleadError) -> Finding:
    limit = "every setting known and within its range"
    if isinstance(configuration, Loaded):
        changed = sum(not configuration.is_default(key) for key in configuration.origins)
        seen = f"{changed} of {len(configuration.origins)} settings are set"
        return Finding.ok("configuration", seen=seen, limit=limit)
    remedy = "mend it (fairlead config check), then ask again: ports, disk, log, keys and servers were not looked at"
    return Finding.invalid("configuration", seen=str(configuration), limit=limit, remedy=remedy)
