"""A mail server on a free port of this machine: it keeps what it takes, and answers as it is told."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

__all__ = ["MailServer", "running"]


class _Session(socketserver.StreamRequestHandler):
    """One client; ``server`` is the MailServer."""

    server: "MailServer"
    is_encrypted = False

    def handle(self) -> None:
        server = self.server
        server.sessions += 1
        if server.is_tls_at_once:
            self._encrypt()
        self._say("220 mail.test")
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            server.heard.append((word.upper(), self.is_encrypted))
            if (answer := server.faults.get(word.upper(), [])) and (told := answer.pop(0)):
                self._say(told)
                continue
            if not self._answer(word.upper(), rest):
                return

    def finish(self) -> None:
        """Close what encrypts: the server closes the connection beneath it."""
        super().finish()
        self.connection.close()

    def _answer(self, word: str, rest: str) -> bool:
        server = self.server
        if word == "EHLO":
            offers = ["mail.test", "AUTH PLAIN"]
            if server.context is not None and not self.is_encrypted and server.offers_starttls:
                offers.append("STARTTLS")
            for offer in offers[:-1]:
                self._say(f"250-{offer}")
            self._say(f"250 {offers[-1]}")
        elif word == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
        elif word == "AUTH":
            name, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
            is_right = (name, password) == server.login
            self._say("235 welcome" if is_right else "535 no")
        elif word == "DATA":
            self._say("354 go on")
            lines = []
            while (line := self.rfile.readline()) not in {b".\r\n", b""}:
                lines.append(line)
            server.letters.append(message_from_bytes(b"".join(lines)))
            self._say("250 kept")
        elif word == "QUIT":
            self._say("221 bye")
            return False
        else:
            self._say("250 well")
        return True

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _encrypt(self) -> None:
        assert self.server.context is not None
        self.request = self.connection = self.server.context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.is_encrypted = True


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps letters.

    Attributes:
        letters: what it took.
        heard: the words of clients, and whether each was encrypted.
        faults: answers in place of the usual ones, by word; each once, an empty one is none.
        sessions: how many clients came.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        *,
        context: ssl.SSLContext | None = None,
        is_tls_at_once: bool = False,
        offers_starttls: bool = True,
        login: tuple[str, str] = ("", ""),
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.context, self.is_tls_at_once, self.offers_starttls = context, is_tls_at_once, offers_starttls
        self.login = login
        self.letters: list[Message] = []
        self.heard: list[tuple[str, bool]] = []
        self.faults: dict[str, list[str]] = {}
        self.sessions = 0

    @property
    def port(self) -> int:
        """Where it is."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


@contextmanager
def running(**options: Any) -> Iterator[MailServer]:
    """Run a server of its own."""
    server = MailServer(**options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
