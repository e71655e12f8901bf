"""A service of several processes: the leader with the engine, workers that answer HTTP, and the parent of both.

The parent has no engine, no store and no thread, so it can fork at any time. It holds the socket that all workers
listen on, starts the leader first and workers once the leader is there, and ends them in reverse.

INV-1  A worker that ends is started again, and the log says why it ended; a leader that ends takes everybody with it.
INV-2  Nobody outlives the parent: each child reads the end of its channel.
INV-3  The leader is asked to end only when no worker is left.
"""

import contextlib
import logging
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import msgspec

from fairlead.adapters.serving import Child, fork_child
from fairlead.bootstrap.crew_words import READY, LeaderReady

__all__ = ["Crew", "Forked", "why_ended"]

_LEADER: Final = "leader"
# Of a worker that ends before it was ready the next is begun after a while.
_AGAIN_S: Final = 1.0
# What a worker has beyond its requests in work to close its sessions.
_CLOSE_S: Final = 5.0
_UNAVAILABLE: Final = 5
_log = logging.getLogger("fairlead.service")


class Forked(BaseException):
    """This is a child now: what it has to do is whoever catches it to do; the parent goes on elsewhere.

    Args:
        seat: the number of the worker; 0: the leader.
        channel: its end of the channel.
        leader: what the leader said; ``None``: it is the leader.
    """

    def __init__(self, seat: int, channel: socket.socket, leader: LeaderReady | None) -> None:
        super().__init__(seat)
        self.seat, self.channel, self.leader = seat, channel, leader


class Crew:
    """Begins the processes of one service, watches them and ends them.

    Args:
        listening: the socket of HTTP.
        workers: how many answer on it.
        grace_s: how long a worker that is asked to end may finish requests in work.
        on_ready: called once every worker answers.
    """

    def __init__(
        self, listening: socket.socket, *, workers: int, grace_s: float, on_ready: Callable[[LeaderReady], None]
    ) -> None:
        self._listening, self._grace_s, self._on_ready = listening, grace_s, on_ready
        self._leader: Child | None = None
        self._told: LeaderReady | None = None
        self._workers: dict[int, Child] = {}
        self._ready: set[int] = set()
        # When workers are due to be begun, by their seats.
        self._due: dict[int, float] = dict.fromkeys(range(1, workers + 1), 0.0)
        self._count, self._is_announced, self._is_ending = workers, False, False
        self._kill_at_s: float | None = None
        self._code = 0
        self._selector = selectors.DefaultSelector()

    def run(self) -> int:
        """Return the exit code once all have ended.

        Raises:
            Forked: in each child.
        """
        with _signals() as heard:
            self._selector.register(heard, selectors.EVENT_READ)
            self._leader = self._fork(_LEADER, 0)
            try:
                while self._leader is not None or self._workers:
                    for key, _ in self._selector.select(self._wait_s()):
                        self._take(key.data, heard)
                    self._do_what_is_due()
            except Exception:
                # A fault of the parent itself: nobody is left behind.
                self._kill_all()
                raise
        return self._code

    def _children(self) -> list[Child]:
        return [*([] if self._leader is None else [self._leader]), *self._workers.values()]

    def _fork(self, name: str, seat: int) -> Child:
        child = fork_child(name, beside=self._children())
        if isinstance(child, socket.socket):
            self._selector.close()
            if not seat:
                self._listening.close()
            raise Forked(seat, child, self._told)
        self._selector.register(child.channel, selectors.EVENT_READ, (seat, child))
        return child

    def _take(self, of: tuple[int, Child] | None, heard: socket.socket) -> None:
        if of is None:
            heard.recv(1_024)
            self._begin_end(0)
            return
        seat, child = of
        lines = child.read()
        if lines is None:
            self._selector.unregister(child.channel)
            self._note_end(seat, child, child.reap())
            return
        for line in lines:
            if seat == 0:
                self._told = msgspec.json.decode(line, type=LeaderReady)
            elif line == READY:
                self._ready.add(seat)

    def _note_end(self, seat: int, child: Child, code: int) -> None:
        if seat == 0:
            self._leader = None
            if not self._is_ending:
                if self._told is not None or code < 0:
                    _log.error(
                        "the leader has ended, and the service with it: pid=%d why=%s", child.pid, why_ended(code)
                    )
                code = code or _UNAVAILABLE
            self._begin_end(code if code >= 0 else _UNAVAILABLE)
            return
        del self._workers[seat]
        was_ready = seat in self._ready
        self._ready.discard(seat)
        if self._is_ending:
            return
        if not self._is_announced:
            self._begin_end(code if code > 0 else _UNAVAILABLE)
            return
        _log.warning("a worker ended and is started again: worker=%d pid=%d why=%s", seat, child.pid, why_ended(code))
        self._due[seat] = 0.0 if was_ready else time.monotonic() + _AGAIN_S

    def _do_what_is_due(self) -> None:
        now_s = time.monotonic()
        if self._is_ending:
            if not self._workers and self._leader is not None and self._kill_at_s is not None:
                self._kill_at_s = None
                self._leader.send(signal.SIGTERM)
            elif self._kill_at_s is not None and now_s >= self._kill_at_s:
                for child in self._workers.values():
                    _log.warning("a worker does not end and is killed: name=%s pid=%d", child.name, child.pid)
                    child.send(signal.SIGKILL)
                self._kill_at_s = now_s + _CLOSE_S
            return
        if self._told is not None:
            for seat in [seat for seat, at_s in self._due.items() if at_s <= now_s]:
                del self._due[seat]
                self._workers[seat] = self._fork(f"worker-{seat}", seat)
            if not self._is_announced and len(self._ready) == self._count:
                self._is_announced = True
                self._on_ready(self._told)

    def _begin_end(self, code: int) -> None:
        self._code = self._code or code
        if self._is_ending:
            return
        self._is_ending = True
        # Nobody connects any more, also not to wait for a worker that will not come.
        self._listening.close()
        for child in self._workers.values():
            child.send(signal.SIGTERM)
        self._kill_at_s = time.monotonic() + self._grace_s + _CLOSE_S

    def _wait_s(self) -> float | None:
        if self._is_ending:
            times = [] if self._kill_at_s is None else [self._kill_at_s]
        else:
            times = [] if self._told is None else list(self._due.values())
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _kill_all(self) -> None:
        for child in self._children():
            with contextlib.suppress(ProcessLookupError):
                child.send(signal.SIGKILL)


@contextmanager
def _signals() -> Iterator[socket.socket]:
    """Yield what can be read when somebody asks for the end."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    before = signal.set_wakeup_fd(theirs.fileno())
    kept = {number: signal.signal(number, _ignore) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ours
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in kept.items():
            signal.signal(number, handler)
        ours.close()
        theirs.close()


def _ignore(number: int, frame: object) -> None:
    """Do nothing: what wakes is the number, which is written to the socket."""
    del number, frame


def why_ended(code: int) -> str:
    """Say in words how a process ended."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"
