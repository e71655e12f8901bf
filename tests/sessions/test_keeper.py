"""Calendars carried out by a clock that a test moves, over a venue that knows sessions, halts and refusals."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.access.houses import TestClock
from tests.contract.stores import with_store
from tests.web.feeds import FakeFeed, definition

from fairlead.adapters.stores import Database, SqlCalendars
from fairlead.domain.sessions import Calendar, Session, WeekSession
from fairlead.errors import UnavailableError
from fairlead.model.report import Report
from fairlead.services.sessions import CalendarDesk, CalendarKeeper, Timetables

WORKDAYS = ("MON", "TUE", "WED", "THU", "FRI")
WEEK = Calendar(
    time_zone="America/New_York",
    week=(WeekSession(days=WORKDAYS, open="09:30", close="16:00"),),
    pre_open_min=30,
    closing_call_min=5,
)


class OwnAlmanac:
    """The zones of the machine and no exchange."""

    async def zone(self, name: str, /) -> tzinfo:
        return ZoneInfo(name)

    async def exchange_zone(self, exchange: str, /) -> tzinfo:
        raise AssertionError(exchange)

    async def sessions(self, exchange: str, /, *, first: date, last: date) -> list[Session]:
        raise AssertionError((exchange, first, last))


class Venue(FakeFeed):
    """One market with a session's state and a halt over it."""

    def __init__(self) -> None:
        super().__init__()
        self.session, self.is_halted, self.is_silent = "Closed", False, False
        self.sent: list[str] = []
        self.before: Callable[[], None] = lambda: None

    @property
    def effective(self) -> str:
        return "Halted" if self.is_halted and self.session != "Closed" else self.session

    async def refresh_instruments(self) -> Any:
        self.instruments.add(definition("BTC-USD", 0, state=self.effective))
        return self.instruments

    async def command(self, kind: str, fields: Mapping[str, Any], entries: tuple[Any, ...] = ()) -> Report:
        assert (kind, fields["instrument"], entries) == ("SetTradingState", 0, ())
        self.before()
        if self.is_silent:
            raise UnavailableError("no answer in time")
        self.sent.append(fields["state"])
        if fields["state"] == self.session or self.session == "Delisted":
            return Report(kind="CommandReport", fields={}, is_rejected=True, reason="STATE_TRANSITION")
        self.session = fields["state"]
        return Report(kind="CommandReport", fields={}, exec_type="StateChanged")


@dataclass
class Stage:
    """A desk, a keeper and a market over one store."""

    database: Database
    venue: Venue = field(default_factory=Venue)
    clock: TestClock = field(default_factory=TestClock)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin again with nothing but the store."""
        timetables, turn = Timetables(OwnAlmanac()), asyncio.Lock()
        self.calendars = SqlCalendars(self.database)
        self.desk = CalendarDesk(self.calendars, timetables=timetables, feed=self.venue, clock=self.clock, turn=turn)
        self.keeper = CalendarKeeper(
            self.calendars,
            timetables=timetables,
            front=self.venue,  # type: ignore[arg-type]
            feed=self.venue,
            is_breaker_known=lambda _: self.venue.is_halted,
            clock=self.clock,
            turn=turn,
        )

    def at(self, text: str) -> None:
        """Put the clock to a time of UTC."""
        self.clock.ns = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9

    async def until(self, text: str) -> list[str]:
        """Go from change to change up to a time of UTC; return what was sent, each with its time."""
        end, told = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9, []
        while True:
            known = len(self.venue.sent)
            due_ns = await self.keeper.step()
            now = datetime.fromtimestamp(self.clock.ns // 10**9, UTC)
            told += [f"{now:%d %H:%M} {state}" for state in self.venue.sent[known:]]
            if due_ns is None or due_ns > end:
                self.clock.ns = end
                return told
            self.clock.ns = due_ns

    async def by_hand(self, state: str) -> Report:
        return await self.desk.by_hand(
            "BTC-USD", state, lambda: self.venue.command("SetTradingState", {"instrument": 0, "state": state})
        )

    async def held(self) -> bool:
        return (await self.desk.get("BTC-USD")).kept.kept.held_since_ns is not None


def _on_stage(tmp_path: Path, story: Callable[[Stage], Awaitable[None]]) -> None:
    async def run(database: Database) -> None:
        stage = Stage(database)
        await stage.venue.refresh_instruments()
        stage.at("2026-03-06T05:00")
        await stage.desk.set("BTC-USD", WEEK, by="usr_1")
        await story(stage)

    with_store(f"sqlite:///{tmp_path / 'store.db'}", run)


def test_a_market_follows_its_week_over_the_change_of_clocks(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        assert await stage.until("2026-03-09T23:00") == [
            "06 14:00 PreOpen",
            "06 14:30 Continuous",
            "06 21:00 ClosingAuction",
            "06 21:05 Closed",
            "09 13:00 PreOpen",
            "09 13:30 Continuous",
            "09 20:00 ClosingAuction",
            "09 20:05 Closed",
        ]

    _on_stage(tmp_path, story)


def test_after_a_restart_a_market_gets_the_state_of_now_and_not_those_it_missed(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T14:10")
        assert stage.venue.session == "PreOpen"
        stage.at("2026-03-06T22:00")
        stage.restart()
        assert await stage.until("2026-03-06T23:00") == ["06 22:00 Closed"]

    _on_stage(tmp_path, story)


def test_a_command_without_an_answer_is_sent_again_and_known_as_the_calendars_own(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T14:10")
        stage.at("2026-03-06T14:30")
        stage.venue.is_silent = True
        await stage.keeper.step()
        # It was done, and nobody was told; the close comes while the service is away.
        stage.venue.is_silent, stage.venue.session = False, "Continuous"
        stage.at("2026-03-06T21:00")
        stage.restart()
        assert await stage.until("2026-03-06T21:10") == ["06 21:00 ClosingAuction", "06 21:05 Closed"]
        assert not await stage.held()

    _on_stage(tmp_path, story)


def test_a_person_who_moves_a_market_keeps_it_until_a_person_gives_it_back(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        await stage.by_hand("Closed")
        assert await stage.held()
        stage.restart()
        # It does not open on the next day, nor where the calendar's state was the same in between.
        assert await stage.until("2026-03-09T14:00") == []
        assert stage.venue.session == "Closed"

        await stage.by_hand("Continuous")
        assert not await stage.held()
        assert await stage.until("2026-03-09T20:10") == ["09 20:00 ClosingAuction", "09 20:05 Closed"]

    _on_stage(tmp_path, story)


def test_setting_the_calendar_again_gives_a_market_back_as_well(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        await stage.by_hand("Closed")
        await stage.desk.set("BTC-USD", WEEK, by="usr_2")
        assert await stage.until("2026-03-06T15:10") == ["06 15:00 Continuous"]

    _on_stage(tmp_path, story)


def test_a_move_that_the_exchange_refuses_holds_nothing(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        stage.at("2026-03-06T21:00")
        assert (await stage.by_hand("Continuous")).is_rejected
        assert not await stage.held()

    _on_stage(tmp_path, story)


def test_a_move_in_doubt_stays_with_the_person(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        stage.venue.is_silent = True
        with pytest.raises(UnavailableError):
            await stage.by_hand("CancelOnly")
        assert await stage.held()

    _on_stage(tmp_path, story)


def test_somebody_who_moves_it_past_the_service_holds_it_too(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        stage.venue.session = "PostOnly"
        assert await stage.until("2026-03-06T23:00") == []
        assert await stage.held()
        assert stage.venue.session == "PostOnly"

    _on_stage(tmp_path, story)


def test_under_a_halt_the_session_goes_on_unseen(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T15:00")
        stage.venue.is_halted = True
        assert await stage.until("2026-03-06T21:02") == ["06 21:00 ClosingAuction"]
        assert (stage.venue.effective, await stage.held()) == ("Halted", False)
        assert await stage.until("2026-03-06T21:10") == ["06 21:05 Closed"]

    _on_stage(tmp_path, story)


def test_without_a_calendar_nobody_moves_a_market(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.desk.remove("BTC-USD")
        assert await stage.keeper.step() is None
        await stage.by_hand("PostOnly")
        assert stage.venue.sent == ["PostOnly"]

    _on_stage(tmp_path, story)


def test_a_person_is_not_overtaken_between_the_look_and_the_command(tmp_path: Path) -> None:
    async def story(stage: Stage) -> None:
        await stage.until("2026-03-06T14:10")
        stage.at("2026-03-06T14:30")
        begun: list[asyncio.Task[Report]] = []
        stage.venue.before = lambda: None if begun else begun.append(asyncio.create_task(stage.by_hand("CancelOnly")))
        await stage.keeper.step()
        await asyncio.gather(*begun)
        assert stage.venue.sent[-2:] == ["Continuous", "CancelOnly"]
        assert await stage.held()

    _on_stage(tmp_path, story)
