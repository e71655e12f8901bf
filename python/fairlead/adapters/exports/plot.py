"""Draw a replay: price, spread, imbalance and volume over time, as PNG or as one HTML page.

Matplotlib comes with the extra ``plot`` and is imported when a picture is asked for. The page holds the picture as SVG:
no script, no font and no network. A file is written beside its target and then renamed, so none is ever half-written.
"""

from __future__ import annotations

import html
import importlib
import io
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairlead.domain.market_replay.records import Grid
from fairlead.domain.market_replay.tape import TapePoint
from fairlead.errors import FairleadError, UsageError

SUFFIXES = (".png", ".html")
INTERVALS = 120
"""Volume and mean imbalance are drawn for this many equal intervals of time."""
PAGE_POINTS_MAX = 2_000
"""An SVG holds every point as text: more would make the page large and show nothing more."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BID, _ASK, _LAST, _FAINT = "#0072B2", "#D55E00", "#222222", "#CCCCCC"
_STEPS: dict[str, Any] = {"linewidth": 0.8, "drawstyle": "steps-post"}


class PlotPathError(UsageError):
    """A picture cannot be written there."""


class PlotUnavailableError(FairleadError):
    """The plotting library is not installed. The text names the line that installs it."""


def require_plot(path: Path) -> None:
    """Check that a picture can be written to ``path``.

    Raises:
        PlotPathError: the suffix is neither ``.png`` nor ``.html``, or the folder does not exist.
        PlotUnavailableError: the library is not installed.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise PlotPathError(f"a picture ends in .png or .html, not {path.suffix!r}: {path}")
    if not path.resolve().parent.is_dir():
        raise PlotPathError(f"the folder of the picture does not exist: {path.parent}")
    try:
        importlib.import_module("matplotlib.figure")
    except ImportError:
        raise PlotUnavailableError('matplotlib is not installed; run: pip install "fairlead[plot]"') from None


@dataclass(frozen=True, slots=True)
class _Series:
    """What is drawn: prices in the quote currency, quantities in the base; ``mid_times`` are centres of intervals."""

    times: list[datetime]
    bid: list[float]
    ask: list[float]
    last: list[float]
    spread: list[float]
    imbalance: list[float]
    mid_times: list[datetime]
    mean_imbalance: list[float]
    volume: list[float]
    interval_days: float


def _series(points: Sequence[TapePoint], *, grid: Grid) -> _Series:
    tick, lot = float(Decimal(grid.tick_size)), float(Decimal(grid.lot_size))
    start_ns = points[0].ts_ns if points else 0
    step_ns = ((points[-1].ts_ns - start_ns) // INTERVALS + 1) if points else 1
    sums, counts, lots = [0.0] * INTERVALS, [0] * INTERVALS, [0] * INTERVALS
    volume_before = points[0].volume_lots if points else 0
    for point in points:
        at = max(0, min(INTERVALS - 1, (point.ts_ns - start_ns) // step_ns))
        sums[at] += point.imbalance
        counts[at] += 1
        lots[at] += point.volume_lots - volume_before
        volume_before = point.volume_lots
    kept = [at for at in range(INTERVALS) if counts[at]]
    return _Series(
        times=[moment(point.ts_ns) for point in points],
        bid=[point.bid_ticks * tick for point in points],
        ask=[point.ask_ticks * tick for point in points],
        last=[float("nan") if point.last_ticks is None else point.last_ticks * tick for point in points],
        spread=[point.spread_ticks * tick for point in points],
        imbalance=[point.imbalance for point in points],
        mid_times=[moment(start_ns + at * step_ns + step_ns // 2) for at in kept],
        mean_imbalance=[sums[at] / counts[at] for at in kept],
        volume=[lots[at] * lot for at in kept],
        interval_days=step_ns / 86_400e9,
    )


def moment(ts_ns: int) -> datetime:
    """Return nanoseconds since the epoch as a time in UTC, to the microsecond."""
    return _EPOCH + timedelta(microseconds=ts_ns // 1_000)


def write_plot(path: Path, *, title: str, points: Sequence[TapePoint], grid: Grid) -> None:
    """Write the picture of ``points`` to ``path``; the suffix ``.png`` or ``.html`` chooses the kind.

    Args:
        path: the file; an existing one is replaced.
        title: the headline, for example the name of the recording.
        points: in order of time; none gives empty panels.
        grid: what a tick and a lot are worth.

    Raises:
        PlotPathError: as :func:`require_plot`.
        PlotUnavailableError: the library is not installed.
        OSError: the file cannot be written.
    """

    def draw(points_max: int | None) -> Any:
        stride = 1 if points_max is None else -(-len(points) // points_max) or 1
        return _figure(title=title, points=points[::stride], grid=grid)

    save_picture(path, title=title, draw=draw)


def save_picture(path: Path, *, title: str, draw: Callable[[int | None], Any]) -> None:
    """Write a figure beside ``path`` and rename it; ``draw`` is told how many points it may hold, ``None``: any number.

    Raises:
        PlotPathError: as :func:`require_plot`.
        PlotUnavailableError: the library is not installed.
        OSError: the file cannot be written.
    """
    require_plot(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{path.suffix}")
    try:
        if path.suffix.lower() == ".png":
            draw(None).savefig(unfinished, format="png")
        else:
            unfinished.write_text(_page(draw(PAGE_POINTS_MAX), title=title), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _figure(*, title: str, points: Sequence[TapePoint], grid: Grid) -> Any:
    """Return the drawn figure; no window system and no global state of matplotlib is involved."""
    figures: Any = importlib.import_module("matplotlib.figure")
    dates: Any = importlib.import_module("matplotlib.dates")
    series = _series(points, grid=grid)
    figure = figures.Figure(figsize=(12, 10), dpi=110, layout="constrained")
    price, spread, imbalance, volume = figure.subplots(4, 1, sharex=True, height_ratios=[3, 1, 1, 1])
    price.plot(series.times, series.last, ".", label="last", color=_LAST, markersize=1)
    price.plot(series.times, series.bid, label="bid", color=_BID, **_STEPS)
    price.plot(series.times, series.ask, label="ask", color=_ASK, **_STEPS)
    spread.plot(series.times, series.spread, color=_LAST, **_STEPS)
    imbalance.plot(series.times, series.imbalance, color=_FAINT, **_STEPS)
    imbalance.plot(series.mid_times, series.mean_imbalance, color=_LAST, linewidth=1.2)
    volume.bar(series.mid_times, series.volume, width=series.interval_days * 0.9, color=_BID)
    labels = (f"price ({grid.quote})", f"spread ({grid.quote})", "imbalance at the touch", "volume per interval")
    for axis, label in zip((price, spread, imbalance, volume), labels, strict=True):
        axis.set_ylabel(label, fontsize=8)
        axis.grid(visible=True, alpha=0.3)
    imbalance.set_ylim(-1.05, 1.05)
    price.set_title(title)
    price.legend(loc="upper right", fontsize=8, markerscale=8)
    volume.xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=UTC))
    return figure


def _page(figure: Any, *, title: str) -> str:
    svg = io.StringIO()
    figure.savefig(svg, format="svg", metadata={"Date": None})
    picture = svg.getvalue()
    picture = picture[picture.index("<svg") :]
    name = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{name}</title>\n'
        "<style>body{margin:1rem;font-family:sans-serif}svg{width:100%;height:auto}</style></head>\n"
        f'<body><figure aria-label="{name}">\n{picture}<figcaption>{name}</figcaption></figure></body>\n</html>\n'
    )
