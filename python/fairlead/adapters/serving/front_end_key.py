"""The key by which the service logs on to its own gateway: found, or made on the first start."""

from pathlib import Path
from typing import Final

from fairlead.engine import keys
from fairlead.engine.server import EngineServer

__all__ = ["front_end_key"]

_ROLE: Final = "frontend"
_SCHEME: Final = "hmac"


def front_end_key(server: EngineServer, directory: Path) -> str:
    """Return the name of a key of role ``frontend`` whose secret is in ``directory/gateway.keys`` (mode 600).

    Where there is none it is made, and the engine reads its keys again. One that was taken back stays so: another is
    made, with another name.

    Args:
        server: the engine of the directory; it may not have been asked to serve yet.
        directory: its data directory.

    Raises:
        DataError: the key file cannot be trusted.
    """
    known = keys.keys(directory)
    for key in known:
        if (key.role, key.scheme) == (_ROLE, _SCHEME):
            return key.key_id
    taken = {key.key_id for key in known}
    name = next(name for n in range(1, len(taken) + 2) if (name := f"{_ROLE}-{n}") not in taken)
    keys.add(directory, name, account=0, role=_ROLE, scheme=_SCHEME)
    server.reload()
    return name
