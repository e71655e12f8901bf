"""Draw one frame of the demo: ladder, tape, imbalance, rates and latencies, for a terminal from 80 x 24 on.

Sky is buy and vermillion is sell, which all forms of colour blindness tell apart; the side is also said by the place
(bids left and below), by arrows and by letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from fairlead.services.demo import Level, MarketView, Print, Totals

BUY = "#56B4E9"
SELL = "#D55E00"
QUIET = "grey62"

# Lines that are neither ladder nor tape: title, two borders, the spread, imbalance, two of totals, keys.
FIXED_LINES = 8
LEVELS_MAX = 25
# A line of the ladder: bar, quantity, price, quantity, bar, and blanks between them.
BAR_WIDTH = 10
QTY_WIDTH = 7
PRICE_WIDTH = 8
LADDER_WIDTH = 2 * (BAR_WIDTH + QTY_WIDTH) + PRICE_WIDTH + 4 + 2
# With less a tape cannot be read.
TAPE_WIDTH_MIN = 26
IMBALANCE_WIDTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """Marks that the terminal's encoding can show."""

    bar: str
    rest: str
    up: str
    down: str
    arrows: str
    micro: str


UNICODE = Glyphs(bar="█", rest="░", up="▲", down="▼", arrows="←/→", micro="µ")
ASCII = Glyphs(bar="#", rest=".", up="^", down="v", arrows="left/right", micro="u")


def glyphs_for(encoding: str) -> Glyphs:
    """Return the marks for an encoding of the terminal, such as ``utf-8`` or ``ascii``."""
    try:
        "█░▲▼←→µ".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything a frame shows; rates are per second of the wall clock, ``None`` while there is none."""

    view: MarketView
    totals: Totals
    symbols: Sequence[str]
    seed: int
    commands_per_second: int | None
    events_per_second: int | None


def levels_for(height: int) -> int:
    """Return how many levels of each side fit into a terminal of ``height`` lines."""
    return max(3, min(LEVELS_MAX, (height - FIXED_LINES) // 2))


def draw(frame: Frame, *, width: int, height: int, glyphs: Glyphs) -> RenderableType:
    """Return the whole screen for a terminal of ``width`` x ``height``; without room for it there is no tape."""
    levels = levels_for(height)
    body = Table.grid(expand=True)
    body.add_column(width=LADDER_WIDTH)
    panels = [_ladder(frame.view, levels=levels, glyphs=glyphs)]
    if width >= LADDER_WIDTH + TAPE_WIDTH_MIN:
        body.add_column(ratio=1)
        panels.append(_tape(frame.view, rows=2 * levels + 1, glyphs=glyphs))
    body.add_row(*panels)
    keys = f" q quit   {glyphs.arrows} or tab: other symbol   1-{len(frame.symbols)}: that symbol"
    return Group(
        _title(frame),
        body,
        _imbalance(frame.view.bid_share, glyphs=glyphs),
        *_totals(frame, glyphs=glyphs),
        Text(keys, style=QUIET, no_wrap=True),
    )


def _title(frame: Frame) -> Text:
    seconds = frame.totals.ts_ns // 1_000_000_000
    text = Text(" FAIRLEAD demo  ", style="bold", no_wrap=True)
    for symbol in frame.symbols:
        chosen = symbol == frame.view.symbol
        text.append(f"[{symbol}]" if chosen else f" {symbol} ", style="bold reverse" if chosen else QUIET)
    text.append(f"  {seconds // 60:02}:{seconds % 60:02}  seed {frame.seed}", style=QUIET)
    return text


def _ladder(view: MarketView, *, levels: int, glyphs: Glyphs) -> Panel:
    asks, bids = view.asks[:levels], view.bids[:levels]
    largest = max((level.qty for level in (*asks, *bids)), default=Decimal(1))
    left = BAR_WIDTH + 1 + QTY_WIDTH
    lines = [Text() for _ in range(levels - len(asks))]
    for level in reversed(asks):
        line = Text(f"{'':{left}} {level.price:>{PRICE_WIDTH}} ", no_wrap=True)
        lines.append(line.append(f"{level.qty:<{QTY_WIDTH}} {_bar(level, largest=largest, glyphs=glyphs)}", style=SELL))
    lines.append(_between(view, left=left, glyphs=glyphs))
    for level in bids:
        bar = _bar(level, largest=largest, glyphs=glyphs)
        line = Text(f"{bar:>{BAR_WIDTH}} {level.qty:>{QTY_WIDTH}}", style=BUY, no_wrap=True)
        lines.append(Text.assemble(line, f" {level.price:>{PRICE_WIDTH}}", no_wrap=True))
    lines.extend(Text() for _ in range(levels - len(bids)))
    title = Text.assemble(("bid qty", BUY), f"  {view.symbol}  ", ("ask qty", SELL))
    return Panel(Group(*lines), title=title, border_style=QUIET, padding=0)


def _between(view: MarketView, *, left: int, glyphs: Glyphs) -> Text:
    """The line between the sides: how far they are apart, and the last price."""
    spread = "one side is empty" if view.spread is None else f"spread {view.spread}"
    line = Text(f"{spread:>{left}} ", style=QUIET, no_wrap=True)
    if view.prints:
        line.append(f"{view.prints[0].price:>{PRICE_WIDTH}}", style="bold")
        line.append(f" {_arrow(view.prints, glyphs=glyphs)} last")
    return line


def _bar(level: Level, *, largest: Decimal, glyphs: Glyphs) -> str:
    return glyphs.bar * max(1, int(level.qty * BAR_WIDTH / largest))


def _arrow(prints: Sequence[Print], *, glyphs: Glyphs) -> str:
    """The direction of the last price that differed."""
    for older in prints:
        if older.price != prints[0].price:
            return glyphs.up if prints[0].price > older.price else glyphs.down
    return " "


def _tape(view: MarketView, *, rows: int, glyphs: Glyphs) -> Panel:
    table = Table.grid(expand=True, padding=(0, 1))
    for justify in ("left", "right", "right"):
        table.add_column(justify=justify, no_wrap=True)
    signs = {
        "buy": (f"{glyphs.up} buy", BUY),
        "sell": (f"{glyphs.down} sell", SELL),
        "none": ("  cross", QUIET),
    }
    for one in view.prints[:rows]:
        sign, style = signs[one.aggressor]
        table.add_row(Text(sign, style=style), Text(f"{one.price}"), Text(f"{one.qty}", style=style))
    for _ in range(rows - len(view.prints)):
        table.add_row()
    return Panel(table, title="trades", border_style=QUIET, padding=0)


def _imbalance(bid_share: Decimal | None, *, glyphs: Glyphs) -> Text:
    if bid_share is None:
        return Text(" imbalance: the book is empty", style=QUIET)
    cells = round(bid_share * IMBALANCE_WIDTH)
    percent = round(bid_share * 100)
    text = Text(" imbalance ", style=QUIET, no_wrap=True)
    text.append(f"bid {percent:3} % ", style=BUY)
    text.append(glyphs.bar * cells, style=BUY)
    text.append(glyphs.rest * (IMBALANCE_WIDTH - cells), style=SELL)
    text.append(f" {100 - percent:3} % ask", style=SELL)
    return text


def _totals(frame: Frame, *, glyphs: Glyphs) -> tuple[Text, Text]:
    totals = frame.totals
    rates = " starting" if frame.commands_per_second is None else f" {frame.commands_per_second:,} commands/s"
    if frame.events_per_second is not None:
        rates += f"  {frame.events_per_second:,} events/s"
    latencies = "  ".join(
        f"{name} {duration(ns, glyphs=glyphs)}"
        for name, ns in (("p50", totals.p50_ns), ("p99", totals.p99_ns), ("p99.9", totals.p999_ns))
    )
    return (
        Text(f"{rates}  {totals.open_orders:,} open orders  {totals.rejected:,} rejected", no_wrap=True),
        Text(f" in the engine per command: {latencies}", no_wrap=True),
    )


def duration(ns: int, *, glyphs: Glyphs) -> str:
    """Write nanoseconds (at least 0) with three figures and a unit."""
    if ns < 1_000:
        return f"{ns} ns"
    if ns < 1_000_000:
        return f"{ns / 1_000:.3g} {glyphs.micro}s" if ns < 999_500 else "1 ms"
    return f"{ns / 1_000_000:.3g} ms" if ns < 999_500_000 else f"{ns / 1_000_000_000:.3g} s"
