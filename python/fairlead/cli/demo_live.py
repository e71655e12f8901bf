"""Show the demo market in a terminal at the pace of the wall clock, until somebody has seen enough."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from rich.console import Console, RenderableType
from rich.live import Live

from fairlead.cli.demo_keys import Key, Keyboard, keyboard
from fairlead.cli.demo_screen import Frame, draw, glyphs_for, levels_for
from fairlead.services.demo import DemoSession, Totals

FRAME_SECONDS = 0.1
# What the engine may take of a frame; beyond it the market falls behind the clock instead of the screen.
BUSY_SECONDS_MAX = 0.035
CHUNK_COMMANDS = 1_000
# Rates are averages over so many frames.
RATE_FRAMES = 10
EXIT_TERMINATED = 143


class Rate:
    """Commands and events per second of the wall clock over the last frames."""

    def __init__(self) -> None:
        """Begin without any frame."""
        self._seen: deque[tuple[float, int, int]] = deque(maxlen=RATE_FRAMES + 1)

    def add(self, now: float, totals: Totals) -> tuple[int | None, int | None]:
        """Take a frame at ``now`` (seconds); return both rates, ``None`` before the second frame."""
        self._seen.append((now, totals.commands, totals.events))
        begun, commands, events = self._seen[0]
        if now <= begun:
            return None, None
        return round((totals.commands - commands) / (now - begun)), round((totals.events - events) / (now - begun))


class Pace:
    """Ties the market's time to the wall clock, ``speed`` seconds of it to one of ours."""

    def __init__(self, *, now: float, ts_ns: int, speed: float) -> None:
        """Begin at ``now`` (seconds) with the market at ``ts_ns``."""
        self._now = now
        self._ts_ns = ts_ns
        self._speed = speed

    def due_ns(self, now: float) -> int:
        """Return where the market should be at ``now``."""
        return self._ts_ns + int((now - self._now) * self._speed * 1e9)

    def give_up(self, *, now: float, ts_ns: int) -> None:
        """Begin anew from where the market is: it could not keep up, and nobody wants it to race later."""
        self._now = now
        self._ts_ns = ts_ns


def show(session: DemoSession, *, console: Console, symbol: str, seed: int, speed: float, seconds: float | None) -> str:
    """Show the market until ``q``, Ctrl-C or ``seconds``, above 0, are over; return the symbol shown last.

    Raises:
        SystemExit: with 143 after SIGTERM, the terminal restored.
    """
    screen = _Screen(session, console=console, symbol=symbol, seed=seed)
    with (
        _heard_signals() as ends,
        keyboard() as keys,
        Live(console=console, screen=True, auto_refresh=False) as live,
    ):
        _loop(screen, live=live, keys=keys, speed=speed, seconds=seconds, ends=ends)
    if signal.SIGTERM in ends:
        raise SystemExit(EXIT_TERMINATED)
    return screen.symbol


def _loop(
    screen: _Screen, *, live: Live, keys: Keyboard, speed: float, seconds: float | None, ends: Sequence[int]
) -> None:
    session = screen.session
    started, opened_ns = time.monotonic(), session.totals().ts_ns
    # Where the engine keeps up, the market ends at this very time: a run of so many seconds is the same run every time.
    end_ns = None if seconds is None else opened_ns + int(seconds * speed * 1e9)
    pace = Pace(now=started, ts_ns=opened_ns, speed=speed)
    while not ends:
        begun = time.monotonic()
        due_ns = pace.due_ns(begun) if end_ns is None else min(pace.due_ns(begun), end_ns)
        if not _catch_up(session, due_ns=due_ns, until=begun + BUSY_SECONDS_MAX):
            pace.give_up(now=time.monotonic(), ts_ns=session.totals().ts_ns)
        live.update(screen.frame(), refresh=True)
        if due_ns == end_ns or (seconds is not None and begun - started >= seconds):
            return
        rest = begun + FRAME_SECONDS - time.monotonic()
        if not screen.obey(keys, seconds=max(0.0, rest)):
            return


def _catch_up(session: DemoSession, *, due_ns: int, until: float) -> bool:
    """Run the market up to its time, or as long as it may take; return whether it got there."""
    while session.run_until(due_ns, commands_max=CHUNK_COMMANDS) == CHUNK_COMMANDS:
        if time.monotonic() >= until:
            return False
    return True


class _Screen:
    """What is on the screen: which symbol, and how fast things go."""

    def __init__(self, session: DemoSession, *, console: Console, symbol: str, seed: int) -> None:
        self.session = session
        self.symbol = symbol
        self._console = console
        self._seed = seed
        self._glyphs = glyphs_for(console.encoding)
        self._rate = Rate()

    def frame(self) -> RenderableType:
        width, height = self._console.size
        levels = levels_for(height)
        totals = self.session.totals()
        commands_per_second, events_per_second = self._rate.add(time.monotonic(), totals)
        frame = Frame(
            view=self.session.view(self.symbol, levels=levels, prints=2 * levels + 1),
            totals=totals,
            symbols=self.session.symbols,
            seed=self._seed,
            commands_per_second=commands_per_second,
            events_per_second=events_per_second,
        )
        return draw(frame, width=width, height=height, glyphs=self._glyphs)

    def obey(self, keys: Keyboard, *, seconds: float) -> bool:
        """Do what is typed within ``seconds``; return whether to go on."""
        symbols = self.session.symbols
        for key in keys.wait(seconds):
            if key is Key.QUIT:
                return False
            at = symbols.index(self.symbol)
            if isinstance(key, int):
                at = min(key, len(symbols)) - 1
            else:
                at = (at + (1 if key is Key.NEXT else -1)) % len(symbols)
            self.symbol = symbols[at]
        return True


@contextmanager
def _heard_signals() -> Iterator[Sequence[int]]:
    """Give what was asked of the program by Ctrl-C and SIGTERM.

    An exception in their stead is lost where it happens to be raised in a finalizer, and the demo would go on for ever.
    """
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    before = [(number, signal.signal(number, hear)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield heard
    finally:
        for number, handler in before:
            signal.signal(number, handler)
