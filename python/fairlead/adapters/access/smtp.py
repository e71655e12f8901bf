"""Letters by SMTP: handed to a mail server on a thread, within a time, and again where it says to come back."""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Final

from fairlead.adapters.access.letters import SUBJECTS, text_of
from fairlead.domain.access.secret import Secret
from fairlead.errors import UnavailableError, UsageError
from fairlead.ports.mailer import Mail

__all__ = ["SmtpLink", "SmtpMailer"]

_THREADS: Final = 4
_ATTEMPTS_MAX: Final = 3
_PAUSE_S: Final = 0.5
# From here on an answer of a mail server means never.
_PERMANENT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpLink:
    """A way to a mail server.

    Attributes:
        host: its name, which its certificate has to have.
        port: its port.
        security: ``starttls`` (never without), ``tls``, or ``plain``.
        username: one's name there; empty: without.
        password: with its password.
        sender: the address that letters are from.
        ca_file: the authority (PEM) of its certificate; that of the system where it is left out.
    """

    host: str
    port: int
    security: str
    sender: str
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    ca_file: Path | None = None


class SmtpMailer:
    """Hands letters to one mail server.

    Args:
        link: the way to it.
        timeout_s: how long one letter may take with all its attempts, in seconds.
        rest: waits so many seconds between two attempts.

    Raises:
        UsageError: the authority cannot be read.
    """

    def __init__(
        self, link: SmtpLink, *, timeout_s: float, rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._link, self._timeout_s, self._rest = link, timeout_s, rest
        self._threads = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="fairlead-mail")
        self._trust = None if link.security == "plain" else _trust(link.ca_file)

    async def send(self, mail: Mail, /) -> None:
        """Hand one letter over; a letter whose answer is lost may come twice.

        Raises:
            UnavailableError: the server does not take it in time, or never will.
        """
        message = _message(mail, sender=self._link.sender)
        why = "too slow"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._timeout_s):
                for attempt in range(1, _ATTEMPTS_MAX + 1):
                    try:
                        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hand_over, message)
                    except (OSError, smtplib.SMTPException) as error:
                        why = _why(error)
                        if attempt == _ATTEMPTS_MAX or _is_final(error):
                            break
                    await self._rest(_PAUSE_S * attempt)
        # Neither the address nor the words of the server, which may repeat it.
        raise UnavailableError(f"letter is not taken: server={self._link.host}:{self._link.port} why={why}")

    def close(self) -> None:
        """Begin no letter any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hand_over(self, message: EmailMessage) -> None:
        link = self._link
        with self._connected() as server:
            if link.security == "starttls":
                # Refuses where the server does not offer it: nothing of a letter is ever said in the open then.
                server.starttls(context=self._trust)
            if link.username:
                server.login(link.username, link.password.reveal())
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        link = self._link
        if link.security == "tls":
            return smtplib.SMTP_SSL(link.host, link.port, timeout=self._timeout_s, context=self._trust)
        return smtplib.SMTP(link.host, link.port, timeout=self._timeout_s)


def _trust(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UsageError(f"mail.ca_file cannot be read: path={ca_file} why={error.strerror or error}") from None


def _message(mail: Mail, *, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, mail.to, SUBJECTS[mail.kind]
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    # As it is: a token that is cut by an encoding is copied cut by who reads the source of a letter.
    message.set_content(text_of(mail), cte="7bit")
    return message


def _why(error: Exception) -> str:
    code = _code(error)
    return type(error).__name__ if code is None else f"{type(error).__name__} {code}"


def _is_final(error: Exception) -> bool:
    """Whether trying again cannot help: the server said so, or it is not the one it should be."""
    code = _code(error)
    if code is not None:
        return code >= _PERMANENT
    return isinstance(error, smtplib.SMTPNotSupportedError | ssl.SSLCertVerificationError)


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), None)
    return None
