"""When a market changes its state: clocks that are put, holidays, early closes, breaks, nights and calls."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from fairlead.domain.sessions import (
    Break,
    Calendar,
    Change,
    EarlyClose,
    WeekSession,
    check_calendar,
    own_sessions,
    timetable_of,
)
from fairlead.errors import UsageError

NEW_YORK = ZoneInfo("America/New_York")
ALL_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
WORKDAYS = ALL_DAYS[:5]
DAY = WeekSession(days=WORKDAYS, open="09:30", close="16:00")


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def _told(calendar: Calendar, first: str, last: str, zone: ZoneInfo = NEW_YORK) -> list[str]:
    """Return the changes of the sessions of these days as ``DD HH:MM state`` in UTC."""
    check_calendar(calendar)
    sessions = own_sessions(calendar, zone, first=date.fromisoformat(first), last=date.fromisoformat(last))
    table = timetable_of(calendar, sessions, zone, begin_ns=0, until_ns=2**63)
    assert table.changes[0] == Change(0, "Closed")
    return [
        f"{datetime.fromtimestamp(change.at_ns // 10**9, UTC):%d %H:%M} {change.state}" for change in table.changes[1:]
    ]


def _week(*sessions: WeekSession, **more: object) -> Calendar:
    return Calendar(time_zone="America/New_York", week=sessions, **more)  # type: ignore[arg-type]


def test_the_open_stays_at_its_local_time_when_clocks_are_put_forward() -> None:
    # On Sunday 8 March 2026 New York goes from UTC-5 to UTC-4.
    assert _told(_week(DAY), "2026-03-06", "2026-03-09") == [
        "06 14:30 Continuous",
        "06 21:00 Closed",
        "09 13:30 Continuous",
        "09 20:00 Closed",
    ]


def test_the_open_stays_at_its_local_time_when_clocks_are_put_back() -> None:
    # On Sunday 1 November 2026.
    assert _told(_week(DAY), "2026-10-30", "2026-11-02") == [
        "30 13:30 Continuous",
        "30 20:00 Closed",
        "02 14:30 Continuous",
        "02 21:00 Closed",
    ]


def test_a_session_over_the_night_of_a_change_of_clocks_is_an_hour_shorter_or_longer() -> None:
    night = WeekSession(days=("SAT",), open="18:00", close="17:00")
    assert _told(_week(night), "2026-03-07", "2026-03-07") == ["07 23:00 Continuous", "08 21:00 Closed"]
    assert _told(_week(night), "2026-10-31", "2026-10-31") == ["31 22:00 Continuous", "01 22:00 Closed"]


def test_a_time_that_is_not_there_or_comes_twice_is_one_moment() -> None:
    odd = WeekSession(days=("SUN",), open="02:30", close="04:00")
    assert _told(_week(odd), "2026-03-08", "2026-03-08") == ["08 07:30 Continuous", "08 08:00 Closed"]
    twice = WeekSession(days=("SUN",), open="01:30", close="04:00")
    assert _told(_week(twice), "2026-11-01", "2026-11-01") == ["01 05:30 Continuous", "01 09:00 Closed"]


def test_holidays_have_no_session_and_early_days_a_shorter_one() -> None:
    calendar = _week(
        DAY,
        holidays=(date(2026, 11, 26),),
        early_closes=(EarlyClose(day=date(2026, 11, 27), close="13:00"),),
        closing_call_min=5,
    )
    assert _told(calendar, "2026-11-25", "2026-11-27") == [
        "25 14:30 Continuous",
        "25 21:00 ClosingAuction",
        "25 21:05 Closed",
        "27 14:30 Continuous",
        "27 18:00 ClosingAuction",
        "27 18:05 Closed",
    ]


def test_an_early_close_that_is_no_earlier_changes_nothing_and_one_before_the_open_leaves_no_session() -> None:
    late = _week(DAY, early_closes=(EarlyClose(day=date(2026, 11, 25), close="17:00"),))
    assert _told(late, "2026-11-25", "2026-11-25") == ["25 14:30 Continuous", "25 21:00 Closed"]
    gone = _week(DAY, early_closes=(EarlyClose(day=date(2026, 11, 25), close="09:30"),))
    assert _told(gone, "2026-11-25", "2026-11-25") == []


def test_calls_come_before_the_open_and_after_the_close_and_orders_rest_in_breaks() -> None:
    session = WeekSession(days=("WED",), open="09:00", close="15:00", breaks=(Break(begin="11:30", end="12:30"),))
    calendar = _week(session, pre_open_min=60, opening_call_min=10, closing_call_min=5)
    assert _told(calendar, "2026-11-25", "2026-11-25") == [
        "25 12:50 PreOpen",
        "25 13:50 OpeningAuction",
        "25 14:00 Continuous",
        "25 16:30 PreOpen",
        "25 17:30 Continuous",
        "25 20:00 ClosingAuction",
        "25 20:05 Closed",
    ]


def test_a_call_does_not_begin_before_the_session_before_it_is_over() -> None:
    futures = WeekSession(days=ALL_DAYS, open="18:00", close="17:00")
    calendar = _week(futures, pre_open_min=120, closing_call_min=5)
    assert _told(calendar, "2026-07-01", "2026-07-02")[1:4] == [
        "01 22:00 Continuous",
        "02 21:00 ClosingAuction",
        "02 21:05 PreOpen",
    ]


def test_sessions_that_touch_leave_no_moment_between() -> None:
    whole = WeekSession(days=ALL_DAYS, open="00:00", close="00:00")
    assert _told(_week(whole), "2026-07-01", "2026-07-03") == ["01 04:00 Continuous", "04 04:00 Closed"]


def test_a_moment_has_the_state_of_the_last_change_and_what_is_not_known_is_not_told() -> None:
    calendar = _week(DAY)
    sessions = own_sessions(calendar, NEW_YORK, first=date(2026, 7, 1), last=date(2026, 7, 2))
    table = timetable_of(
        calendar, sessions, NEW_YORK, begin_ns=_ns("2026-07-01T00:00"), until_ns=_ns("2026-07-03T00:00")
    )
    opens = _ns("2026-07-01T13:30")
    assert [table.state_at(at) for at in (opens - 1, opens, opens + 1)] == ["Closed", "Continuous", "Continuous"]
    assert table.next_change(opens - 1) == Change(opens, "Continuous")
    assert table.next_change(opens) == Change(_ns("2026-07-01T20:00"), "Closed")
    assert table.state_at(_ns("2026-06-30T15:00")) is None
    assert table.state_at(_ns("2026-07-03T00:00")) is None
    assert table.next_change(_ns("2026-07-02T20:00")) is None


@pytest.mark.parametrize(
    ("calendar", "told"),
    [
        (Calendar(), "given=none"),
        (Calendar(always=True, exchange="XNYS"), "given=always, exchange"),
        (Calendar(exchange="XNYS", time_zone="UTC"), "given=exchange, week"),
        (Calendar(time_zone="UTC"), "give week"),
        (Calendar(week=(DAY,)), "give timeZone"),
        (Calendar(always=True, closing_call_min=5), "closingCallMinutes=5"),
        (Calendar(always=True, holidays=(date(2026, 1, 1),)), "no holidays"),
        (Calendar(exchange="XNYS", pre_open_min=721), "preOpenMinutes=721 limit=0..720"),
        (_week(WeekSession(days=("MON",), open="9:30", close="16:00")), "week=9:30"),
        (_week(WeekSession(days=("MON",), open="09:30", close="24:00")), "week=24:00"),
        (_week(WeekSession(days=(), open="09:30", close="16:00")), "week.days=none"),
        (_week(WeekSession(days=("MON", "MON"), open="09:30", close="16:00")), "each once"),
        (_week(WeekSession(days=("MOND",), open="09:30", close="16:00")), "week.days=MOND"),
        (_week(DAY, WeekSession(days=("FRI",), open="15:59", close="18:00")), "do not overlap"),
        (
            _week(
                WeekSession(days=("SUN",), open="18:00", close="17:00"),
                WeekSession(days=("MON",), open="16:59", close="18:00"),
            ),
            "do not overlap",
        ),
        (
            _week(WeekSession(days=("MON",), open="09:00", close="15:00", breaks=(Break(begin="14:00", end="15:00"),))),
            "breaks=14:00-15:00",
        ),
        (
            Calendar(exchange="XNYS", early_closes=(EarlyClose(day=date(2026, 1, 2), close="1300"),)),
            "earlyCloses.close=1300",
        ),
        (
            Calendar(exchange="XNYS", early_closes=(EarlyClose(day=date(2026, 1, 2), close="13:00"),) * 2),
            "names a date twice",
        ),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_by_the_name_of_its_field(calendar: Calendar, told: str) -> None:
    with pytest.raises(UsageError, match=told.replace(".", r"\.")):
        check_calendar(calendar)


def test_a_week_may_touch_itself_around_its_end() -> None:
    check_calendar(_week(WeekSession(days=ALL_DAYS, open="18:00", close="18:00")))
