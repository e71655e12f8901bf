"""What lies in a file or folder: known formats, mixed folders, damaged and compressed files."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest
from tests.replay.outcomes import outcome
from tests.replay.recordings import (
    SSE_RAW,
    write_bitstamp,
    write_lobster,
    write_mbo,
    write_rows,
    write_sse,
)

from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.errors import RecordingError


def _compress(folder: Path, suffix: str) -> None:
    for file in list(folder.iterdir()):
        data = file.read_bytes()
        packed = lzma.compress(data) if suffix == ".xz" else gzip.compress(data)
        file.with_name(file.name + suffix).write_bytes(packed)
        file.unlink()


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
@pytest.mark.parametrize("write", [write_sse, write_mbo, write_lobster, write_bitstamp])
def test_compressed_files_give_the_result_of_plain_ones(tmp_path: Path, write: object, suffix: str) -> None:
    assert callable(write)
    write(tmp_path)
    plain = outcome(tmp_path)

    _compress(tmp_path, suffix)
    packed = outcome(tmp_path)

    assert packed.is_equal
    assert packed.state_hash == plain.state_hash


def test_the_format_of_a_file_or_folder_comes_from_its_content(tmp_path: Path) -> None:
    found = {}
    for name, write in (("s", write_sse), ("m", write_mbo), ("l", write_lobster), ("b", write_bitstamp)):
        (tmp_path / name).mkdir()
        found[name] = open_recording(write(tmp_path / name)).format

    assert found == {"s": "sse_csv", "m": "mbo", "l": "lobster", "b": "bitstamp"}


def test_a_file_may_have_any_name_when_its_header_tells(tmp_path: Path) -> None:
    file = write_bitstamp(tmp_path) / "orders.csv"
    renamed = file.rename(tmp_path / "thursday.txt")

    assert open_recording(renamed).format == "bitstamp"


def test_a_folder_with_the_csv_and_the_raw_log_means_the_csv(tmp_path: Path) -> None:
    write_rows(write_sse(tmp_path) / "raw_AM.log", None, SSE_RAW)

    assert open_recording(tmp_path).format == "sse_csv"
    assert open_recording(tmp_path, market_format="sse_raw").format == "sse_raw"


def test_two_recordings_in_one_folder_are_refused_by_name(tmp_path: Path) -> None:
    write_mbo(tmp_path)
    write_bitstamp(tmp_path)

    with pytest.raises(RecordingError, match=r"more than one recording: mbo.csv \(mbo\), orders.csv \(bitstamp\)"):
        open_recording(tmp_path)
    assert open_recording(tmp_path, market_format="mbo").format == "mbo"


def test_a_folder_without_a_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing\n")

    with pytest.raises(RecordingError, match="no recording in the folder"):
        open_recording(tmp_path)


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file or folder"):
        open_recording(tmp_path / "nowhere")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    write_sse(tmp_path)
    (tmp_path / "inbound.csv").write_text("")

    with pytest.raises(RecordingError, match=r"inbound.csv: the file is empty"):
        open_recording(tmp_path)


def test_a_file_with_a_header_and_no_rows_is_refused(tmp_path: Path) -> None:
    write_sse(tmp_path, inbound=())

    with pytest.raises(RecordingError, match=r"inbound.csv: the file has no rows"):
        outcome(tmp_path)


def test_a_file_of_one_format_is_not_read_as_another(tmp_path: Path) -> None:
    file = write_bitstamp(tmp_path) / "orders.csv"

    with pytest.raises(RecordingError, match="the file is bitstamp, not mbo"):
        open_recording(file, market_format="mbo")


def test_a_damaged_header_is_row_zero(tmp_path: Path) -> None:
    file = write_sse(tmp_path) / "inbound.csv"
    file.write_text(file.read_text().replace("order_id", "orderid", 1))

    with pytest.raises(RecordingError, match=r"inbound.csv: row 0: header is not this format's"):
        outcome(tmp_path)


def test_an_unknown_file_asks_for_the_format(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "quotes.csv", None, ["a,b"])

    with pytest.raises(RecordingError, match=r"format not known from 'a,b'; give --format \(sse_csv,"):
        open_recording(file)


def test_a_file_of_answers_is_not_a_recording(tmp_path: Path) -> None:
    file = write_sse(tmp_path) / "expected_trades.csv"

    with pytest.raises(RecordingError, match="this file holds answers"):
        open_recording(file)


@pytest.mark.parametrize(
    ("write", "answers"),
    [
        (write_sse, "expected_trades.csv"),
        (write_sse, "snapshots.csv"),
        (write_mbo, "mbp.csv"),
        (write_lobster, "ABC_2020-01-02_orderbook_10.csv"),
    ],
)
def test_missing_answers_are_named(tmp_path: Path, write: object, answers: str) -> None:
    assert callable(write)
    write(tmp_path)
    (tmp_path / answers).unlink()

    with pytest.raises(RecordingError, match=f"nothing to compare with: {answers} is not beside it"):
        open_recording(tmp_path)


@pytest.mark.parametrize(("name", "market_format"), [("a.csv", "mbo"), ("a.csv", "lobster")])
def test_a_format_that_finds_its_answers_by_name_needs_the_name(tmp_path: Path, name: str, market_format: str) -> None:
    file = write_rows(tmp_path / name, None, ["1,2"])

    with pytest.raises(RecordingError, match="in its name"):
        open_recording(file, market_format=market_format)


def test_an_answer_file_of_another_format_is_refused(tmp_path: Path) -> None:
    write_sse(tmp_path)
    (tmp_path / "other").mkdir()
    bitstamp_text = (write_bitstamp(tmp_path / "other") / "orders.csv").read_text()
    (tmp_path / "expected_trades.csv").write_text(bitstamp_text)

    with pytest.raises(RecordingError, match=r"more than one recording: expected_trades.csv \(bitstamp\), inbound.csv"):
        open_recording(tmp_path)
    with pytest.raises(RecordingError, match=r"expected_trades.csv: row 0: header is not this format's"):
        outcome(tmp_path / "inbound.csv")


def test_rows_of_another_format_in_the_middle_are_refused(tmp_path: Path) -> None:
    file = write_sse(tmp_path) / "inbound.csv"
    lines = file.read_text().splitlines(keepends=True)
    lines.insert(4, "1,1000,1000,10.00,500,created,bid\n")
    file.write_text("".join(lines))

    with pytest.raises(RecordingError, match=r"inbound.csv: row 4: 7 columns, expected 9"):
        outcome(tmp_path)


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_plain_file_cut_in_its_last_row_is_refused(tmp_path: Path, cut: int) -> None:
    file = write_sse(tmp_path) / "inbound.csv"
    file.write_bytes(file.read_bytes()[:-cut])

    with pytest.raises(RecordingError, match=r"inbound.csv: row 9: cut: the last line has no end of line"):
        outcome(tmp_path)


@pytest.mark.parametrize("suffix", [".xz", ".gz"])
@pytest.mark.parametrize("name", ["inbound.csv", "expected_trades.csv", "snapshots.csv"])
def test_a_compressed_file_that_was_cut_is_refused(tmp_path: Path, suffix: str, name: str) -> None:
    _compress(write_sse(tmp_path), suffix)
    file = tmp_path / (name + suffix)
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])

    with pytest.raises(RecordingError, match="cut or damaged") as caught:
        outcome(tmp_path)

    assert caught.value.path.endswith(name + suffix)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = write_sse(tmp_path) / "inbound.csv"
    file.write_bytes(file.read_bytes().replace(b",B,", b",\xff,", 1))

    with pytest.raises(RecordingError, match=r"inbound.csv: row 2: not text: byte 0xff"):
        outcome(tmp_path)


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    file = write_sse(tmp_path) / "inbound.csv"
    file.write_bytes(file.read_bytes() + b"1" * 70_000)

    with pytest.raises(RecordingError, match=r"inbound.csv: row 10: line longer than 65536 bytes"):
        outcome(tmp_path)
