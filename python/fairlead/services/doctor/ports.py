"""Checks of the ports the service will listen on."""

from collections.abc import Callable, Iterator
from pathlib import Path

from fairlead.errors import FairleadError
from fairlead.ports.machine import Machine
from fairlead.services.doctor.finding import Finding
from fairlead.settings import Settings

IsInUse = Callable[[Path], bool]


def ports(machine: Machine, settings: Settings, *, is_in_use: IsInUse) -> Iterator[Finding]:
    """One finding a port; where an engine has the data directory, a port that is taken is probably its own."""
    server = settings.server
    for check, key, host, port in (
        ("HTTP port", "server.port", server.host, server.port),
        ("gateway port", "server.gateway_port", server.gateway_host, server.gateway_port),
    ):
        limit = f"free at {host}"
        refusal = machine.port_refusal(host, port)
        if refusal is None:
            yield Finding.ok(check, seen=f"{port} is free", limit=limit)
        elif _runs(settings.engine.data_dir, is_in_use=is_in_use):
            seen = f"{port}: {refusal}; an engine runs on the data directory"
            remedy = f"nothing, if it is that venue; else set {key}"
            yield Finding.warn(check, seen=seen, limit=limit, remedy=remedy)
        else:
            remedy = f"stop what listens there (ss -ltnp), or set {key} to another above 1023"
            yield Finding.unavailable(check, seen=f"{port}: {refusal}", limit=limit, remedy=remedy)


def _runs(directory: Path, *, is_in_use: IsInUse) -> bool:
    try:
        return is_in_use(directory)
    except FairleadError:
        return False
