"""The demo's frame: both sides of the ladder, signs besides colours, and it fits a terminal of 80 x 24."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from rich.console import Console

from fairlead.cli.demo_screen import ASCII, BUY, SELL, UNICODE, Frame, Glyphs, draw, duration, glyphs_for, levels_for
from fairlead.services.demo import Aggressor, Level, MarketView, Print, Totals


def _level(price: str, qty: str) -> Level:
    return Level(price=Decimal(price), qty=Decimal(qty), n_orders=1)


def _print(price: str, aggressor: Aggressor) -> Print:
    return Print(ts_ns=1, price=Decimal(price), qty=Decimal(7), aggressor=aggressor)


VIEW = MarketView(
    symbol="AAPL",
    bids=[_level("99.98", "30"), _level("99.97", "15")],
    asks=[_level("100.01", "10"), _level("100.02", "5")],
    prints=[_print("100.01", "buy"), _print("99.98", "sell")],
)
TOTALS = Totals(
    ts_ns=83_000_000_000,
    commands=1_234,
    events=2_345,
    trades=56,
    rejected=3,
    open_orders=78,
    p50_ns=190,
    p99_ns=1_500,
    p999_ns=2_000_000,
)
FRAME = Frame(
    view=VIEW,
    totals=TOTALS,
    symbols=["AAPL", "SPY"],
    seed=7,
    commands_per_second=2_000,
    events_per_second=3_400,
)


def _lines(
    frame: Frame, *, width: int = 80, height: int = 24, glyphs: Glyphs = UNICODE, color: bool = False
) -> list[str]:
    console = Console(
        file=io.StringIO(),
        width=width,
        height=height,
        force_terminal=True,
        color_system="truecolor" if color else None,
    )
    with console.capture() as captured:
        console.print(draw(frame, width=width, height=height, glyphs=glyphs))
    return captured.get().splitlines()


def _line_with(lines: list[str], *words: str) -> str:
    found = [line for line in lines if all(word in line for word in words)]
    assert len(found) == 1, (words, lines)
    return found[0]


def test_asks_stand_above_and_right_and_bids_below_and_left_best_nearest_the_middle() -> None:
    lines = [line[:48] for line in _lines(FRAME)]

    order = [
        next(at for at, line in enumerate(lines) if price in line and "last" not in line)
        for price in ("100.02", "100.01", "99.98", "99.97")
    ]
    assert order == sorted(order)
    ask = lines[order[1]]
    bid = lines[order[2]]
    assert ask.index("100.01") < ask.index("10", ask.index("100.01") + 6)
    assert bid.index("30") < bid.index("99.98")


def test_the_longest_bar_is_the_largest_quantity() -> None:
    lines = [line[:48] for line in _lines(FRAME)]

    assert _line_with(lines, "99.98").count("█") == 10
    assert _line_with(lines, "99.97").count("█") == 5
    assert _line_with(lines, "100.02").count("█") == 1


def test_spread_last_price_and_imbalance_are_said_in_numbers() -> None:
    lines = _lines(FRAME)

    assert "100.01 ▲ last" in _line_with(lines, "spread 0.03")
    # 45 of 60 lots stand on the buy side.
    assert "25 % ask" in _line_with(lines, "bid  75 %")
    assert _line_with(lines, "imbalance").count("█") == 30


def test_trades_carry_a_sign_besides_the_colour() -> None:
    lines = _lines(FRAME)

    assert _line_with(lines, "▲ buy", "100.01", "7")
    assert _line_with(lines, "▼ sell", "99.98", "7")


def test_rates_latencies_counts_seed_and_time_are_shown() -> None:
    lines = _lines(FRAME)

    assert _line_with(lines, "2,000 commands/s", "3,400 events/s", "78 open orders", "3 rejected")
    assert _line_with(lines, "p50 190 ns", "p99 1.5 µs", "p99.9 2 ms")
    assert _line_with(lines, "[AAPL]", " SPY ", "01:23", "seed 7")
    assert _line_with(lines, "q quit")


@pytest.mark.parametrize("height", [24, 25, 40])
def test_a_frame_fits_its_terminal(height: int) -> None:
    deep = replace(
        VIEW,
        bids=[_level(f"{90 - n}.00", "100000") for n in range(40)],
        asks=[_level(f"{64_000 + n}.00", "12.3456") for n in range(40)],
        prints=[_print("64000.00", "buy")] * 100,
    )

    lines = _lines(replace(FRAME, view=deep), height=height)

    assert height - 1 <= len(lines) <= height
    assert all(len(line) <= 80 for line in lines)
    assert not any("…" in line for line in lines)


@pytest.mark.parametrize("width", [20, 40, 73])
def test_a_narrow_terminal_loses_the_tape_before_the_ladder_and_no_line_wraps(width: int) -> None:
    lines = _lines(FRAME, width=width)

    assert len(lines) == len(_lines(FRAME))
    assert all(len(line) <= width for line in lines)
    assert not any("trades" in line for line in lines)
    assert any("trades" in line for line in _lines(FRAME, width=74))


def test_an_empty_book_is_said_and_the_frame_keeps_its_height() -> None:
    empty = replace(FRAME, view=replace(VIEW, bids=[], asks=[], prints=[]), commands_per_second=None)

    lines = _lines(empty)

    assert len(lines) == len(_lines(FRAME))
    assert _line_with(lines, "one side is empty")
    assert _line_with(lines, "the book is empty")


def test_sides_have_the_colours_that_all_eyes_tell_apart() -> None:
    text = "\n".join(_lines(FRAME, color=True))

    assert (BUY, SELL) == ("#56B4E9", "#D55E00")
    assert "38;2;86;180;233" in text
    assert "38;2;213;94;0" in text


def test_a_terminal_without_unicode_gets_plain_marks() -> None:
    assert glyphs_for("ascii") is ASCII
    assert glyphs_for("no-such-encoding") is ASCII
    assert glyphs_for("utf-8") is UNICODE
    inner = [line[1:-1] for line in _lines(FRAME, glyphs=ASCII) if "│" in line]
    assert "".join(inner).replace("│", "").isascii()


@pytest.mark.parametrize(("height", "levels"), [(1, 3), (13, 3), (24, 8), (25, 8), (26, 9), (500, 25)])
def test_levels_grow_with_the_terminal_within_bounds(height: int, levels: int) -> None:
    assert levels_for(height) == levels


@pytest.mark.parametrize(
    ("ns", "text"),
    [
        (0, "0 ns"),
        (999, "999 ns"),
        (1_000, "1 µs"),
        (12_345, "12.3 µs"),
        (999_499, "999 µs"),
        (999_999, "1 ms"),
        (2_500_000, "2.5 ms"),
        (60_000_000_000, "60 s"),
    ],
)
def test_durations_have_three_figures(ns: int, text: str) -> None:
    assert duration(ns, glyphs=UNICODE) == text
