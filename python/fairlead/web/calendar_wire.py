"""The bodies and answers of calendars: dates as ``YYYY-MM-DD``, local times as ``HH:MM``."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from fairlead.domain.sessions import Break, Calendar, EarlyClose, WeekSession
from fairlead.model.instants import iso
from fairlead.services.sessions import CalendarView
from fairlead.web.market_wire import NextChange, next_change_of, word
from fairlead.web.problems import ProblemError
from fairlead.web.wire import Answer, Body

__all__ = ["CalendarAnswer", "CalendarWish", "calendar_answer", "calendar_of"]

LocalTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM in the time zone.")]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="YYYY-MM-DD where the market is.")]
Weekday = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
Minutes = Annotated[int, Meta(ge=0, le=720)]


class BreakLine(Body, frozen=True, kw_only=True):
    """A pause of a session."""

    begin: LocalTime
    end: LocalTime


class WeekLine(Body, frozen=True, kw_only=True):
    """A session of some days; a close at or before the open is on the next day."""

    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)]
    open: LocalTime
    close: LocalTime
    breaks: Annotated[list[BreakLine], Meta(max_length=4)] = field(default_factory=list)


class EarlyLine(Body, frozen=True, kw_only=True):
    """A day that ends earlier."""

    date: Day
    close: LocalTime


class CalendarWish(Body, frozen=True, kw_only=True):
    """``PUT /markets/{symbol}/calendar``: one of ``always``, ``exchange``, and ``timeZone`` with ``week``."""

    always: bool = False
    exchange: Annotated[str, Meta(pattern=r"^[A-Z0-9]{3,10}$", description="ISO 10383, as in XNYS.")] | None = None
    time_zone: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")] | None = None
    week: Annotated[list[WeekLine], Meta(max_length=21)] = field(default_factory=list)
    holidays: Annotated[list[Day], Meta(max_length=400)] = field(default_factory=list)
    early_closes: Annotated[list[EarlyLine], Meta(max_length=400)] = field(default_factory=list)
    pre_open_minutes: Minutes = 0
    opening_call_minutes: Minutes = 0
    closing_call_minutes: Minutes = 0


class CalendarAnswer(Answer, frozen=True, kw_only=True):
    """A calendar, the state it has for now, and what it does next. ``heldSince``: since when a person decides."""

    symbol: str
    always: bool
    exchange: str | None
    time_zone: str | None
    week: list[WeekLine]
    holidays: list[str]
    early_closes: list[EarlyLine]
    pre_open_minutes: int
    opening_call_minutes: int
    closing_call_minutes: int
    set_at: str
    state_now: str | None
    next_change: NextChange | None
    held_since: str | None


def calendar_of(wish: CalendarWish) -> Calendar:
    """Return the calendar of a body.

    Raises:
        ProblemError: a date is none.
    """
    return Calendar(
        always=wish.always,
        exchange=wish.exchange,
        time_zone=wish.time_zone,
        week=tuple(
            WeekSession(
                days=tuple(line.days),
                open=line.open,
                close=line.close,
                breaks=tuple(Break(begin=pause.begin, end=pause.end) for pause in line.breaks),
            )
            for line in wish.week
        ),
        holidays=tuple(_date(day, name="holidays") for day in wish.holidays),
        early_closes=tuple(
            EarlyClose(day=_date(line.date, name="earlyCloses.date"), close=line.close) for line in wish.early_closes
        ),
        pre_open_min=wish.pre_open_minutes,
        opening_call_min=wish.opening_call_minutes,
        closing_call_min=wish.closing_call_minutes,
    )


def calendar_answer(view: CalendarView) -> CalendarAnswer:
    """Return a calendar as it is told."""
    kept, calendar = view.kept, view.kept.calendar
    held_ns = kept.kept.held_since_ns
    return CalendarAnswer(
        symbol=kept.symbol,
        always=calendar.always,
        exchange=calendar.exchange,
        time_zone=calendar.time_zone,
        week=[
            WeekLine(
                days=list(session.days),  # type: ignore[arg-type]
                open=session.open,
                close=session.close,
                breaks=[BreakLine(begin=pause.begin, end=pause.end) for pause in session.breaks],
            )
            for session in calendar.week
        ],
        holidays=[day.isoformat() for day in calendar.holidays],
        early_closes=[EarlyLine(date=each.day.isoformat(), close=each.close) for each in calendar.early_closes],
        pre_open_minutes=calendar.pre_open_min,
        opening_call_minutes=calendar.opening_call_min,
        closing_call_minutes=calendar.closing_call_min,
        set_at=iso(kept.set_ts_ns),
        state_now=None if view.wanted is None else word(view.wanted),
        next_change=next_change_of(view),
        held_since=None if held_ns is None else iso(held_ns),
    )


def _date(text: str, *, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            f"no such day: {name}={text}",
            field=name,
            value=text,
            limit="a day of the calendar, YYYY-MM-DD",
            fix="give a day that there is",
        ) from None
