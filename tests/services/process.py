"""A server in a folder of its own: started, waited for until it answers, killed or ended, and begun again."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

__all__ = ["MissingError", "Server", "free_port", "program"]

_START_S_MAX = 60.0
_STOP_S_MAX = 30.0
# How long to wait for the end of the process between two looks whether it answers.
_LOOK_S = 0.05


class MissingError(Exception):
    """A program that the tests start is not installed; the text says how to install it."""


def program(name: str, *, package: str, folders: Sequence[Path] = ()) -> str:
    """Return the path of a program, from the folders first.

    Raises:
        MissingError: it is nowhere.
    """
    places = [*map(str, folders), os.environ.get("PATH", os.defpath)]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise MissingError(f"{name} is not installed; install it with: apt-get install {package}")
    return found


def free_port() -> int:
    """Return a port of the loopback address on which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Server:
    """One server.

    Args:
        name: what messages call it.
        user: whom it runs as where the tests run as root; root by default.
        stop_signal: what asks it to end; it also gets it when the tests die.
    """

    def __init__(self, name: str, *, user: str | None = None, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        self.name, self._stop_signal = name, stop_signal
        self.user = user if os.geteuid() == 0 else None
        # Not below the folder of pytest: another user may not enter that.
        self.folder = Path(tempfile.mkdtemp(prefix=f"fairlead-{name}-"))
        if self.user is not None:
            shutil.chown(self.folder, self.user)
        self._log = self.folder / "log.txt"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str | Path) -> None:
        """Run a program that prepares the server.

        Raises:
            RuntimeError: it fails.
        """
        done = subprocess.run(
            command, cwd=self.folder, user=self.user, capture_output=True, text=True, check=False, timeout=_START_S_MAX
        )
        if done.returncode:
            raise RuntimeError(f"{self.name} cannot be prepared: {done.args} {done.stdout} {done.stderr}")

    def start(self, command: Sequence[str | Path], *, answers: Callable[[], bool]) -> None:
        """Start the server and return once it answers. Its leash ends it with the thread that calls this.

        Args:
            command: its program and arguments.
            answers: asks it something; ``False`` or an ``OSError`` where it does not answer yet.

        Raises:
            RuntimeError: it ends, or does not answer within a minute.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self._leash(), *command],
                cwd=self.folder,
                user=self.user,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until_s = time.monotonic() + _START_S_MAX
        while not _holds(answers):
            if self._ended_within(_LOOK_S) or time.monotonic() > until_s:
                self.kill()
                raise RuntimeError(f"{self.name} does not answer: {self._log.read_text(errors='replace')[-4_000:]}")

    def kill(self) -> None:
        """End it as a crash does, with everything it started."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End it in its own way, and remove its folder."""
        if self._process is not None:
            self._process.send_signal(self._stop_signal)
            if not self._ended_within(_STOP_S_MAX):
                self.kill()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def _leash(self) -> list[str]:
        """Return what ends the server when the tests are killed, where the system can do that."""
        setpriv = shutil.which("setpriv")
        return [setpriv, "--pdeathsig", self._stop_signal.name.removeprefix("SIG")] if setpriv else []

    def _ended_within(self, seconds: float) -> bool:
        assert self._process is not None
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _holds(answers: Callable[[], bool]) -> bool:
    try:
        return answers()
    except OSError:
        return False
