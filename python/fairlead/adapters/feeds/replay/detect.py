"""Find out which format a file or folder holds and put its files together.

A file is recognised by its first line. Where that line is damaged, or the format has none of its own, the name decides,
or ``market_format``; then the parser says what is wrong. Answer files are found beside the main file by name. The
Binance files of a folder are parts of one recording.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fairlead.adapters.feeds.replay import binance, bitstamp, lobster, mbo, sse_csv, sse_log, sse_raw
from fairlead.adapters.feeds.replay.text_rows import header_of
from fairlead.domain.market_replay.errors import RecordingError
from fairlead.domain.market_replay.observations import QuoteRecording
from fairlead.domain.market_replay.records import (
    LevelRecording,
    OrderRecording,
    Recording,
    RemainderRecording,
    WindowRecording,
)

FORMATS = ("sse_csv", "sse_raw", "mbo", "lobster", "bitstamp", "binance")
FILES_MAX = 1_000

_SUFFIXES = ("", ".xz", ".gz")
_HEADERS = {sse_csv.INBOUND_HEADER: "sse_csv", mbo.MBO_HEADER: "mbo", bitstamp.HEADER: "bitstamp"}
_ANSWER_HEADERS = {sse_csv.TRADES_HEADER, sse_csv.SNAPSHOTS_HEADER, mbo.MBP_HEADER}
_NAME_PARTS = (
    ("_message_", "lobster"),
    ("inbound", "sse_csv"),
    ("raw_", "sse_raw"),
    ("mbo.", "mbo"),
    ("orders.", "bitstamp"),
)


Watchable = Recording | QuoteRecording


def open_recording(path: Path, *, market_format: str | None = None) -> Watchable:
    """Return the recording in a file or folder; nothing but first lines is read yet.

    Args:
        path: a recording file, or a folder that holds one recording.
        market_format: one of ``FORMATS``; ``None`` takes it from content and name.

    Raises:
        RecordingError: nothing there, no known format, more than one recording, or an answer file is missing.
    """
    if path.is_file():
        main, found = path, _format_of_file(path, market_format=market_format)
    elif path.is_dir():
        main, found = _main_of_folder(path, market_format=market_format)
    else:
        raise RecordingError(str(path), row=None, why="no such file or folder")
    return _BUILDERS[found](main, path.resolve().name)


def _format_of_file(path: Path, *, market_format: str | None) -> str:
    first = header_of(path)
    if first in _ANSWER_HEADERS:
        raise RecordingError(str(path), row=0, why="this file holds answers; name the inbound file beside it")
    from_content = _format_by_content(first)
    if market_format is not None and from_content not in {None, market_format}:
        raise RecordingError(str(path), row=0, why=f"the file is {from_content}, not {market_format}")
    found = from_content or market_format or _format_by_name(path)
    if found is None:
        known = ", ".join(FORMATS)
        raise RecordingError(str(path), row=0, why=f"format not known from {first[:60]!r}; give --format ({known})")
    return found


def _main_of_folder(folder: Path, *, market_format: str | None) -> tuple[Path, str]:
    candidates = _candidates(folder)
    if market_format is None and sorted({found for _, found in candidates}) == ["sse_csv", "sse_raw"]:
        # The raw log and the CSV are one session, and the CSV is the one made for engines.
        market_format = "sse_csv"
    chosen = [(file, found) for file, found in candidates if market_format in {None, found}]
    if not chosen:
        expected = market_format or ", ".join(FORMATS)
        raise RecordingError(str(folder), row=None, why=f"no recording in the folder, expected {expected}")
    if all(found == "binance" for _, found in chosen):
        return folder, "binance"
    if len(chosen) > 1:
        names = ", ".join(f"{file.name} ({found})" for file, found in chosen)
        raise RecordingError(str(folder), row=None, why=f"more than one recording: {names}; name one file")
    return chosen[0]


def _candidates(folder: Path) -> list[tuple[Path, str]]:
    """Return the main files of a folder: known by content, or named like one though the content is damaged."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    if len(files) > FILES_MAX:
        raise RecordingError(str(folder), row=None, why=f"{len(files)} files, at most {FILES_MAX} are looked at")
    found: list[tuple[Path, str]] = []
    for file in files:
        by_name = _format_by_name(file)
        try:
            first = header_of(file)
        except RecordingError:
            if by_name is not None:
                raise
            continue
        market_format = None if first in _ANSWER_HEADERS else _format_by_content(first) or by_name
        if market_format is not None:
            found.append((file, market_format))
    return found


def _format_by_content(first: str) -> str | None:
    if first.startswith(sse_log.LINE_START):
        return "sse_raw"
    if binance.is_line(first):
        return "binance"
    return _HEADERS.get(first)


def _format_by_name(path: Path) -> str | None:
    return next((market_format for part, market_format in _NAME_PARTS if part in path.name), None)


def _beside(main: Path, name: str) -> Path:
    """Return the file ``name`` in the folder of ``main``, plain or compressed.

    Raises:
        RecordingError: there is none.
    """
    for suffix in _SUFFIXES:
        if (file := main.with_name(name + suffix)).is_file():
            return file
    raise RecordingError(str(main), row=None, why=f"nothing to compare with: {name} is not beside it")


def _plain_name(path: Path) -> str:
    return path.name.removesuffix(".xz").removesuffix(".gz")


def _sse_csv(main: Path, dataset: str) -> Recording:
    trades = _beside(main, "expected_trades.csv")
    snapshots = _beside(main, "snapshots.csv")
    return OrderRecording(
        dataset=dataset,
        format="sse_csv",
        path=str(main),
        grid=sse_csv.grid("SSE"),
        inbound=partial(sse_csv.read_inbound, main),
        expected_trades=partial(sse_csv.read_trades, trades),
        expected_snapshots=partial(sse_csv.read_snapshots, snapshots),
    )


def _sse_raw(main: Path, dataset: str) -> Recording:
    return OrderRecording(
        dataset=dataset,
        format="sse_raw",
        path=str(main),
        grid=sse_csv.grid("SSE"),
        inbound=partial(sse_raw.read_inbound, main),
        expected_trades=partial(sse_raw.read_trades, main),
        expected_snapshots=partial(sse_raw.read_snapshots, main),
    )


def _mbo(main: Path, dataset: str) -> Recording:
    if "mbo" not in main.name:
        raise RecordingError(str(main), row=None, why="an MBO file has mbo in its name, and its mbp file beside it")
    answers = _beside(main, _plain_name(main).replace("mbo", "mbp"))
    return LevelRecording(
        dataset=dataset,
        format="mbo",
        path=str(main),
        grid=mbo.grid("MBO"),
        depth=mbo.DEPTH,
        steps=partial(mbo.read_steps, main),
        expected_rows=partial(mbo.read_rows, answers),
    )


def _lobster(main: Path, dataset: str) -> Recording:
    if "_message_" not in main.name:
        raise RecordingError(str(main), row=None, why="a LOBSTER message file has _message_ in its name")
    book = _beside(main, _plain_name(main).replace("_message_", "_orderbook_"))
    return WindowRecording(
        dataset=dataset,
        format="lobster",
        path=str(main),
        grid=lobster.grid(main.name.partition("_")[0]),
        depth=lobster.DEPTH,
        seed=partial(lobster.read_seed, main, book_path=book),
        steps=partial(lobster.read_steps, main),
        expected_windows=partial(lobster.read_answers, book),
    )


def _bitstamp(main: Path, dataset: str) -> Recording:
    return RemainderRecording(
        dataset=dataset,
        format="bitstamp",
        path=str(main),
        grid=bitstamp.grid("BTC/USD"),
        steps=partial(bitstamp.read_steps, main),
    )


def _binance(main: Path, dataset: str) -> QuoteRecording:
    # The files of a folder are parts of one recording, named by date.
    parts = [main] if main.is_file() else [file for file, found in _candidates(main) if found == "binance"]
    return QuoteRecording(
        dataset=dataset,
        format="binance",
        path=str(main),
        grid=binance.grid(parts[0].name.partition("_")[0].upper()),
        observations=partial(binance.read_observations, parts),
    )


_BUILDERS: dict[str, Callable[[Path, str], Watchable]] = {
    "sse_csv": _sse_csv,
    "sse_raw": _sse_raw,
    "mbo": _mbo,
    "lobster": _lobster,
    "bitstamp": _bitstamp,
    "binance": _binance,
}
