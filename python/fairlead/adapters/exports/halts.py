"""Draw bands and halts: prices with the band around them, halts shaded, the reopening marked. PNG or one HTML page."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from fairlead.adapters.exports.plot import moment, save_picture
from fairlead.domain.market_replay.halt_tape import HaltPoint, HaltTape, SpanKind
from fairlead.domain.market_replay.records import Grid

_LAST, _BID, _ASK, _BAND, _MARK = "#222222", "#0072B2", "#D55E00", "#CC79A7", "#009E73"
_SHADES: dict[SpanKind, tuple[str, float]] = {
    "halt": ("#D55E00", 0.25),
    "call": ("#E69F00", 0.25),
    "cooling": ("#56B4E9", 0.20),
}
_STEPS: dict[str, Any] = {"linewidth": 0.8, "drawstyle": "steps-post"}
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class _Series:
    """Prices in the quote currency, ``nan`` where there is none."""

    times: list[datetime]
    last: list[float]
    bid: list[float]
    ask: list[float]
    low: list[float]
    high: list[float]


def write_halts(path: Path, *, title: str, tape: HaltTape, grid: Grid) -> None:
    """Write the picture of ``tape`` to ``path``; the suffix ``.png`` or ``.html`` chooses the kind.

    Args:
        path: the file; an existing one is replaced.
        title: the headline.
        tape: points, halts and reopenings; an empty one gives an empty picture.
        grid: what a tick is worth.

    Raises:
        PlotPathError: the suffix is another, or the folder does not exist.
        PlotUnavailableError: the library is not installed.
        OSError: the file cannot be written.
    """
    points = tape.points

    def draw(points_max: int | None) -> Any:
        stride = 1 if points_max is None else -(-len(points) // points_max) or 1
        return _figure(title=title, points=points[::stride], tape=tape, grid=grid)

    save_picture(path, title=title, draw=draw)


def _series(points: Sequence[HaltPoint], *, tick: float) -> _Series:
    def of(name: str) -> list[float]:
        ticks = [getattr(point, name) for point in points]
        return [_NAN if number is None else number * tick for number in ticks]

    return _Series(
        times=[moment(point.ts_ns) for point in points],
        last=of("last_ticks"),
        bid=of("bid_ticks"),
        ask=of("ask_ticks"),
        low=of("low_ticks"),
        high=of("high_ticks"),
    )


def _figure(*, title: str, points: Sequence[HaltPoint], tape: HaltTape, grid: Grid) -> Any:
    figures: Any = importlib.import_module("matplotlib.figure")
    dates: Any = importlib.import_module("matplotlib.dates")
    tick = float(Decimal(grid.tick_size))
    series = _series(points, tick=tick)
    figure = figures.Figure(figsize=(12, 6.5), dpi=110, layout="constrained")
    axis = figure.subplots()
    _shade(axis, tape)
    axis.fill_between(series.times, series.low, series.high, step="post", color=_BAND, alpha=0.08, linewidth=0)
    for values in (series.low, series.high):
        axis.plot(series.times, values, color=_BAND, label="band" if values is series.low else None, **_STEPS)
    axis.plot(series.times, series.bid, color=_BID, alpha=0.6, label="bid", **_STEPS)
    axis.plot(series.times, series.ask, color=_ASK, alpha=0.6, label="ask", **_STEPS)
    axis.plot(series.times, series.last, ".", color=_LAST, markersize=2, label="trades")
    if tape.reopenings:
        times = [moment(one.ts_ns) for one in tape.reopenings]
        prices = [one.price_ticks * tick for one in tape.reopenings]
        axis.plot(times, prices, "^", color=_MARK, markersize=9, label="reopening")
    _focus(axis, series)
    axis.set_title(title)
    axis.set_ylabel(f"price ({grid.quote})")
    axis.grid(visible=True, alpha=0.3)
    axis.xaxis.set_major_formatter(dates.DateFormatter("%H:%M:%S", tz=UTC))
    axis.legend(loc="best", fontsize=8)
    return figure


def _shade(axis: Any, tape: HaltTape) -> None:
    named: set[str] = set()
    for span in tape.spans:
        color, alpha = _SHADES[span.kind]
        name = f"{span.kind} ({span.label})" if span.label else span.kind
        label = None if name in named else name
        named.add(name)
        axis.axvspan(moment(span.begin_ns), moment(span.end_ns), color=color, alpha=alpha, linewidth=0, label=label)


def _focus(axis: Any, series: _Series) -> None:
    """Show where the market trades: a quote far away from every trade must not flatten the picture."""
    values = [value for value in (*series.last, *series.low, *series.high) if value == value]  # not nan
    if not values:
        return
    low, high = min(values), max(values)
    margin = (high - low) * 0.05 or abs(high) * 0.01
    axis.set_ylim(low - margin, high + margin)
