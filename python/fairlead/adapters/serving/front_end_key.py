"""The keys by which the service logs on to its own gateway: found, or made on the first start."""

from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Final

from fairlead.engine import keys

__all__ = ["USERS_FROM", "Purpose", "find_key", "make_keys"]

_SCHEME: Final = "hmac"
# A worker asks the gateway at each read whether it has heard everything: that is no order, and has no limit.
_WORKER_PER_S: Final = 100_000
# Users have accounts from this one on; those below it are the venue's own.
USERS_FROM: Final = 1_001


class Purpose(Enum):
    """What a session of the service is for: the first part of its key's name, its role, and its account."""

    FRONT = ("frontend", "frontend", USERS_FROM)
    TABLES = ("tables", "dropcopy", 0)
    BOOKS = ("books", "marketdata", 0)
    MONEY = ("dropcopy", "dropcopy", 0)


def make_keys(directory: Path, wanted: Iterable[tuple[int, Purpose]]) -> list[str]:
    """Make the keys that are not there, with secrets in ``directory/gateway.keys`` (mode 600); return their names.

    The engine of the directory has to read its keys again for them. One that was taken back stays so: another is made,
    with another name.

    Args:
        directory: the data directory.
        wanted: the number of the process, 0 for that of the engine or before it, else of a worker; and what for.

    Raises:
        DataError: the key file cannot be trusted.
    """
    made = []
    for seat, purpose in wanted:
        if find_key(directory, purpose, seat=seat) is None:
            _, role, account = purpose.value
            first = _first_of(purpose, seat)
            taken = {key.key_id for key in keys.keys(directory)}
            name = next(name for n in range(1, len(taken) + 2) if (name := f"{first}-{n}") not in taken)
            per_s = _WORKER_PER_S if seat else None
            keys.add(directory, name, account=account, role=role, scheme=_SCHEME, orders_per_s=per_s)
            made.append(name)
    return made


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
