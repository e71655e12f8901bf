"""Draw a replay: price, spread, imbalance and volume over time, as PNG or as one HTML page.

Matplotlib comes with the extra ``plot`` and is imported when a picture is asked for. The page holds the picture as SVG:
no script, no font and no network. A file is written beside its target and then renamed, so none is ever half-written.
"""

from __future__ import annotations

import html
import importlib
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairlead.domain.market_replay.records import Grid
from fairlead.domain.market_replay.tape import TapePoint
from fairlead.errors import FairleadError, UsageError

SUFFIXES = (".png", ".html")
PAGE_POINTS_MAX = 2_000
"""An SVG holds every point as text: more would make the page large and show nothing more."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BID, _ASK, _LAST, _NEUTRAL = "#0072B2", "#D55E00", "#000000", "#595959"


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
    """The four panels in units of the quote currency and the base quantity."""

    times: list[datetime]
    bid: list[float]
    ask: list[float]
    last: list[float | None]
    spread: list[float]
    imbalance: list[float]
    volume: list[float]


def _series(points: Sequence[TapePoint], *, grid: Grid) -> _Series:
    tick, lot = float(Decimal(grid.tick_size)), float(Decimal(grid.lot_size))
    return _Series(
        times=[_EPOCH + timedelta(microseconds=point.ts_ns // 1_000) for point in points],
        bid=[point.bid_ticks * tick for point in points],
        ask=[point.ask_ticks * tick for point in points],
        last=[None if point.last_ticks is None else point.last_ticks * tick for point in points],
        spread=[point.spread_ticks * tick for point in points],
        imbalance=[point.imbalance for point in points],
        volume=[point.volume_lots * lot for point in points],
    )


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
    require_plot(path)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{path.suffix}")
    try:
        if path.suffix.lower() == ".png":
            _figure(title=title, points=points, grid=grid).savefig(unfinished, format="png")
        else:
            unfinished.write_text(_page(title=title, points=points, grid=grid), encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _panels(series: _Series, *, grid: Grid) -> list[tuple[str, list[tuple[str, Sequence[float | None], str]]]]:
    """Return each panel as ``(axis title, [(name, values, colour)])``, top to bottom."""
    price: list[tuple[str, Sequence[float | None], str]] = [("bid", series.bid, _BID), ("ask", series.ask, _ASK)]
    if any(last is not None for last in series.last):
        price.append(("last", series.last, _LAST))
    return [
        (f"price ({grid.quote})", price),
        (f"spread ({grid.quote})", [("spread", series.spread, _NEUTRAL)]),
        ("imbalance at the touch (-1..1)", [("imbalance", series.imbalance, _NEUTRAL)]),
        ("volume since start", [("volume", series.volume, _NEUTRAL)]),
    ]


def _figure(*, title: str, points: Sequence[TapePoint], grid: Grid) -> Any:
    """Return the drawn figure; no window system and no global state of matplotlib is involved."""
    figures: Any = importlib.import_module("matplotlib.figure")
    dates: Any = importlib.import_module("matplotlib.dates")
    series = _series(points, grid=grid)
    panels = _panels(series, grid=grid)
    figure = figures.Figure(figsize=(12, 10), dpi=110, layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, height_ratios=[3, 1, 1, 1])
    for axis, (label, lines) in zip(axes, panels, strict=True):
        for name, values, colour in lines:
            drawn = [float("nan") if value is None else value for value in values]
            axis.plot(series.times, drawn, label=name, color=colour, linewidth=0.8, drawstyle="steps-post")
        axis.set_ylabel(label, fontsize=8)
        axis.grid(visible=True, alpha=0.3)
    axes[0].set_title(title)
    axes[0].legend(loc="upper right", fontsize=8)
    axes[-1].xaxis.set_major_formatter(dates.DateFormatter("%H:%M", tz=UTC))
    return figure


def _page(*, title: str, points: Sequence[TapePoint], grid: Grid) -> str:
    stride = -(-len(points) // PAGE_POINTS_MAX) or 1
    svg = io.StringIO()
    _figure(title=title, points=points[::stride], grid=grid).savefig(svg, format="svg", metadata={"Date": None})
    picture = svg.getvalue()
    picture = picture[picture.index("<svg") :]
    name = html.escape(title)
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{name}</title>\n'
        "<style>body{margin:1rem;font-family:sans-serif}svg{width:100%;height:auto}</style></head>\n"
        f'<body><figure aria-label="{name}">\n{picture}<figcaption>{name}</figcaption></figure></body>\n</html>\n'
    )
