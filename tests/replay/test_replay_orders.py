"""What the replay notices about the engine itself: lost lots, and batches that end elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.replay.plain_market import PLAIN_CORE, PlainEngine
from tests.replay.recordings import write_sse

from fairlead.adapters.feeds.replay.detect import open_recording
from fairlead.domain.market_replay.records import CancelOrder, Grid, NewLimit
from fairlead.domain.market_replay.result import ReplayResult
from fairlead.services.replay import replay


class _SaysTooMuchWasCanceled(PlainEngine):
    def canceled_lots(self) -> int:
        return super().canceled_lots() + 1


class _LosesTheLastOfABatch(PlainEngine):
    def encode(self, inbound: Sequence[NewLimit | CancelOrder]) -> bytes:
        return super().encode(inbound[:-1])


def _replayed(folder: Path, engine: type[PlainEngine]) -> ReplayResult:
    def make(_grid: Grid) -> PlainEngine:
        return engine()

    return replay(open_recording(write_sse(folder)), core=replace(PLAIN_CORE, engine=make))


def test_lots_that_are_neither_canceled_traded_nor_resting_are_a_difference(tmp_path: Path) -> None:
    result = _replayed(tmp_path, _SaysTooMuchWasCanceled)

    assert not result.is_equal
    assert result.details["conserved"] is False
    assert (result.details["cancels_compared"], result.details["cancels_equal"]) == (2, 0)
    assert result.first_difference is not None
    assert result.first_difference.kind == "conservation"


def test_batches_that_end_in_another_state_are_a_difference(tmp_path: Path) -> None:
    result = _replayed(tmp_path, _LosesTheLastOfABatch)

    assert (result.trades_equal, result.books_equal) == (4, 5)
    assert not result.is_equal
    assert result.details["batch_state_equal"] is False
    assert result.first_difference is not None
    assert result.first_difference.kind == "state_hash"
