"""The picture of a replay: what is in it, and that it is bounded and self-contained."""

from __future__ import annotations

import builtins
import importlib
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest

from fairlead.adapters.exports.plot import PlotUnavailableError, write_plot
from fairlead.domain.market_replay.records import Grid
from fairlead.domain.market_replay.tape import POINTS_MAX, Tape, TapePoint

GRID = Grid(symbol="ABC", quote="USD", tick_size="0.01", lot_size="1")


def _point(at: int, *, last: int | None = 1001) -> TapePoint:
    return TapePoint(
        ts_ns=at * 1_000_000_000,
        bid_ticks=1000,
        bid_lots=30,
        ask_ticks=1002,
        ask_lots=10,
        last_ticks=last,
        volume_lots=at,
    )


def test_spread_and_imbalance_follow_from_the_touch() -> None:
    point = _point(1)

    assert point.spread_ticks == 2
    assert point.imbalance == 0.5


def test_the_page_names_the_four_panels_and_loads_nothing(tmp_path: Path) -> None:
    write_plot(tmp_path / "m.html", title="A & B", points=[_point(1), _point(2)], grid=GRID)

    page = (tmp_path / "m.html").read_text()
    assert "<title>A &amp; B</title>" in page
    assert "<script" not in page
    assert "src=" not in page
    assert page.count('id="axes_') == 4


@pytest.mark.parametrize("name", ["m.png", "m.html"])
def test_a_replay_without_points_or_prints_is_drawn_all_the_same(tmp_path: Path, name: str) -> None:
    write_plot(tmp_path / name, title="none", points=[], grid=GRID)
    empty = (tmp_path / name).stat().st_size
    write_plot(tmp_path / name, title="no prints", points=[_point(1, last=None), _point(2, last=None)], grid=GRID)

    assert empty > 0
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_an_existing_picture_is_replaced_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "m.png").write_text("old")

    write_plot(tmp_path / "m.png", title="new", points=[_point(1)], grid=GRID)

    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG")


def test_without_the_library_the_line_that_installs_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, package: str | None = None) -> ModuleType:
        raise builtins.ImportError(name, package)

    monkeypatch.setattr(importlib, "import_module", refuse)

    with pytest.raises(PlotUnavailableError, match=r'pip install "fairlead\[plot\]"'):
        write_plot(tmp_path / "m.png", title="x", points=[], grid=GRID)
    assert list(tmp_path.iterdir()) == []


def test_a_long_replay_keeps_evenly_many_points() -> None:
    tape = Tape()
    count = 5 * POINTS_MAX

    for at in range(1, count + 1):
        tape.observe(ts_ns=at, bids=[(1000, 1)], asks=[(1002, 1)], last_ticks=None, volume_lots=at)

    times = [point.ts_ns for point in tape.points]
    assert POINTS_MAX // 4 <= len(times) < POINTS_MAX
    assert {after - before for before, after in pairwise(times)} == {8}
    assert times[-1] == count


def test_a_one_sided_book_is_not_a_point() -> None:
    tape = Tape()

    tape.observe(ts_ns=1, bids=[(1000, 1)], asks=[], last_ticks=None, volume_lots=0)

    assert tape.points == []
