"""How fast tables that are behind come on, so that nobody waits for what cannot be there in time."""

from typing import Final

__all__ = ["Stride"]

# So long is looked at before anything is said, and then at the newest such time.
_WINDOW_S: Final = 1.0
# Tables that made no step for so long have nothing before them, or stand still for a reason that may end at once.
_STALE_S: Final = 3.0
# Who waits ends the rests of the tables, and steps are not alike: they may be so many times as fast as they were.
_FASTER_MAX: Final = 4.0


class Stride:
    """Counts while the tables are behind; where they are not, anything may be there at once."""

    def __init__(self) -> None:
        self._begun: tuple[int, float] | None = None
        self._per_s: float | None = None
        self._stepped_s = 0.0

    def step(self, seq: int, now_s: float) -> None:
        """The tables have come to a number of the log, and more waits for them."""
        self._stepped_s = now_s
        if self._begun is None:
            self._begun = seq, now_s
            return
        begun_seq, begun_s = self._begun
        if now_s - begun_s >= _WINDOW_S:
            self._per_s = (seq - begun_seq) / (now_s - begun_s)
            self._begun = seq, now_s

    def end(self) -> None:
        """Nothing waits for them any more."""
        self._begun = self._per_s = None

    def is_out_of_reach(self, distance: int, within_s: float, *, now_s: float) -> bool:
        """Whether so many numbers of the log are surely more than the tables take in so many seconds."""
        is_known = self._per_s is not None and now_s - self._stepped_s <= _STALE_S
        return is_known and distance > _FASTER_MAX * (self._per_s or 0.0) * within_s
