"""PostgreSQL for the tests: a cluster of its own, in which nothing outlives the tests."""

import signal
from pathlib import Path

import psycopg
from tests.services.process import MissingError, Server, free_port, program

__all__ = ["Postgres"]

_DEBIAN = Path("/usr/lib/postgresql")
_PACKAGE = "postgresql"


class Postgres:
    """A running server.

    Raises:
        MissingError: it is not installed.
    """

    def __init__(self) -> None:
        folders = sorted(_DEBIAN.glob("*/bin"), reverse=True)
        initdb = program("initdb", package=_PACKAGE, folders=folders)
        self._postgres = program("postgres", package=_PACKAGE, folders=folders)
        self._port = free_port()
        try:
            # It refuses to run as root.
            self._server = Server("postgres", user="postgres", stop_signal=signal.SIGINT)
        except LookupError:
            raise MissingError("there is no user postgres: apt-get install postgresql") from None
        self._data = self._server.folder / "data"
        try:
            self._server.run(initdb, "-D", self._data, "-U", "fairlead", "-A", "trust", "-E", "UTF8", "--no-sync")
            self.start()
        except BaseException:
            self._server.stop()
            raise

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql://fairlead@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, again where it was killed."""
        options = {"listen_addresses": "127.0.0.1", "port": self._port, "unix_socket_directories": "", "fsync": "off"}
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        self._server.start([self._postgres, "-D", self._data, *settings], answers=self._answers)

    def kill(self) -> None:
        """End it as a crash does."""
        self._server.kill()

    def stop(self) -> None:
        """End it for good."""
        self._server.stop()

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url, connect_timeout=5) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False
