"""Fold order-level feeds into books and compare each book the feed answers for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from fairlead.domain.market_replay.book_port import FoldingBook
from fairlead.domain.market_replay.compare_books import RowComparer
from fairlead.domain.market_replay.errors import FoldError, RecordingError
from fairlead.domain.market_replay.perturb import perturb_steps
from fairlead.domain.market_replay.records import (
    FoldRecording,
    FoldStep,
    Grid,
    L3Add,
    L3Delete,
    L3Restate,
    LevelRecording,
    RemainderRecording,
    WindowRecording,
)
from fairlead.domain.market_replay.remainder_fold import RemainderFold
from fairlead.domain.market_replay.result import Difference, ReplayResult
from fairlead.domain.market_replay.strict_fold import StrictFold
from fairlead.domain.market_replay.tape import Tape
from fairlead.services.replay_clock import CoreClock
from fairlead.services.replay_window import fold_window

PROGRESS_EVERY = 1_000

BookMaker = Callable[[Grid], FoldingBook]


def replay_fold(
    recording: FoldRecording,
    *,
    make_book: BookMaker,
    perturb_row: int | None,
    tape: Tape | None,
    progress: Callable[[int], None],
) -> ReplayResult:
    """Fold every step of ``recording`` and compare.

    Raises:
        RecordingError: a file is wrong, or a row contradicts the book.
        PerturbRefusedError: the row adds no order or does not exist.
    """
    steps = _reported(recording.steps(), progress=progress)
    if perturb_row is not None:
        steps = perturb_steps(steps, row=perturb_row)
    match recording:
        case LevelRecording():
            return _fold_levels(recording, steps=steps, book=make_book(recording.grid), tape=tape)
        case WindowRecording():
            books = make_book(recording.grid), make_book(recording.grid)
            return fold_window(recording, steps=steps, books=books, tape=tape)
        case RemainderRecording():
            return _fold_remainders(recording, steps=steps, book=make_book(recording.grid), tape=tape)


def _reported(steps: Iterator[FoldStep], *, progress: Callable[[int], None]) -> Iterator[FoldStep]:
    done = 0
    for done, step in enumerate(steps, start=1):
        yield step
        if done % PROGRESS_EVERY == 0:
            progress(done)
    progress(done)


def _fold_levels(
    recording: LevelRecording, *, steps: Iterator[FoldStep], book: FoldingBook, tape: Tape | None
) -> ReplayResult:
    """Fold a complete feed; each answer row must equal the book, prices, sizes and counts."""
    fold = StrictFold(book)
    comparer = RowComparer(recording.expected_rows())
    clock = CoreClock()
    rows = volume_lots = 0
    last_ticks: int | None = None
    for step in steps:
        rows += 1
        with clock:
            _apply_strictly(fold, step, path=recording.path)
        if step.printed is not None:
            last_ticks = step.printed[0]
            volume_lots += step.printed[1]
        bids = book.levels("buy", depth=recording.depth)
        asks = book.levels("sell", depth=recording.depth)
        comparer.observe(row=step.row, key=step.key, bids=bids, asks=asks)
        if tape is not None:
            tape.observe(ts_ns=step.ts_ns, bids=bids, asks=asks, last_ticks=last_ticks, volume_lots=volume_lots)
    comparer.finish()
    return ReplayResult(
        dataset=recording.dataset,
        commands=rows,
        events=fold.events,
        trades_expected=0,
        trades_equal=0,
        books_compared=comparer.tally.compared,
        books_equal=comparer.tally.equal,
        first_difference=comparer.tally.first,
        state_hash=book.state_hash(),
        commands_per_second=clock.per_second(rows),
        details={
            "changes_without_row": comparer.changes_without_row,
            "format": recording.format,
            "rows_that_change_nothing": comparer.rows_unchanged,
        },
    )


def _apply_strictly(fold: StrictFold, step: FoldStep, *, path: str) -> None:
    if step.change is None:
        return
    try:
        fold.apply(step.change)
    except FoldError as error:
        raise RecordingError(path, row=step.row, why=str(error)) from None


def _fold_remainders(
    recording: RemainderRecording, *, steps: Iterator[FoldStep], book: FoldingBook, tape: Tape | None
) -> ReplayResult:
    """Fold a feed that states remainders; place every decrement or list it."""
    fold = RemainderFold(book)
    clock = CoreClock()
    rows = crossed_rows = 0
    for step in steps:
        rows += 1
        with clock:
            _apply_remainder(fold, step)
        crossed_rows += fold.is_crossed()
        if tape is not None:
            bids, asks = book.levels("buy", depth=1), book.levels("sell", depth=1)
            tape.observe(ts_ns=step.ts_ns, bids=bids, asks=asks, last_ticks=None, volume_lots=fold.lots_filled)
    return ReplayResult(
        dataset=recording.dataset,
        commands=rows,
        events=fold.events,
        trades_expected=0,
        trades_equal=0,
        books_compared=fold.tally.compared,
        books_equal=fold.tally.equal,
        first_difference=fold.tally.first or _lost_lots(fold),
        state_hash=book.state_hash(),
        commands_per_second=clock.per_second(rows),
        details={
            "conserved": fold.is_conserved(),
            "crossed_rows": crossed_rows,
            "decrements": fold.decrements,
            "decrements_placed": fold.decrements_placed,
            "format": recording.format,
            "listed": [{"order_id": one.order_id, "reason": one.reason, "row": one.row} for one in fold.listed],
            **dict(sorted(fold.counts.items())),
        },
    )


def _apply_remainder(fold: RemainderFold, step: FoldStep) -> None:
    match step.change:
        case L3Add() as change:
            fold.create(change)
        case L3Restate() as change:
            fold.restate(change, row=step.row)
        case L3Delete() as change:
            fold.delete(change, row=step.row)
        case _:
            raise AssertionError(f"a remainder feed states creations, changes and deletions, not {step.change}")


def _lost_lots(fold: RemainderFold) -> Difference | None:
    if fold.is_conserved():
        return None
    return Difference(
        kind="conservation", position=(1 << 62, 0), where="lots added", expected=fold.lots_added, actual=None
    )
