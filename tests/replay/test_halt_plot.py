"""The picture of bands and halts: what is in it, and that it is bounded and self-contained."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.adapters.exports.halts import write_halts
from fairlead.adapters.exports.plot import PlotPathError
from fairlead.domain.market_replay.halt_tape import POINTS_MAX, SPANS_MAX, HaltPoint, HaltSpan, HaltTape, Reopening
from fairlead.domain.market_replay.records import Grid

GRID = Grid(symbol="ABC", quote="USD", tick_size="0.01", lot_size="1")


def _tape() -> HaltTape:
    tape = HaltTape()
    for second in range(100):
        price = 10_000 - 25 * second
        tape.observe(HaltPoint(ts_ns=second * 10**9, last_ticks=price, low_ticks=9_000, high_ticks=11_000))
    tape.keep(HaltPoint(ts_ns=41 * 10**9, last_ticks=8_975, bid_ticks=8_970, ask_ticks=8_980))
    tape.shade(HaltSpan(kind="halt", begin_ns=41 * 10**9, end_ns=281 * 10**9, label="short"))
    tape.shade(HaltSpan(kind="call", begin_ns=281 * 10**9, end_ns=341 * 10**9))
    tape.shade(HaltSpan(kind="cooling", begin_ns=341 * 10**9, end_ns=401 * 10**9))
    tape.reopen(Reopening(ts_ns=341 * 10**9, price_ticks=9_400))
    return tape


def test_the_page_names_what_it_draws_and_loads_nothing(tmp_path: Path) -> None:
    write_halts(tmp_path / "m.html", title="A & B", tape=_tape(), grid=GRID)

    page = (tmp_path / "m.html").read_text()
    assert "<title>A &amp; B</title>" in page
    assert "<script" not in page
    for word in ("band", "trades", "halt (short)", "call", "cooling", "reopening", "price (USD)"):
        assert f"<!-- {word} -->" in page


@pytest.mark.parametrize("name", ["m.png", "m.html"])
def test_an_empty_tape_and_one_without_trades_are_drawn_all_the_same(tmp_path: Path, name: str) -> None:
    quotes = HaltTape()
    quotes.observe(HaltPoint(ts_ns=1, bid_ticks=1, ask_ticks=2))

    for tape in (HaltTape(), quotes):
        write_halts(tmp_path / name, title="none", tape=tape, grid=GRID)

        assert (tmp_path / name).stat().st_size > 0
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_another_suffix_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(PlotPathError, match=r"ends in \.png or \.html"):
        write_halts(tmp_path / "m.svg", title="x", tape=_tape(), grid=GRID)
    assert list(tmp_path.iterdir()) == []


def test_points_are_thinned_evenly_and_kept_ones_are_not() -> None:
    tape = HaltTape()
    tape.keep(HaltPoint(ts_ns=7, last_ticks=1))
    for at in range(1, 5 * POINTS_MAX + 1):
        tape.observe(HaltPoint(ts_ns=at))

    points = tape.points
    assert POINTS_MAX // 4 <= len(points) <= POINTS_MAX
    assert [point.ts_ns for point in points] == sorted(point.ts_ns for point in points)
    assert HaltPoint(ts_ns=7, last_ticks=1) in points


def test_halts_and_reopenings_are_bounded() -> None:
    tape = HaltTape()
    for at in range(SPANS_MAX + 5):
        tape.shade(HaltSpan(kind="halt", begin_ns=at, end_ns=at + 1))
        tape.reopen(Reopening(ts_ns=at, price_ticks=1))
        tape.keep(HaltPoint(ts_ns=at))

    assert (len(tape.spans), len(tape.reopenings), len(tape.points)) == (SPANS_MAX, SPANS_MAX, SPANS_MAX)
