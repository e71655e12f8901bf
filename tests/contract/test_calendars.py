"""What every store of calendars does."""

from dataclasses import replace
from datetime import date

from tests.contract.stores import NOW_NS, with_store

from fairlead.adapters.stores import Database, SqlCalendars
from fairlead.domain.sessions import Break, Calendar, EarlyClose, Kept, WeekSession
from fairlead.ports.calendars import KeptCalendar

WHOLE = Calendar(
    time_zone="Asia/Tokyo",
    week=(WeekSession(days=("MON", "SUN"), open="09:00", close="15:30", breaks=(Break(begin="11:30", end="12:30"),)),),
    holidays=(date(2026, 11, 23),),
    early_closes=(EarlyClose(day=date(2026, 12, 30), close="11:30"),),
    pre_open_min=60,
    opening_call_min=1,
    closing_call_min=5,
)


def _kept(symbol: str, calendar: Calendar = WHOLE) -> KeptCalendar:
    return KeptCalendar(symbol=symbol, calendar=calendar, set_by="usr_1", set_ts_ns=NOW_NS, kept=Kept())


def test_a_calendar_comes_back_as_it_was_kept(store_url: str) -> None:
    async def story(database: Database) -> None:
        calendars = SqlCalendars(database)
        await calendars.put(_kept("BBB"))
        await calendars.put(_kept("AAA", Calendar(exchange="XNYS")))

        assert await calendars.get("BBB") == _kept("BBB")
        assert await calendars.get("CCC") is None
        assert [each.symbol for each in await calendars.every()] == ["AAA", "BBB"]

    with_store(store_url, story)


def test_another_takes_its_place_and_forgets_how_it_was_carried_out(store_url: str) -> None:
    async def story(database: Database) -> None:
        calendars, kept = SqlCalendars(database), Kept(put="Closed", sending="PreOpen", held_since_ns=2**62)
        await calendars.put(_kept("AAA"))
        await calendars.note("AAA", kept)
        assert await calendars.get("AAA") == replace(_kept("AAA"), kept=kept)

        await calendars.put(_kept("AAA", Calendar(always=True)))
        assert await calendars.every() == [_kept("AAA", Calendar(always=True))]

    with_store(store_url, story)


def test_what_is_gone_is_not_noted(store_url: str) -> None:
    async def story(database: Database) -> None:
        calendars = SqlCalendars(database)
        await calendars.put(_kept("AAA"))
        assert await calendars.remove("AAA")
        assert not await calendars.remove("AAA")
        await calendars.note("AAA", Kept(put="Closed"))
        assert await calendars.every() == []

    with_store(store_url, story)
