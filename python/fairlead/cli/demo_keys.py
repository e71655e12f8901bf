"""Read single keys from a terminal without waiting for Enter, and give the terminal back as it was."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum

READ_BYTES_MAX = 64


class Key(Enum):
    """What a key means to the demo."""

    QUIT = "quit"
    NEXT = "next"
    PREVIOUS = "previous"


# The longest spelling first: an arrow is an escape with more behind it.
_SPELLINGS: tuple[tuple[bytes, Key], ...] = (
    (b"\x1b[C", Key.NEXT),
    (b"\x1bOC", Key.NEXT),
    (b"\x1b[B", Key.NEXT),
    (b"\x1bOB", Key.NEXT),
    (b"\x1b[D", Key.PREVIOUS),
    (b"\x1bOD", Key.PREVIOUS),
    (b"\x1b[A", Key.PREVIOUS),
    (b"\x1bOA", Key.PREVIOUS),
    (b"\x1b[Z", Key.PREVIOUS),
    (b"\t", Key.NEXT),
    (b"q", Key.QUIT),
    (b"Q", Key.QUIT),
)


def parse(typed: bytes) -> Sequence[Key | int]:
    """Return the keys in what a terminal sent: a :class:`Key`, or a digit from 1 to 9; anything else is skipped."""
    found: list[Key | int] = []
    while typed:
        for spelling, key in _SPELLINGS:
            if typed.startswith(spelling):
                found.append(key)
                typed = typed[len(spelling) :]
                break
        else:
            if b"1" <= typed[:1] <= b"9":
                found.append(int(typed[:1]))
            typed = typed[1:]
    return found


class Keyboard:
    """Keys as they come; without a terminal there are none."""

    def __init__(self, fd: int | None) -> None:
        """Read from the file descriptor of a terminal, ``None`` for no keyboard."""
        self._fd = fd

    def wait(self, seconds: float) -> Sequence[Key | int]:
        """Wait up to ``seconds`` (0 or more) and return the keys typed, as soon as there are any."""
        watched = [] if self._fd is None else [self._fd]
        ready, _, _ = select.select(watched, [], [], seconds)
        if self._fd is None or not ready:
            return ()
        typed = os.read(self._fd, READ_BYTES_MAX)
        if not typed:
            self._fd = None  # the other end is gone: nobody types any more
        return parse(typed)


@contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Give single keys of standard input while the block runs; the terminal's settings come back in any case."""
    try:
        import termios
        import tty
    except ImportError:  # no such terminals on this system; Ctrl-C still ends the demo
        yield Keyboard(None)
        return
    if not sys.stdin.isatty():
        yield Keyboard(None)
        return
    fd = sys.stdin.fileno()
    saved = termios.tcgetattr(fd)
    try:
        tty.setcbreak(fd)
        yield Keyboard(fd)
    finally:
        termios.tcsetattr(fd, termios.TCSADRAIN, saved)
