"""Fold a windowed feed twice and compare the determined levels after every message.

The first book knows row 0 and the messages only. The second also adopts each level that appears from nowhere, after it
was counted as undetermined, so that everything else in every row is proved as well. A row is equal when both are.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.domain.market_replay.compare_books import WindowComparer
from fairlead.domain.market_replay.errors import FoldError, RecordingError
from fairlead.domain.market_replay.records import ExpectedWindow, FoldStep, WindowRecording
from fairlead.domain.market_replay.result import Difference, ReplayResult, Tally
from fairlead.domain.market_replay.tape import Tape
from fairlead.domain.market_replay.window_fold import WindowFold
from fairlead.services.replay_clock import CoreClock


def fold_window(
    recording: WindowRecording, *, steps: Iterator[FoldStep], books: tuple[FoldingBook, FoldingBook], tape: Tape | None
) -> ReplayResult:
    """Fold the messages into both books and compare.

    Raises:
        RecordingError: a file is wrong, message and answer rows are not equally many, or a row contradicts the book.
    """
    strict, adopting = (_seeded(recording, book=book) for book in books)
    comparers = WindowComparer(), WindowComparer()
    answers = recording.expected_windows()
    tally = Tally()
    clock = CoreClock()
    rows = volume_lots = 0
    last_ticks: int | None = None
    for step in steps:
        rows += 1
        with clock:
            _apply(strict, step, path=recording.path)
            _apply(adopting, step, path=recording.path)
        answer = _next_answer(answers, step, path=recording.path)
        differences = [
            _compare(fold, comparer, answer=answer, row=step.row)
            for fold, comparer in zip((strict, adopting), comparers, strict=True)
        ]
        _count(tally, differences)
        if differences == [None, None]:
            _adopt(adopting, answer)
        if step.printed is not None:
            last_ticks = step.printed[0]
            volume_lots += step.printed[1]
        if tape is not None:
            bids, asks = adopting.levels("buy"), adopting.levels("sell")
            tape.observe(ts_ns=step.ts_ns, bids=bids, asks=asks, last_ticks=last_ticks, volume_lots=volume_lots)
    if next(answers, None) is not None:
        raise RecordingError(recording.path, row=rows + 2, why="cut: the orderbook file has more rows")
    return ReplayResult(
        dataset=recording.dataset,
        commands=rows,
        events=strict.events,
        trades_expected=0,
        trades_equal=0,
        books_compared=tally.compared,
        books_equal=tally.equal,
        first_difference=tally.first,
        state_hash=books[0].state_hash(),
        commands_per_second=clock.per_second(rows),
        details={
            "format": recording.format,
            "levels_adopted": adopting.levels_adopted,
            "levels_determined": comparers[0].levels_determined,
            "levels_determined_adopting": comparers[1].levels_determined,
            "levels_undetermined": comparers[0].levels_undetermined,
            "messages_outside": strict.messages_outside,
            "rows_undetermined": comparers[0].rows_undetermined,
            "rows_with_level_from_nowhere": comparers[1].rows_undetermined,
        },
    )


def _seeded(recording: WindowRecording, *, book: FoldingBook) -> WindowFold:
    fold = WindowFold(book, depth=recording.depth)
    for change in recording.seed():
        fold.seed(change)
    return fold


def _apply(fold: WindowFold, step: FoldStep, *, path: str) -> None:
    if step.change is None:
        return
    try:
        fold.apply(step.change)
    except FoldError as error:
        raise RecordingError(path, row=step.row, why=str(error)) from None


def _next_answer(answers: Iterator[ExpectedWindow], step: FoldStep, *, path: str) -> ExpectedWindow:
    answer = next(answers, None)
    if answer is None:
        raise RecordingError(path, row=step.row, why="cut: the orderbook file has no row for this message")
    return answer


def _compare(fold: WindowFold, comparer: WindowComparer, *, answer: ExpectedWindow, row: int) -> Difference | None:
    return comparer.difference(answer, row=row, bids=fold.levels("buy"), asks=fold.levels("sell"), bounds=fold.bounds())


def _count(tally: Tally, differences: list[Difference | None]) -> None:
    found = next((difference for difference in differences if difference is not None), None)
    if found is None:
        tally.agree()
    else:
        tally.differ(found)


def _adopt(fold: WindowFold, answer: ExpectedWindow) -> None:
    """Take the visible levels beyond the determined ones as known from here on."""
    for level in answer.bids[len(fold.levels("buy")) :]:
        fold.adopt("buy", level=level)
    for level in answer.asks[len(fold.levels("sell")) :]:
        fold.adopt("sell", level=level)
