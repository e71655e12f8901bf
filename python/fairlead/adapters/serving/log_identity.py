"""A name for the log of a data directory, so that tables elsewhere know whether it is the one they follow."""

import secrets
from pathlib import Path
from typing import Final

from fairlead.errors import UnavailableError

__all__ = ["log_identity"]

_FILE: Final = "log.id"
_BYTES: Final = 16


def log_identity(directory: Path) -> str:
    """Return the name of the log in a directory, 32 hex digits; it is made up when it is asked for first.

    Raises:
        UnavailableError: it cannot be read or written.
    """
    path = directory / _FILE
    try:
        if not path.exists():
            made = path.with_suffix(".new")
            made.write_text(secrets.token_hex(_BYTES) + "\n")
            made.chmod(0o600)
            made.replace(path)
        return path.read_text().strip()[: 2 * _BYTES]
    except OSError as error:
        raise UnavailableError(f"the name of the log cannot be kept: path={path} why={error.strerror}") from None
