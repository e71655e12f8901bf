"""Keep what a picture of bands and halts needs: bounded points, halts and reopenings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

POINTS_MAX = 8_000
SPANS_MAX = 1_000

SpanKind = Literal["halt", "call", "cooling"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltPoint:
    """The market at one moment, in ticks; ``None`` where there is no such price or end of the band."""

    ts_ns: int
    last_ticks: int | None = None
    bid_ticks: int | None = None
    ask_ticks: int | None = None
    low_ticks: int | None = None
    high_ticks: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HaltSpan:
    """A stretch of time that is shaded: a halt, its call, or the cooling after it. ``label`` names the rule."""

    kind: SpanKind
    begin_ns: int
    end_ns: int
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """Where trading began again."""

    ts_ns: int
    price_ticks: int


class HaltTape:
    """Takes every point and keeps evenly many of them, fewer than ``POINTS_MAX``; points next to a halt are all kept.

    Spans and reopenings beyond ``SPANS_MAX`` are left out of the picture.
    """

    def __init__(self) -> None:
        self.spans: list[HaltSpan] = []
        self.reopenings: list[Reopening] = []
        self._points: list[HaltPoint] = []
        self._kept: list[HaltPoint] = []
        self._stride = 1
        self._seen = 0

    @property
    def points(self) -> list[HaltPoint]:
        """The points in order of time."""
        return sorted([*self._points, *self._kept], key=lambda point: point.ts_ns)

    def observe(self, point: HaltPoint) -> None:
        """Take the market at one moment; times do not decrease."""
        self._seen += 1
        if self._seen % self._stride:
            return
        self._points.append(point)
        if len(self._points) == POINTS_MAX:
            self._points = self._points[1::2]
            self._stride *= 2

    def keep(self, point: HaltPoint) -> None:
        """Take a point that must not be thinned out, such as the price that would not have printed."""
        if len(self._kept) < SPANS_MAX:
            self._kept.append(point)

    def shade(self, span: HaltSpan) -> None:
        """Take a stretch of time."""
        if len(self.spans) < SPANS_MAX:
            self.spans.append(span)

    def reopen(self, reopening: Reopening) -> None:
        """Take the price trading began again at."""
        if len(self.reopenings) < SPANS_MAX:
            self.reopenings.append(reopening)
