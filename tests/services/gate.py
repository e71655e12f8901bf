"""A door in front of a server that can let no answer out: who connects is taken, and hears nothing, or half of it."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

__all__ = ["Gate"]


class Gate:
    """Carries bytes between clients and a server, on threads of its own.

    Args:
        port: where the server is, on this machine.

    Attributes:
        accepted: connections so far.
        live: those that clients have not closed.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._is_closed = False
        # Bytes of answers that are still let out; None: all.
        self._left: int | None = None
        self.accepted = self.live = 0
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._begin(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        _end(self._listener)
        # The first is that which takes connections: after it there are no more.
        for thread in self._threads:
            for one in self._sockets:
                _end(one)
            thread.join()
        for one in [self._listener, *self._sockets]:
            one.close()

    @property
    def url(self) -> str:
        """Where it is, as a URL of Redis."""
        return f"redis://127.0.0.1:{self._listener.getsockname()[1]}/0"

    def hang(self, *, after: int = 0) -> None:
        """Let so many bytes of answers out, and then none."""
        with self._changed:
            self._left = after

    def go_on(self) -> None:
        """Let out what was held back, and all that comes."""
        with self._changed:
            self._left = None
            self._changed.notify_all()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                server = socket.create_connection(("127.0.0.1", self._server))
                self._sockets.append(server)
                with self._changed:
                    self.accepted += 1
                    self.live += 1
                gone = threading.Event()
                self._begin(self._carry_requests, client, server, gone)
                self._begin(self._carry_answers, client, server, gone)

    def _begin(self, work: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _carry_requests(self, client: socket.socket, server: socket.socket, gone: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                server.sendall(data)
        gone.set()
        with self._changed:
            self.live -= 1
            self._changed.notify_all()
        _end(server)
        _end(client)

    def _carry_answers(self, client: socket.socket, server: socket.socket, gone: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                while data:
                    count = self._let_out(len(data), gone)
                    client.sendall(data[:count])
                    data = data[count:]
        # The server is gone, which its client is told.
        _end(client)

    def _let_out(self, count: int, gone: threading.Event) -> int:
        """Wait until bytes may pass; return how many of them."""
        with self._changed:
            self._changed.wait_for(lambda: self._left != 0 or gone.is_set() or self._is_closed)
            if self._left is None or gone.is_set() or self._is_closed:
                return count
            passed = min(count, self._left)
            self._left -= passed
            return passed


def _end(one: socket.socket) -> None:
    """Tell both sides that nothing comes any more; who waits for it wakes up."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
