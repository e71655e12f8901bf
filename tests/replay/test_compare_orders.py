"""The comparers of trades and snapshots, alone."""

from __future__ import annotations

from fairlead.domain.market_replay.compare_orders import SnapshotComparer
from fairlead.domain.market_replay.records import ExpectedSnapshot, Level


def _snapshot(row: int, *, trades: int, volume: int, bid: Level) -> ExpectedSnapshot:
    return ExpectedSnapshot(row=row, trades=trades, volume_lots=volume, bids=(bid,), asks=())


def _observe(comparer: SnapshotComparer, *, trades: int, volume: int, bid: Level) -> None:
    comparer.observe(trades=trades, volume_lots=volume, levels=lambda: ([bid], []))


def test_one_book_may_answer_for_several_snapshots() -> None:
    snapshots = [_snapshot(row, trades=1, volume=5, bid=(10, 3)) for row in (1, 2, 3)]
    comparer = SnapshotComparer(iter(snapshots))

    _observe(comparer, trades=1, volume=5, bid=(10, 3))
    comparer.finish()

    assert (comparer.tally.compared, comparer.tally.equal) == (3, 3)


def test_the_book_is_not_asked_for_when_no_snapshot_can_match() -> None:
    comparer = SnapshotComparer(iter([_snapshot(1, trades=2, volume=5, bid=(10, 3))]))
    asked: list[int] = []

    def levels() -> tuple[list[Level], list[Level]]:
        asked.append(1)
        return [], []

    comparer.observe(trades=1, volume_lots=3, levels=levels)

    assert asked == []


def test_a_snapshot_passed_over_says_which_book_came_nearest() -> None:
    comparer = SnapshotComparer(iter([_snapshot(1, trades=1, volume=5, bid=(10, 3))]))

    _observe(comparer, trades=1, volume=5, bid=(10, 4))
    _observe(comparer, trades=2, volume=9, bid=(10, 3))

    assert comparer.tally.first is not None
    assert comparer.tally.first.position == (1, 1)
    assert comparer.tally.first.actual == {"bids": [[10, 4]], "asks": []}


def test_snapshots_left_at_the_end_are_missed() -> None:
    snapshots = [_snapshot(1, trades=7, volume=5, bid=(10, 3)), _snapshot(2, trades=8, volume=6, bid=(10, 3))]
    comparer = SnapshotComparer(iter(snapshots))

    _observe(comparer, trades=1, volume=1, bid=(10, 3))
    comparer.finish()

    assert (comparer.tally.compared, comparer.tally.equal) == (2, 0)
