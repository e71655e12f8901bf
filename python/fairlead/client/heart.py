"""Signs of life: this end gives them whatever it hears, and a long silence of the other one ends the connection."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

__all__ = ["Heart"]

# A sign of life each time this share of the interval is over, and the end of patience.
_SPEAK_AT, _GIVE_UP_AT = 0.5, 2.5


class Heart:
    """Looks at one connection, with one timer however much comes.

    Args:
        reader: what the connection reads; it is given the error that ends it.
        interval_s: seconds between heartbeats.
        beat: says that we live.
    """

    def __init__(self, reader: asyncio.StreamReader, *, interval_s: float, beat: Callable[[], None]) -> None:
        self._reader, self._interval_s, self._beat = reader, interval_s, beat
        self._loop: Final = asyncio.get_running_loop()
        self._heard_at = self._loop.time()
        self._is_deaf = False
        self._timer = self._loop.call_later(interval_s * _SPEAK_AT, self._look)

    def heard(self) -> None:
        """Note that something came."""
        self._heard_at = self._loop.time()

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Nothing is read meanwhile, so that a silence says nothing of the other end; this one still speaks."""
        self._is_deaf = True
        try:
            yield
        finally:
            self._is_deaf = False
            self.heard()

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        silent_s = self._loop.time() - self._heard_at
        if silent_s > self._interval_s * _GIVE_UP_AT and not self._is_deaf:
            self._reader.set_exception(TimeoutError(f"the gateway is silent: seconds={silent_s:.1f}"))
            return
        # However much comes: the question of the other end whether this one lives may stand behind a lot of it.
        self._beat()
        self._timer = self._loop.call_later(self._interval_s * _SPEAK_AT, self._look)
