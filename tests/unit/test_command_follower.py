"""What reports do not say is found where it stands: in what was sent, or in the log, and never ahead of the reports."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from fairlead.domain.trading.entered_order import EnteredOrder, Leg
from fairlead.errors import UnavailableError
from fairlead.model.report import Position, Report
from fairlead.ports.command_log import CommandPage, SaidCommand
from fairlead.services.projections import CommandFollower

_PAGE = 3


def stop(seq: int) -> EnteredOrder:
    leg = Leg(role="STOP_LOSS", order_type="STOP", terms={"trigger_type": "LAST_PRICE"})
    return EnteredOrder(seq=seq, symbol="BTC-USD", order_type="STOP_LOSS", legs=[leg])


def is_new(seq: int) -> Report:
    return Report(kind="ExecutionReport", fields={}, position=Position(seq, 0, 0), exec_type="New")


def waits(seq: int, **said: str) -> Report:
    return Report(kind="ExecutionReport", fields={}, position=Position(seq, 1, 0), exec_type="Suspended", **said)  # type: ignore[arg-type]


@dataclass
class Place:
    """A log of commands, a table, and the reports that are in the tables."""

    log: dict[int, EnteredOrder] = field(default_factory=dict)
    last: int = 0
    reports: int = 0
    table: set[int] = field(default_factory=set)
    at: int = 0
    looks: int = 0
    steps: int = 0
    is_slow: bool = False
    page: int = _PAGE
    stuck: int = 0
    is_away: bool = False

    async def after(self, seq: int, /, *, until_seq: int) -> CommandPage:
        if self.is_away:
            raise UnavailableError("the log cannot be read")
        self.looks += 1
        assert until_seq <= self.last
        last = min(until_seq, seq + self.page)
        return CommandPage(told=[self.log[it] for it in range(seq + 1, last + 1) if it in self.log], last_seq=last)

    async def cursor(self) -> int:
        return self.at

    async def enter(self, commands: Sequence[EnteredOrder], /, *, reports_seq: int) -> Sequence[int]:
        assert all(command.seq <= reports_seq for command in commands)
        if self.is_slow:
            await asyncio.Event().wait()
        self.table |= {command.seq for command in commands}
        return [command.seq for command in commands]

    async def add(self, commands: Sequence[SaidCommand], /, *, last_seq: int, reports_seq: int) -> int:
        assert last_seq <= reports_seq
        self.steps += 1
        self.table |= {command.seq for command in commands if command.seq <= last_seq}
        is_stuck = any(command.seq == self.stuck for command in commands)
        self.at = self.stuck - 1 if is_stuck else last_seq
        return self.at

    def tell(self, follower: CommandFollower, *reports: Report) -> None:
        self.reports = max(it.position.event_seq for it in reports if it.position is not None)
        self.last = max(self.last, self.reports)
        follower.hear(reports)


def run(story: Callable[[Place, CommandFollower], Awaitable[None]], *, place: Place | None = None) -> None:
    async def all_of_it() -> None:
        of = place or Place()
        follower = CommandFollower(of, of, position=lambda: Position(of.reports, 0, 0), sweep_s=3_600)
        task = asyncio.create_task(follower.run())
        try:
            await story(of, follower)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(all_of_it())


def test_what_is_in_the_log_at_the_start_is_read() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        assert (place.table, place.at) == ({2, 7}, 8)

    run(story, place=Place(log={2: stop(2), 7: stop(7)}, last=8, reports=8))


def test_what_was_sent_is_added_without_a_look_at_the_log() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        looks = place.looks
        follower.entered(stop(3))
        assert place.table == set()
        place.tell(follower, waits(3))
        assert await follower.caught_up()
        assert (place.table, place.looks) == ({3}, looks)

    run(story, place=Place(last=1, reports=1))


def test_what_somebody_else_sent_is_looked_for() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        place.log[5] = stop(5)
        place.tell(follower, waits(5))
        assert await follower.caught_up()
        assert (place.table, place.at) == ({5}, 5)

    run(story, place=Place(last=1, reports=1))


def test_limits_that_were_set_are_looked_for_at_once() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        place.log[5] = stop(5)
        place.tell(follower, Report(kind="CommandReport", fields={}, position=Position(5, 0, 0), exec_type="LimitsSet"))
        assert await follower.caught_up()
        assert (place.table, place.at) == ({5}, 5)

    run(story, place=Place(last=1, reports=1))


def test_a_pegged_order_that_waits_for_its_price_is_no_reason_to_look() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        looks = place.looks
        place.tell(follower, waits(5, ord_type="pegged"))
        assert await follower.caught_up()
        assert place.looks == looks

    run(story, place=Place(last=1, reports=1))


def test_the_log_is_not_read_beyond_the_reports() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        assert (place.table, place.at) == ({2}, 4)

    run(story, place=Place(log={2: stop(2), 6: stop(6)}, last=9, reports=4))


def test_more_than_can_be_remembered_is_found_in_the_log() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        place.log = {seq: stop(seq) for seq in range(2, 10_004)}
        for seq in range(2, 10_004):
            follower.entered(stop(seq))
        place.tell(follower, waits(10_003))
        assert await follower.caught_up()
        assert place.table == set(range(2, 10_004))

    run(story, place=Place(last=1, reports=1))


def test_an_order_of_somebody_else_is_a_hint_that_is_followed_soon() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        place.log[5] = stop(5)
        place.tell(follower, is_new(5))
        # Who lists does not wait for it: most orders say no more than their reports.
        assert await follower.caught_up()
        async with asyncio.timeout(30):
            while place.table != {5}:
                await asyncio.sleep(0.01)
        assert place.at == 5

    run(story, place=Place(last=1, reports=1))


def test_who_reads_an_order_that_was_entered_here_waits_for_it() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        await follower.entered_all([1, 3])
        assert follower.pending() == set()
        follower.entered(stop(3))
        assert follower.pending() == {3}
        place.tell(follower, is_new(3))
        await follower.entered_all([1, 3])
        assert (place.table, len(follower.pending())) == ({3}, 0)

    run(story, place=Place(last=1, reports=1))


def test_who_reads_does_not_wait_for_orders_of_others() -> None:
    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        place.is_slow = True
        follower.entered(stop(3))
        place.tell(follower, is_new(4))
        # It ends without a turn of anybody else.
        with pytest.raises(StopIteration):
            follower.entered_all([4]).send(None)
        assert follower.pending() == {3}

    run(story, place=Place(last=1, reports=1))


def test_many_commands_are_several_steps_of_the_store() -> None:
    count = 1_201

    async def story(place: Place, follower: CommandFollower) -> None:
        assert await follower.caught_up()
        assert (len(place.table), place.at, place.steps) == (count, count + 5, 3)

    log = {seq: stop(seq) for seq in range(1, count + 1)}
    run(story, place=Place(log=log, last=count + 5, reports=count + 5, page=10_000))


def test_a_step_that_is_left_for_later_ends_a_page() -> None:
    async def story(place: Place, _: CommandFollower) -> None:
        async with asyncio.timeout(30):
            while place.steps < 3:
                await asyncio.sleep(0.01)
        assert place.at == 599

    log = {seq: stop(seq) for seq in range(1, 1_201)}
    run(story, place=Place(log=log, last=1_201, reports=1_201, page=10_000, stuck=600))
