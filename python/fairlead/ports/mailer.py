"""Letters to people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from fairlead.domain.access.secret import Secret

__all__ = ["Mail", "MailKind", "Mailer"]


class MailKind(StrEnum):
    """What a letter is about."""

    VERIFY = "verify"
    ALREADY_REGISTERED = "already_registered"
    RESET = "reset"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One letter.

    Attributes:
        to: the address.
        kind: what it is about.
        token: what proves that the reader got it; ``None`` where there is nothing to prove.
    """

    to: str
    kind: MailKind
    token: Secret | None = None


class Mailer(Protocol):
    """Delivers letters, or hands them to who does."""

    async def send(self, mail: Mail, /) -> None:
        """Deliver one letter.

        Raises:
            UnavailableError: it cannot be handed over.
        """
        ...
