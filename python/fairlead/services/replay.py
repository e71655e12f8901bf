"""Replay one recording through the real engine or book and say whether it gave what the market recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from fairlead.domain.market_replay.book_port import FoldingBook, MatchingEngine
from fairlead.domain.market_replay.errors import PerturbRefusedError, RecordingError
from fairlead.domain.market_replay.observations import QuoteRecording
from fairlead.domain.market_replay.records import Grid, OrderRecording, Recording
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.domain.market_replay.tape import Tape
from fairlead.services.replay_fold import replay_fold
from fairlead.services.replay_orders import replay_orders

Progress = Callable[[int], None]
"""Told the number of commands done so far, now and then."""


def no_progress(_done: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """How to make what a recording is replayed on."""

    engine: Callable[[Grid], MatchingEngine]
    book: Callable[[Grid], FoldingBook]


def replay(
    recording: Recording | QuoteRecording,
    *,
    core: Core,
    perturb_row: int | None = None,
    tape: Tape | None = None,
    progress: Progress = no_progress,
) -> ReplayResult:
    """Replay ``recording`` and compare everything it can prove.

    Args:
        recording: what to replay; its answer files are opened by the comparers only.
        core: makes the engine or the books.
        perturb_row: inbound row (1-based) whose order gets one lot more, to see that the comparison notices.
        tape: takes the points of a picture.
        progress: told how far the replay is.

    Raises:
        RecordingError: a file is wrong, cut or mixed, or holds quotes and trades but no orders.
        PerturbRefusedError: the row is no order, or its quantity decides nothing that is compared.
    """
    if isinstance(recording, QuoteRecording):
        raise RecordingError(recording.path, row=None, why="no orders to replay; `fairlead breakers` watches it")
    if isinstance(recording, OrderRecording):
        make = core.engine
        result = replay_orders(recording, make_engine=make, perturb_row=perturb_row, tape=tape, progress=progress)
    else:
        result = replay_fold(recording, make_book=core.book, perturb_row=perturb_row, tape=tape, progress=progress)
    if perturb_row is None:
        return result
    if result.first_difference is None:
        raise PerturbRefusedError(f"the quantity of row {perturb_row} shows in no trade and no book that is compared")
    return replace(result, details={**result.details, "perturbed_row": perturb_row})
