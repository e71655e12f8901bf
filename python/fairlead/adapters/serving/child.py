"""A process that was forked, and the channel by which it and its parent know of each other.

The child says lines, the parent says nothing: who reads the end of the channel knows that the other is gone.
"""

import os
import signal
import socket
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Child", "fork_child"]

_READ_MAX: Final = 65_536


@dataclass(slots=True, eq=False)
class Child:
    """A process of this one.

    Attributes:
        name: what it is called.
        pid: its number.
        channel: what it says arrives here.
    """

    name: str
    pid: int
    channel: socket.socket
    _said: bytes = field(default=b"", init=False)

    def read(self) -> list[bytes] | None:
        """Return the whole lines that came; ``None``: the process has ended."""
        try:
            came = self.channel.recv(_READ_MAX)
        except ConnectionError:
            came = b""
        if not came:
            return None
        *lines, self._said = (self._said + came).split(b"\n")
        return lines

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; it is not waited for yet, so its number is nobody else's."""
        os.kill(self.pid, number)

    def reap(self) -> int:
        """Wait for its end and return its exit code, or the number of the signal that killed it, negative."""
        self.channel.close()
        _, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status)


def fork_child(name: str, *, beside: Iterable[Child]) -> Child | socket.socket:
    """Fork; return the child to its parent, and to the child its end of the channel.

    Args:
        name: what it is called.
        beside: the other children: their channels are the parent's own.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid:
        theirs.close()
        return Child(name, pid, ours)
    ours.close()
    for child in beside:
        child.channel.close()
    # What arrives here is not told to the parent.
    signal.set_wakeup_fd(-1)
    return theirs
