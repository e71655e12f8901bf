"""Who waits for tables that are far behind: nobody, where it is sure that what is waited for comes too late."""

import asyncio
from collections.abc import Mapping, Sequence

from tests.unit.test_client_time import in_no_time
from tests.unit.test_follower import Desk, Log, Stream, Tables

from fairlead.model.listing import Listing
from fairlead.model.report import Position, Report, ReportBatch
from fairlead.services.projections import Courtesy, Follower
from fairlead.services.projections.stride import Stride

PER_S = 1_000


def _stride() -> Stride:
    """Tables that take so many numbers a second."""
    stride = Stride()
    for second in range(4):
        stride.step(PER_S * second, float(second))
    return stride


def _is_out(stride: Stride, distance: int, within_s: float = 1.0, *, now_s: float = 4.0) -> bool:
    return stride.is_out_of_reach(distance, within_s, now_s=now_s)


def test_what_is_within_four_times_the_pace_is_waited_for() -> None:
    assert not _is_out(_stride(), 4 * PER_S)
    assert _is_out(_stride(), 4 * PER_S + 1)
    assert not _is_out(_stride(), 8 * PER_S, 2.0)


def test_the_newest_second_counts() -> None:
    stride = _stride()
    stride.step(3 * PER_S + 50_000, 4.0)

    assert not _is_out(stride, 200_000)


def test_nothing_is_out_of_reach_before_the_pace_is_known_or_where_nothing_waits() -> None:
    stride = Stride()
    stride.step(1, 0.0)
    stride.step(2, 0.9)
    assert not _is_out(stride, 2**62, now_s=0.9)

    stride = _stride()
    stride.end()
    assert not _is_out(stride, 2**62)


def test_tables_that_made_no_step_for_long_are_not_said_to_be_slow() -> None:
    assert _is_out(_stride(), 2**62, now_s=6.0)
    assert not _is_out(_stride(), 2**62, now_s=6.1)


class _Slow(Tables):
    """Tables that take a tenth of a second for a step."""

    async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
        await asyncio.sleep(0.1)
        return await super().apply(reports, listings)


class _Endless(Stream):
    """A stream of which there is always more than a step takes, until it is told to end."""

    is_over = False

    async def take(self, count_max: int, /) -> ReportBatch:
        if self.is_over:
            return await super().take(count_max)
        self.batches = [_batch(self._seq, count_max)]
        self._seq += count_max
        return await super().take(count_max)

    _seq = 1


def _batch(first: int, count: int) -> ReportBatch:
    reports = [Report(kind="CommandReport", fields={}, position=Position(first + n, 0, 0)) for n in range(count)]
    return ReportBatch(reports=reports)


def test_a_read_is_not_kept_waiting_for_tables_that_are_far_behind() -> None:
    async def story() -> None:
        stream, tables, loop = _Endless(), _Slow(), asyncio.get_running_loop()
        follower = Follower(stream=stream, log=Log(0), tables=tables, courtesy=Courtesy(Desk()), gather_s=0)
        task = asyncio.create_task(follower.run())
        await asyncio.sleep(5)

        begun_s, near = loop.time(), Position(tables.position.event_seq + 500, 0, 0)
        assert await follower.reached(near)
        assert loop.time() > begun_s

        begun_s, far = loop.time(), Position(tables.position.event_seq + 1_000_000, 0, 0)
        assert not await follower.reached(far)
        assert loop.time() == begun_s

        # Tables with nothing before them may have anything the next moment.
        stream.is_over = True
        await asyncio.sleep(5)
        begun_s = loop.time()
        assert not await follower.reached(far, timeout_s=2.0)
        assert loop.time() >= begun_s + 2.0
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    in_no_time(story())
