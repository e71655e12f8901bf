"""Binance recordings: what is read, what is left out, what is refused with its row."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.replay.binance_lines import BEGIN_NS, SECOND_NS, depth, line, quote, snapshot, trade, write_lines

from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.observations import Observation, Quoted, QuoteRecording, Traded
from fairlead.services.replay import replay
from fairlead.services.replay_core import real_core


def _observations(path: Path) -> list[Observation]:
    recording = open_recording(path)
    assert isinstance(recording, QuoteRecording)
    return list(recording.observations())


def test_quotes_and_trades_are_read_and_the_rest_is_left_out(tmp_path: Path) -> None:
    rows = (depth(0), quote(1, "61837.63000000", "61837.64"), snapshot(2), trade(3, "61837.6", kind="MARKET"))

    found = _observations(write_lines(tmp_path / "btcusdt_20240808", rows))

    assert found == [
        Quoted(ts_ns=BEGIN_NS + SECOND_NS, bid_ticks=6183763, ask_ticks=6183764),
        Traded(ts_ns=BEGIN_NS + 3 * SECOND_NS, price_ticks=6183760),
    ]


def test_a_price_of_zero_is_an_empty_side(tmp_path: Path) -> None:
    found = _observations(write_lines(tmp_path / "x", (quote(0, "0.00000000", "100.00"), quote(1, "99.00", "0"))))

    sides = [(one.bid_ticks, one.ask_ticks) for one in found if isinstance(one, Quoted)]
    assert sides == [(None, 10000), (9900, None)]


def test_trades_that_are_not_made_on_the_book_are_left_out(tmp_path: Path) -> None:
    rows = (trade(0, "100.00", kind="MARKET"), trade(1, "50.00", kind="INSURANCE_FUND"), trade(2, "50.00", kind="ADL"))

    assert len(_observations(write_lines(tmp_path / "x", rows))) == 1


def test_the_files_of_a_folder_are_one_recording_in_the_order_of_their_names(tmp_path: Path) -> None:
    write_lines(tmp_path / "btcusdt_20240809", (trade(10, "101.00"),))
    write_lines(tmp_path / "btcusdt_20240808", (trade(0, "100.00"),))
    (tmp_path / "PROVENANCE.md").write_text("words\n")

    recording = open_recording(tmp_path)

    assert isinstance(recording, QuoteRecording)
    prices = [one.price_ticks for one in recording.observations() if isinstance(one, Traded)]
    assert (prices, recording.grid.symbol) == ([10000, 10100], "BTCUSDT")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (f"{BEGIN_NS + SECOND_NS} {{", "no JSON after the time"),
        (f"{BEGIN_NS + SECOND_NS} []", "is no JSON object"),
        ("1700000000 {}", "no time in nanoseconds"),
        (f"{'9' * 19} {{}}", "no time in nanoseconds"),
        (trade(-1, "100.00"), "time runs backwards"),
        (trade(1, "100.001"), "more than 2 decimal places"),
        (trade(1, "-1.00"), "not a decimal number"),
        (trade(1, "0.00"), "price of a trade is zero"),
        (trade(1, "100.00", symbol="ethusdt"), "mixed symbols"),
        (line(1, {"stream": "btcusdt@trade"}), "is no JSON object"),
        (line(1, {"stream": "btcusdt@trade", "data": {"p": 100}}), "field 'p' is no text"),
        (line(1, {"stream": "btcusdt@bookTicker", "data": {"b": "1.00"}}), "field 'a' is no text"),
    ],
)
def test_a_damaged_line_is_named_with_file_row_and_reason(tmp_path: Path, row: str, why: str) -> None:
    path = write_lines(tmp_path / "x", (trade(0, "100.00"), row))

    with pytest.raises(RecordingError, match=rf"x: row 2: .*{why}"):
        _observations(path)


def test_a_file_cut_in_its_last_line_is_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "x", (trade(0, "100.00"), trade(1, "100.00")))
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(RecordingError, match="row 2: cut"):
        _observations(path)


def test_there_is_no_order_to_replay(tmp_path: Path) -> None:
    recording = open_recording(write_lines(tmp_path / "x", (trade(0, "100.00"),)))

    with pytest.raises(RecordingError, match="no orders to replay"):
        replay(recording, core=real_core())
