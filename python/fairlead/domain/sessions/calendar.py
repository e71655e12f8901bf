"""The calendar of a market: always open, that of a named exchange, or a week of its own in a time zone."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from fairlead.errors import UsageError

__all__ = ["DAYS", "Break", "Calendar", "EarlyClose", "WeekSession", "check_calendar", "minutes_of"]

DAYS: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_CLOCK: Final = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DAY_MIN: Final = 24 * 60
_CALL_MIN_MAX: Final = 12 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A pause of a session, as local ``HH:MM``: orders rest, nothing trades."""

    begin: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekSession:
    """A session of some days of the week, as local ``HH:MM``. A close at or before the open is on the next day."""

    days: tuple[str, ...]
    open: str
    close: str
    breaks: tuple[Break, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyClose:
    """A day whose last session ends earlier, as local ``HH:MM`` of the day on which that session ends."""

    day: date
    close: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When a market trades; exactly one of ``always``, ``exchange`` and ``time_zone`` with ``week`` says it.

    Attributes:
        always: it never closes.
        exchange: the code of an exchange (ISO 10383), whose sessions, holidays and early closes count.
        time_zone: the zone of the times, as in ``America/New_York``.
        week: the sessions of a week.
        holidays: days on which no session begins, those of the exchange apart.
        early_closes: days that end earlier, those of the exchange apart.
        pre_open_min: for how long before the opening call orders are collected, in minutes.
        opening_call_min: for how long before the open a call runs, in minutes.
        closing_call_min: for how long after the close a call runs, in minutes.
    """

    always: bool = False
    exchange: str | None = None
    time_zone: str | None = None
    week: tuple[WeekSession, ...] = ()
    holidays: tuple[date, ...] = ()
    early_closes: tuple[EarlyClose, ...] = ()
    pre_open_min: int = 0
    opening_call_min: int = 0
    closing_call_min: int = 0


def minutes_of(text: str, *, field: str) -> int:
    """Return the minutes since midnight of ``HH:MM``.

    Raises:
        UsageError: it is no time of a day.
    """
    if _CLOCK.fullmatch(text) is None:
        raise UsageError(f"no time of a day: {field}={text} limit=00:00..23:59; give hours and minutes as HH:MM")
    return int(text[:2]) * 60 + int(text[3:])


def check_calendar(calendar: Calendar) -> None:
    """Check what can be checked without asking for zones and exchanges.

    Raises:
        UsageError: parts contradict each other; the text names the field.
    """
    given = {
        "always": calendar.always,
        "exchange": calendar.exchange is not None,
        "week": calendar.time_zone is not None or bool(calendar.week),
    }
    if sum(given.values()) != 1:
        found = ", ".join(name for name, is_given in given.items() if is_given) or "none"
        raise UsageError(
            f"a calendar is one of three kinds: given={found}; give always, or exchange, or timeZone and week"
        )
    _check_calls(calendar)
    if given["week"]:
        _check_week(calendar)
    for early in calendar.early_closes:
        minutes_of(early.close, field="earlyCloses.close")
    days = [early.day for early in calendar.early_closes]
    if len(set(days)) != len(days):
        raise UsageError("a day closes early once: earlyCloses names a date twice")


def _check_calls(calendar: Calendar) -> None:
    calls = {
        "preOpenMinutes": calendar.pre_open_min,
        "openingCallMinutes": calendar.opening_call_min,
        "closingCallMinutes": calendar.closing_call_min,
    }
    for field, minutes in calls.items():
        if not 0 <= minutes <= _CALL_MIN_MAX:
            raise UsageError(f"too long: {field}={minutes} limit=0..{_CALL_MIN_MAX}")
        if calendar.always and minutes:
            raise UsageError(f"a market that is always open has no calls: {field}={minutes}; leave it out")
    if calendar.always and (calendar.holidays or calendar.early_closes):
        raise UsageError("a market that is always open has no holidays: leave out holidays and earlyCloses")


def _check_week(calendar: Calendar) -> None:
    if calendar.time_zone is None:
        raise UsageError("a week needs the zone of its times: give timeZone, as in Europe/Berlin")
    if not calendar.week:
        raise UsageError("a week without a session never opens: give week, or delete the calendar and close the market")
    spans = []
    for session in calendar.week:
        if not session.days or len(set(session.days)) != len(session.days):
            raise UsageError(f"a session needs days, each once: week.days={','.join(session.days) or 'none'}")
        begin, end = _span(session.open, session.close, after=None, field="week")
        at = begin
        for pause in session.breaks:
            pause_begin, pause_end = _span(pause.begin, pause.end, after=begin, field="week.breaks")
            if not at < pause_begin < pause_end < end:
                raise UsageError(
                    f"a break lies within its session, one after the other: breaks={pause.begin}-{pause.end}"
                )
            at = pause_end
        for day in session.days:
            if day not in DAYS:
                raise UsageError(f"no day of the week: week.days={day} known={','.join(DAYS)}")
            first = DAYS.index(day) * _DAY_MIN
            spans.append((first + begin, first + end))
    spans.sort()
    # The first session comes again after the last one of the week.
    following = [*spans[1:], (spans[0][0] + 7 * _DAY_MIN, 0)]
    for (_, end), (begin, _) in zip(spans, following, strict=True):
        if begin < end:
            raise UsageError("sessions of a week do not overlap: week has one that begins before another ends")


def _span(begin: str, end: str, *, after: int | None, field: str) -> tuple[int, int]:
    """Return minutes since the midnight on whose day the session begins; what is not later is of the next day."""
    first, last = minutes_of(begin, field=field), minutes_of(end, field=field)
    if after is not None and first < after:
        first += _DAY_MIN
    while last <= first:
        last += _DAY_MIN
    return first, last
