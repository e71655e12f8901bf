"""The keys by which the service logs on to its own gateway: found, or made on the first start."""

from pathlib import Path
from typing import Final

from fairlead.engine import keys
from fairlead.engine.server import EngineServer

__all__ = ["find_key", "front_end_key", "service_key"]

_ROLE: Final = "frontend"
_SCHEME: Final = "hmac"


def front_end_key(server: EngineServer, directory: Path) -> str:
    """Return the name of a key of role ``frontend``: see ``service_key``."""
    return service_key(server, directory, _ROLE)


def service_key(server: EngineServer, directory: Path, role: str) -> str:
    """Return the name of a key of the venue's own account whose secret is in ``directory/gateway.keys`` (mode 600).

    Where there is none it is made, and the engine reads its keys again. One that was taken back stays so: another is
    made, with another name.

    Args:
        server: the engine of the directory; it may not have been asked to serve yet.
        directory: its data directory.
        role: ``frontend``, or ``dropcopy`` of every account.

    Raises:
        DataError: the key file cannot be trusted.
    """
    found = find_key(directory, role)
    if found is not None:
        return found
    taken = {key.key_id for key in keys.keys(directory)}
    name = next(name for n in range(1, len(taken) + 2) if (name := f"{role}-{n}") not in taken)
    keys.add(directory, name, account=0, role=role, scheme=_SCHEME)
    server.reload()
    return name


def find_key(directory: Path, role: str) -> str | None:
    """Return the name of a key of the venue's own account with this role, if any."""
    for key in keys.keys(directory):
        if (key.role, key.scheme, key.account) == (role, _SCHEME, 0):
            return key.key_id
    return None
