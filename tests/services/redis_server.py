"""Redis for the tests: empty, without a file."""

import socket

from tests.services.process import Server, free_port, program

__all__ = ["RedisServer"]


class RedisServer:
    """A running server.

    Raises:
        MissingError: it is not installed.
    """

    def __init__(self) -> None:
        self._program = program("redis-server", package="redis-server")
        self._port = free_port()
        self._server = Server("redis")
        try:
            self.start()
        except BaseException:
            self._server.stop()
            raise

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, again where it was killed: it has forgotten everything."""
        options = {"bind": "127.0.0.1", "port": str(self._port), "save": "", "appendonly": "no"}
        settings = [word for name, value in options.items() for word in (f"--{name}", value)]
        self._server.start([self._program, *settings], answers=self._answers)

    def kill(self) -> None:
        """End it as a crash does."""
        self._server.kill()

    def stop(self) -> None:
        """End it for good."""
        self._server.stop()

    def _answers(self) -> bool:
        with socket.create_connection(("127.0.0.1", self._port), timeout=1) as one:
            one.sendall(b"PING\r\n")
            return one.recv(64).startswith(b"+PONG")
