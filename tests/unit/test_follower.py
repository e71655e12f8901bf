"""The follower: each report once, after it is kept; gaps are filled from the log; what is away is waited for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

import pytest

from fairlead.errors import UnavailableError
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Position, Report, ReportBatch
from fairlead.ports.projections import Followed
from fairlead.services.projections import Courtesy, Follower


def _report(seq: int) -> Report:
    return Report(kind="CommandReport", fields={}, position=Position(seq, 0, 0))


class Desk:
    """Where nobody asks, unless a test says so."""

    def __init__(self) -> None:
        self.asked = self.unanswered = 0


NOBODY = Courtesy(Desk())


class Tables:
    """Tables in memory."""

    def __init__(self, position: Position = BEGINNING) -> None:
        self.kept: list[int] = []
        self.position, self.is_whole, self.failures = position, True, 0

    async def followed(self) -> Followed:
        return Followed(log_id="log", position=self.position, is_whole=self.is_whole)

    async def apply(self, reports: Sequence[Report], _: Mapping[int, Listing], /) -> Sequence[Report]:
        if self.failures:
            self.failures -= 1
            raise UnavailableError("the store does not answer")
        fresh = [it for it in reports if it.position is not None and it.position > self.position]
        for report in fresh:
            assert report.position is not None
            self.position = report.position
            self.kept.append(report.position.event_seq)
        return fresh

    async def begin(self, log_id: str, /) -> None:
        raise NotImplementedError

    async def mark_incomplete(self) -> None:
        self.is_whole = False


class Stream:
    """A stream that a test feeds."""

    def __init__(self, *batches: ReportBatch) -> None:
        self.batches = list(batches)
        self.listings: Mapping[int, Listing] = {}
        self.is_done = asyncio.Event()

    async def take(self, _: int, /) -> ReportBatch:
        if self.batches:
            return self.batches.pop(0)
        self.is_done.set()
        await asyncio.Event().wait()
        raise AssertionError


class Log:
    """A log of so many reports; its first ones may be gone."""

    def __init__(self, last: int, *, first: int = 1) -> None:
        self.last, self.first = last, first
        self.asked: list[Position] = []

    async def after(self, position: Position, /) -> AsyncIterator[ReportBatch]:
        self.asked.append(position)
        seqs = range(max(position.event_seq + 1, self.first), self.last + 1)
        has_gap = self.first > position.event_seq + 1
        for begin in range(0, len(seqs), 3):
            yield _batch(*seqs[begin : begin + 3], has_gap=has_gap and begin == 0)


def _batch(*seqs: int, has_gap: bool = False) -> ReportBatch:
    return ReportBatch(reports=[_report(seq) for seq in seqs], has_gap=has_gap)


def _follow(
    stream: Stream,
    tables: Tables,
    log: Log | None = None,
    *,
    courtesy: Courtesy = NOBODY,
    story: Callable[[Follower], Awaitable[None]] | None = None,
) -> list[int]:
    """Run a follower until its stream is empty; return what a listener heard."""
    heard: list[int] = []

    async def run() -> None:
        follower = Follower(stream=stream, log=log or Log(0), tables=tables, courtesy=courtesy, gather_s=0)

        def listen(reports: Sequence[Report]) -> None:
            for report in reports:
                assert report.position is not None
                # What is heard is kept.
                assert report.position.event_seq in tables.kept
                heard.append(report.position.event_seq)

        follower.listen(listen)
        task = asyncio.create_task(follower.run())
        ended = asyncio.create_task(stream.is_done.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            # It ends by itself only where it fails.
            task.result()
        if story is not None:
            await story(follower)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    return heard


def test_each_report_is_heard_once_after_it_is_kept() -> None:
    tables = Tables()

    heard = _follow(Stream(_batch(1, 2), _batch(2, 3), _batch(1), _batch(4)), tables)

    assert (heard, tables.kept) == ([1, 2, 3, 4], [1, 2, 3, 4])


def test_what_was_kept_in_an_earlier_life_is_not_heard_again() -> None:
    assert _follow(Stream(_batch(1, 2), _batch(3)), Tables(Position(2, 0, 0))) == [3]


def test_a_gap_is_filled_from_the_log_before_what_follows_it() -> None:
    tables, log = Tables(), Log(9)

    heard = _follow(Stream(_batch(1, 2), _batch(8, 9, 10, has_gap=True), _batch(11)), tables, log)

    assert heard == list(range(1, 12))
    assert log.asked == [Position(2, 0, 0)]
    assert tables.is_whole


def test_a_log_without_its_beginning_is_said() -> None:
    tables = Tables()

    heard = _follow(Stream(_batch(8, has_gap=True)), tables, Log(7, first=5))

    assert heard == [5, 6, 7, 8]
    assert not tables.is_whole


def test_a_store_that_is_away_loses_nothing() -> None:
    tables = Tables()
    tables.failures = 3

    heard = _follow(Stream(_batch(1), _batch(2)), tables)

    assert heard == [1, 2]


def test_tables_whose_follower_ends_by_a_fault_are_not_said_to_follow() -> None:
    followed: list[bool] = []

    class Broken(Tables):
        async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
            if self.kept:
                followed.append(follower.is_following)
                raise RuntimeError("a row contradicts another")
            return await super().apply(reports, listings)

    stream = Stream(_batch(1), _batch(2))
    follower = Follower(stream=stream, log=Log(0), tables=Broken(), courtesy=NOBODY, gather_s=0)
    with pytest.raises(RuntimeError, match="contradicts"):
        asyncio.run(follower.run())
    assert [*followed, follower.is_following] == [True, False]


def test_a_listener_that_fails_costs_the_others_nothing() -> None:
    heard: list[int] = []

    async def run() -> None:
        stream = Stream(_batch(1), _batch(2))
        follower = Follower(stream=stream, log=Log(0), tables=Tables(), courtesy=NOBODY, gather_s=0)

        def fail(_: Sequence[Report]) -> None:
            raise KeyError("bug")

        follower.listen(fail)
        stop = follower.listen(lambda reports: heard.extend(it.position.event_seq for it in reports if it.position))
        task = asyncio.create_task(follower.run())
        await stream.is_done.wait()
        stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert heard == [1, 2]


def test_who_wrote_can_wait_until_it_can_be_read() -> None:
    answers: list[bool] = []

    async def story(follower: Follower) -> None:
        answers.append(await follower.reached(Position(2, 0, 0)))
        answers.append(await follower.reached(Position(2, 0, 1), timeout_s=0))

    _follow(Stream(_batch(1), _batch(2)), Tables(), story=story)

    assert answers == [True, False]


def test_reports_gather_until_somebody_waits_for_one() -> None:
    class Fed(Stream):
        """A stream that has one report a step."""

        async def take(self, _: int, /) -> ReportBatch:
            return await super().take(1)

    async def story() -> list[int]:
        stream, tables = Fed(_batch(1), _batch(2), _batch(3)), Tables()
        # Longer than any test: without somebody who waits only the first step is made.
        follower = Follower(stream=stream, log=Log(0), tables=tables, courtesy=NOBODY, gather_s=3_600)
        task = asyncio.create_task(follower.run())
        while not tables.kept:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        kept = list(tables.kept)
        assert await follower.reached(Position(3, 0, 0))
        assert await follower.reached(Position(2, 0, 0))
        task.cancel()
        return kept

    assert asyncio.run(story()) == [1]


@pytest.mark.parametrize(("asked", "unanswered", "rests_s"), [(0, 0, 0.0), (1, 0, 0.01), (0, 1, 0.01), (5, 5, 0.01)])
def test_the_tables_rest_where_somebody_asks(asked: int, unanswered: int, rests_s: float) -> None:
    desk = Desk()
    courtesy = Courtesy(desk)
    assert courtesy.rest_s(0.01) == 0

    desk.asked, desk.unanswered = asked, unanswered

    # As long as the step took, and no longer than half a second.
    assert courtesy.rest_s(0.01) == pytest.approx(rests_s)
    desk.asked += asked
    assert courtesy.rest_s(7) == (0.5 if rests_s else 0)
    desk.unanswered = 0
    assert courtesy.rest_s(7) == 0


class Asked(Courtesy):
    """Somebody always asks, and nobody is to wait for it here."""

    def gap_s(self, took_s: float) -> float:
        return 0 * took_s

    def rest_s(self, took_s: float) -> float:
        return 1e-9 + 0 * took_s


@pytest.mark.parametrize(("courtesy", "most"), [(NOBODY, 250), (Asked(Desk()), 60)])
def test_steps_are_small_where_somebody_asks(courtesy: Courtesy, most: int) -> None:
    class Counted(Tables):
        """Tables that know how many reports each step had."""

        def __init__(self) -> None:
            super().__init__()
            self.steps: list[int] = []

        async def apply(self, reports: Sequence[Report], listings: Mapping[int, Listing], /) -> Sequence[Report]:
            self.steps.append(len(reports))
            return await super().apply(reports, listings)

    class Stocked(Stream):
        """A stream that gives as many as are asked for."""

        async def take(self, count: int, /) -> ReportBatch:
            whole = await super().take(count)
            if rest := whole.reports[count:]:
                self.batches.insert(0, ReportBatch(reports=rest))
            return ReportBatch(reports=whole.reports[:count], has_gap=whole.has_gap)

    async def story() -> list[int]:
        stream, tables = Stocked(_batch(*range(1, 701))), Counted()
        follower = Follower(stream=stream, log=Log(0), tables=tables, courtesy=courtesy, gather_s=0)
        task = asyncio.create_task(follower.run())
        await stream.is_done.wait()
        task.cancel()
        assert tables.kept == list(range(1, 701))
        return [count for count in tables.steps if count]

    first, *steps = asyncio.run(story())
    assert first == 250
    assert max(steps) == most


class Long(Courtesy):
    """Rests longer than any test."""

    def rest_s(self, took_s: float) -> float:
        return took_s + 3_600


def _many(first: int) -> ReportBatch:
    """As many reports as a step takes."""
    return _batch(*range(first, first + 250))


def _kept_before_somebody_waits(*batches: ReportBatch) -> int:
    """How many reports are in the tables while they rest; then somebody waits, and all are."""

    async def story() -> int:
        stream, tables = Stream(*batches), Tables()
        follower = Follower(stream=stream, log=Log(0), tables=tables, courtesy=Long(Desk()), gather_s=0)
        task = asyncio.create_task(follower.run())
        for _ in range(500):
            await asyncio.sleep(0)
        kept = len(tables.kept)
        last = batches[-1].reports[-1].position
        assert last is not None
        assert await follower.reached(last)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return kept

    return asyncio.run(story())


def test_tables_that_read_the_log_rest_three_times_as_long_as_a_step() -> None:
    class Noted(Courtesy):
        """Knows how long each step took, and for how long a step the tables want to rest after it."""

        def __init__(self) -> None:
            super().__init__(Desk())
            self.took_s: list[float] = []
            self.rests_s: list[float] = []

        def gap_s(self, took_s: float) -> float:
            self.took_s.append(took_s)
            return 0.0

        def rest_s(self, took_s: float) -> float:
            self.rests_s.append(took_s)
            return 0.0

    noted = Noted()

    # One step of the stream that leaves more behind, two of the log, and one that leaves nothing, which has no gap.
    _follow(Stream(_many(1), _batch(257, has_gap=True)), Tables(), Log(256), courtesy=noted)

    assert all(noted.took_s)
    assert noted.rests_s[:-1] == [times * took_s for times, took_s in zip((1, 3, 3), noted.took_s, strict=True)]


def test_tables_that_are_behind_rest_until_somebody_waits() -> None:
    assert _kept_before_somebody_waits(_many(1), _many(251)) == 250


def test_the_store_is_left_to_others_whoever_waits_for_a_report() -> None:
    class Wide(Courtesy):
        def gap_s(self, took_s: float) -> float:
            return took_s + 3_600

    async def story() -> tuple[bool, bool]:
        stream, tables = Stream(_many(1), _many(251)), Tables()
        follower = Follower(stream=stream, log=Log(0), tables=tables, courtesy=Wide(Desk()), gather_s=0)
        task = asyncio.create_task(follower.run())
        first = await follower.reached(Position(250, 0, 0))
        second = await follower.reached(Position(500, 0, 0), timeout_s=0)
        for _ in range(500):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(tables.kept) == 250
        return first, second

    assert asyncio.run(story()) == (True, False)
    assert Courtesy(Desk()).gap_s(0.1) == pytest.approx(0.025)
    assert Courtesy(Desk()).gap_s(60) == 0.5


def test_tables_that_keep_up_do_not_rest() -> None:
    assert _kept_before_somebody_waits(_batch(1), _batch(2), _batch(3)) == 3


def test_tables_that_catch_up_from_the_log_rest_too() -> None:
    class LongLog(Log):
        async def after(self, position: Position, /) -> AsyncIterator[ReportBatch]:
            self.asked.append(position)
            for first in (1, 251):
                yield _many(first)

    async def story() -> int:
        tables = Tables()
        stream = Stream(_batch(501, has_gap=True))
        follower = Follower(stream=stream, log=LongLog(0), tables=tables, courtesy=Long(Desk()), gather_s=0)
        task = asyncio.create_task(follower.run())
        for _ in range(500):
            await asyncio.sleep(0)
        kept = len(tables.kept)
        assert await follower.reached(Position(501, 0, 0))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return kept

    assert asyncio.run(story()) == 250
