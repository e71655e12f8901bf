"""Letters for a venue without a mail server: a private file, one JSON object a line, that who runs it reads."""

import asyncio
import json
import os
from pathlib import Path

from fairlead.errors import UnavailableError
from fairlead.ports.mailer import Mail

__all__ = ["FileMailer"]


class FileMailer:
    """Appends letters, tokens included, to a file of mode 600.

    Args:
        path: the file; made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    async def send(self, mail: Mail, /) -> None:
        """Write one letter and wait until it is on the disk.

        Raises:
            UnavailableError: it cannot be written.
        """
        token = {} if mail.token is None else {"token": mail.token.reveal()}
        line = json.dumps({"kind": mail.kind.value, "to": mail.to} | token, sort_keys=True)
        try:
            await asyncio.to_thread(self._append, f"{line}\n".encode())
        except OSError as error:
            raise UnavailableError(f"letter cannot be written: path={self._path} why={error.strerror}") from None

    def _append(self, line: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # One call: two letters at once do not mix.
            os.write(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
