"""Who looks at tables that another process fills tells what the tables have, and nothing before."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from fairlead.errors import UnavailableError
from fairlead.model.listing import Listing
from fairlead.model.report import BEGINNING, Position, Report
from fairlead.ports.projections import Followed
from fairlead.services.projections import CommandOnlooker, Onlooker


def _report(seq: int, *, exec_type: str | None = None, ord_type: str | None = None) -> Report:
    at = Position(seq, 0, 0)
    return Report(kind="ExecutionReport", fields={}, position=at, exec_type=exec_type, ord_type=ord_type)


class Tables:
    """Tables that a test moves."""

    def __init__(self) -> None:
        self.seq, self.is_away = 0, False

    async def followed(self) -> Followed:
        if self.is_away:
            raise UnavailableError("the store does not answer")
        return Followed(log_id="log", position=Position(self.seq, 0, 0), is_whole=True)

    async def apply(self, _: Sequence[Report], __: Mapping[int, Listing], /) -> Sequence[Report]:
        raise AssertionError("who looks writes nothing")

    async def begin(self, _: str, /) -> None:
        raise AssertionError("who looks writes nothing")

    async def mark_incomplete(self) -> None:
        raise AssertionError("who looks writes nothing")


class Story:
    """Tables, who looks at them, and what a listener heard."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.looking = Onlooker(self.tables)
        self.heard: list[int] = []
        self.be_silent = self.looking.listen(self._hear)

    def _hear(self, reports: Sequence[Report]) -> None:
        self.heard += [it.position.event_seq for it in reports if it.position is not None]


def _run(tell: Callable[[Story], Awaitable[None]]) -> None:
    async def story() -> None:
        async with asyncio.timeout(30):
            await tell(Story())

    asyncio.run(story())


def test_reports_are_told_once_they_are_in_the_tables_and_once() -> None:
    async def tell(story: Story) -> None:
        for seq in (1, 2, 3):
            story.looking.hear(_report(seq))
        assert await story.looking.look()
        assert story.heard == []
        story.tables.seq = 2
        await story.looking.look()
        await story.looking.look()
        assert (story.heard, story.looking.position) == ([1, 2], Position(2, 0, 0))
        story.be_silent()
        story.tables.seq = 3
        await story.looking.look()
        assert story.heard == [1, 2]

    _run(tell)


def test_a_listener_that_fails_costs_nobody_else_their_reports() -> None:
    async def tell(story: Story) -> None:
        def fail(_: Sequence[Report]) -> None:
            raise ValueError("a bug")

        looking = Onlooker(story.tables)
        looking.listen(fail)
        told: list[int] = []
        looking.listen(lambda reports: told.append(len(reports)))
        looking.hear(_report(1))
        story.tables.seq = 1
        await looking.look()
        assert told == [1]

    _run(tell)


def test_who_waits_is_told_when_the_tables_are_there_and_not_before() -> None:
    async def tell(story: Story) -> None:
        looking, wanted = story.looking, Position(5, 0, 0)
        run = asyncio.create_task(looking.run())
        waiting = asyncio.create_task(looking.reached(wanted, timeout_s=20))
        assert not await looking.reached(wanted, timeout_s=0)
        assert not waiting.done()
        story.tables.seq = 5
        assert await waiting
        assert await looking.reached(wanted, timeout_s=0)
        run.cancel()

    _run(tell)


def test_a_store_that_is_away_is_no_progress_and_is_asked_again() -> None:
    async def tell(story: Story) -> None:
        looking = story.looking
        assert (looking.is_following, looking.position) == (False, BEGINNING)
        assert await looking.look()
        assert looking.is_following
        story.tables.seq, story.tables.is_away = 4, True
        assert not await looking.look()
        assert (looking.is_following, looking.position) == (False, BEGINNING)
        story.tables.is_away = False
        assert await looking.look()
        assert (looking.is_following, looking.position) == (True, Position(4, 0, 0))

    _run(tell)


def test_orders_that_wait_are_read_once_their_command_was() -> None:
    async def story() -> None:
        asked: list[int] = []
        cursor = iter((3, 6, 7))

        async def ask() -> int:
            asked.append(next(cursor))
            return asked[-1]

        looking = CommandOnlooker(ask)
        looking.hear([_report(5, exec_type="New"), _report(6, exec_type="Suspended", ord_type="pegged")])
        assert await looking.caught_up()
        assert asked == []
        looking.hear([_report(7, exec_type="Suspended"), _report(4, exec_type="GroupAccepted")])
        assert await looking.caught_up()
        assert asked == [3, 6, 7]
        assert await looking.caught_up()
        assert asked == [3, 6, 7]

    asyncio.run(story())


def test_who_reads_an_order_that_was_entered_here_waits_until_its_command_was_read() -> None:
    async def story() -> None:
        asked: list[int] = []
        cursor = iter((3, 6, 7))

        async def ask() -> int:
            asked.append(next(cursor))
            return asked[-1]

        looking = CommandOnlooker(ask)
        assert looking.pending() == set()
        looking.entered(5)
        assert (set(looking.pending()), asked) == ({5}, [])
        await looking.entered_all([5])
        assert (len(looking.pending()), asked) == (0, [3, 6])
        await looking.entered_all([5])
        assert asked == [3, 6]

    asyncio.run(story())
