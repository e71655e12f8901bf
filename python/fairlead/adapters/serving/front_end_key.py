"""The keys by which the service logs on to its own gateway: found, or made on the first start."""

from enum import Enum
from pathlib import Path
from typing import Final

from fairlead.engine import keys
from fairlead.engine.server import EngineServer

__all__ = ["Purpose", "find_key", "service_key"]

_SCHEME: Final = "hmac"
# A worker asks the gateway at each read whether it has heard everything: that is no order, and has no limit.
_WORKER_PER_S: Final = 100_000
# Users have accounts from this one on; those below it are the venue's own.
_USERS_FROM: Final = 1_001


class Purpose(Enum):
    """What a session of the service is for: the first part of its key's name, its role, and its account."""

    FRONT = ("frontend", "frontend", _USERS_FROM)
    TABLES = ("tables", "dropcopy", 0)
    BOOKS = ("books", "marketdata", 0)
    MONEY = ("dropcopy", "dropcopy", 0)


def service_key(server: EngineServer, directory: Path, purpose: Purpose, *, seat: int = 0) -> str:
    """Return the name of a key whose secret is in ``directory/gateway.keys`` (mode 600).

    Where there is none it is made, and the engine reads its keys again. One that was taken back stays so: another is
    made, with another name.

    Args:
        server: the engine of the directory; it may not have been asked to serve yet.
        directory: its data directory.
        purpose: what it is for.
        seat: the number of the worker whose it is; 0: the process of the engine.

    Raises:
        DataError: the key file cannot be trusted.
    """
    found = find_key(directory, purpose, seat=seat)
    if found is not None:
        return found
    _, role, account = purpose.value
    first = _first_of(purpose, seat)
    taken = {key.key_id for key in keys.keys(directory)}
    name = next(name for n in range(1, len(taken) + 2) if (name := f"{first}-{n}") not in taken)
    per_s = _WORKER_PER_S if seat else None
    keys.add(directory, name, account=account, role=role, scheme=_SCHEME, orders_per_s=per_s)
    server.reload()
    return name


def find_key(directory: Path, purpose: Purpose, *, seat: int = 0) -> str | None:
    """Return the name of the key of a purpose and a process, if any."""
    _, role, account = purpose.value
    first = _first_of(purpose, seat)
    for key in keys.keys(directory):
        is_named = key.key_id.startswith(f"{first}-")
        if is_named and (key.role, key.scheme, key.account) == (role, _SCHEME, account):
            return key.key_id
    return None


def _first_of(purpose: Purpose, seat: int) -> str:
    """Return the first part of the names: two sessions of one key would end each other."""
    first: str = purpose.value[0]
    return f"worker-{seat}-{first}" if seat else first
