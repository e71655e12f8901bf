"""Letters for a demo and for tests: printed, or kept in memory."""

from collections import deque
from typing import TextIO

from fairlead.adapters.access.letters import SUBJECTS
from fairlead.ports.mailer import Mail

__all__ = ["KeepingMailer", "PrintingMailer"]


class KeepingMailer:
    """Keeps the latest letters.

    Args:
        kept_max: how many; the oldest go first.
    """

    def __init__(self, *, kept_max: int = 100) -> None:
        self._kept: deque[Mail] = deque(maxlen=kept_max)

    @property
    def kept(self) -> tuple[Mail, ...]:
        """The letters, oldest first."""
        return tuple(self._kept)

    async def send(self, mail: Mail, /) -> None:
        """Keep one letter."""
        self._kept.append(mail)


class PrintingMailer:
    """Prints letters, tokens included: for the terminal of who tries the demo, never for a log.

    Args:
        out: where to.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out

    async def send(self, mail: Mail, /) -> None:
        """Print one letter."""
        token = "" if mail.token is None else f" token={mail.token.reveal()}"
        self._out.write(f"mail to={mail.to} subject={SUBJECTS[mail.kind]!r}{token}\n")
        self._out.flush()
