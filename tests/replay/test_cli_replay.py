"""``fairlead replay``: exit codes, the JSON object, one line for each error, nothing half-written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.replay.plain_market import PLAIN_CORE
from tests.replay.recordings import SSE_TRADES, changed, write_bitstamp, write_mbo, write_sse
from typer.testing import CliRunner

from fairlead.cli.replay import replay, run

WRONG_TRADE = "3,6,9300000,CONT,12,15,S,10010,50"


def _run(
    path: Path,
    *,
    as_json: bool = True,
    perturb: int | None = None,
    plot: Path | None = None,
    market_format: str | None = None,
) -> int:
    return run(path, market_format=market_format, as_json=as_json, perturb=perturb, plot=plot, core=PLAIN_CORE)


def _printed(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    captured = capsys.readouterr()
    assert captured.err == ""
    found: dict[str, Any] = json.loads(captured.out)
    return found


def _only_error(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_an_equal_replay_prints_one_object_with_sorted_keys_and_exits_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = _run(write_sse(tmp_path))

    found = _printed(capsys)
    assert code == 0
    assert list(found) == sorted(found)
    assert found["dataset"] == tmp_path.name
    assert (found["commands"], found["trades_expected"], found["trades_equal"]) == (9, 4, 4)
    assert (found["books_compared"], found["books_equal"], found["first_difference"]) == (5, 5, None)


def test_a_difference_exits_4_and_is_in_the_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run(write_sse(tmp_path, trades=changed(SSE_TRADES, 3, WRONG_TRADE)))

    found = _printed(capsys)
    assert code == 4
    assert found["first_difference"]["where"] == "trade 3"
    assert found["first_difference"]["expected"]["price_ticks"] == 1001
    assert found["first_difference"]["actual"]["price_ticks"] == 1002


def test_a_perturbed_replay_exits_4_and_names_the_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run(write_sse(tmp_path), perturb=6)

    found = _printed(capsys)
    assert code == 4
    assert found["details"]["perturbed_row"] == 6
    assert found["first_difference"]["where"] == "trade 3"


@pytest.mark.parametrize("row", [4, 5, 10])
def test_a_perturbation_that_shows_nowhere_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: int
) -> None:
    code = _run(write_sse(tmp_path), perturb=row)

    assert code == 2
    assert f"--perturb {row}: " in _only_error(capsys)


def test_a_damaged_file_exits_4_with_file_row_and_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sse(tmp_path, trades=changed(SSE_TRADES, 2, "2,5,x"))

    code = _run(tmp_path)

    assert code == 4
    assert "expected_trades.csv: row 2: 3 columns, expected 9" in _only_error(capsys)


def test_a_path_that_does_not_exist_exits_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = _run(tmp_path / "nowhere")

    assert code == 3
    assert "no such file or folder" in _only_error(capsys)


def test_the_table_shows_the_counts_and_the_first_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(write_sse(tmp_path, trades=changed(SSE_TRADES, 3, WRONG_TRADE)), as_json=False)

    table = capsys.readouterr().out
    assert "3 of 4" in table
    assert "5 of 5" in table
    assert "first difference: trade, trade 3" in table


@pytest.mark.parametrize("name", ["market.png", "market.html"])
def test_a_picture_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    code = _run(write_sse(tmp_path), plot=tmp_path / name)

    _printed(capsys)
    written = (tmp_path / name).read_bytes()
    assert code == 0
    assert written.startswith(b"\x89PNG" if name.endswith("png") else b"<!doctype html>")


def test_a_damaged_recording_leaves_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_sse(tmp_path, trades=changed(SSE_TRADES, 4, "4,8"))
    before = sorted(tmp_path.iterdir())

    code = _run(tmp_path, plot=tmp_path / "market.png")

    assert code == 4
    assert "row 4" in _only_error(capsys)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("name", "why"), [("market.gif", "ends in .png or .html"), ("no/market.png", "the folder of the picture does not")]
)
def test_a_picture_that_cannot_be_written_exits_2_before_anything_is_replayed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, why: str
) -> None:
    code = _run(write_sse(tmp_path, trades=("wrong",)), plot=tmp_path / name)

    assert code == 2
    assert why in _only_error(capsys)


def test_the_format_chooses_among_the_recordings_of_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_mbo(tmp_path)
    write_bitstamp(tmp_path)

    assert _run(tmp_path) == 4
    assert "more than one recording" in _only_error(capsys)
    assert _run(tmp_path, market_format="bitstamp") == 0
    assert _printed(capsys)["details"]["format"] == "bitstamp"


@pytest.mark.parametrize("arguments", [["--perturb", "0"], ["--perturb", "x"], ["--format", "itch"], ["--plot"]])
def test_wrong_options_exit_2(tmp_path: Path, arguments: list[str]) -> None:
    app = typer.Typer()
    app.command()(replay)

    result = CliRunner().invoke(app, [str(tmp_path), *arguments])

    assert result.exit_code == 2
