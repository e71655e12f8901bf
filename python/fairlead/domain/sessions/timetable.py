"""The moments at which a market changes its trading state, as a calendar and its sessions have them. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from fairlead.domain.sessions.calendar import DAYS, Calendar, WeekSession, minutes_of

__all__ = ["STATES", "Change", "Session", "Timetable", "own_sessions", "timetable_of"]

# What a calendar moves a market to, in the words of the wire.
STATES: Final = ("PreOpen", "OpeningAuction", "Continuous", "ClosingAuction", "Closed")
_NS_PER_MIN: Final = 60_000_000_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MIN: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session in nanoseconds UTC, with its breaks; ``day`` is its date where the market is."""

    day: date
    open_ns: int
    close_ns: int
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """From this moment on, this is the state."""

    at_ns: int
    state: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """Changes in their order. What comes before the first is not known, nor what comes after ``until_ns``."""

    changes: Sequence[Change]
    until_ns: int

    def state_at(self, now_ns: int) -> str | None:
        """Return the state of a moment; ``None``: not known."""
        index = bisect_right(self.changes, now_ns, key=lambda change: change.at_ns)
        return self.changes[index - 1].state if index and now_ns < self.until_ns else None

    def next_change(self, now_ns: int) -> Change | None:
        """Return the first change after a moment; ``None``: none is known."""
        index = bisect_right(self.changes, now_ns, key=lambda change: change.at_ns)
        return self.changes[index] if index < len(self.changes) else None


def own_sessions(calendar: Calendar, zone: tzinfo, *, first: date, last: date) -> list[Session]:
    """Return the sessions that a week has from one day to another, both included; holidays are not looked at.

    A time that a day does not have, as clocks are put forward, is the moment as long after the midnight as it would be
    without that; a time that comes twice is the first of the two.
    """
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        found += [_session(day, week, zone) for week in calendar.week if DAYS[day.weekday()] in week.days]
    return sorted(found, key=lambda session: session.open_ns)


def timetable_of(
    calendar: Calendar, sessions: Iterable[Session], zone: tzinfo, *, begin_ns: int, until_ns: int
) -> Timetable:
    """Return the changes of sessions under the holidays, early closes and calls of a calendar.

    Args:
        calendar: whose they are.
        sessions: oldest first.
        zone: where the times of early closes are.
        begin_ns: from when on the sessions are all there.
        until_ns: up to when they are.
    """
    if calendar.always:
        return Timetable([Change(begin_ns, "Continuous")], until_ns)
    changes, ended_ns = [Change(begin_ns, "Closed")], begin_ns
    for session in _kept(calendar, sessions, zone):
        told = _changes(calendar, session)
        # A call does not begin before the session before it is over.
        changes += [Change(max(change.at_ns, ended_ns), change.state) for change in told]
        ended_ns = max(ended_ns, told[-1].at_ns)
    return Timetable(_thinned(changes), until_ns)


def _kept(calendar: Calendar, sessions: Iterable[Session], zone: tzinfo) -> list[Session]:
    holidays = set(calendar.holidays)
    early = {each.day: minutes_of(each.close, field="earlyCloses.close") for each in calendar.early_closes}
    found = []
    for session in sessions:
        if session.day in holidays:
            continue
        ends_on = _local(session.close_ns, zone).date()
        if (minutes := early.get(ends_on)) is not None:
            close_ns = _moment(ends_on, minutes, zone)
            if close_ns <= session.open_ns:
                continue
            breaks = tuple(pause for pause in session.breaks if pause[1] < close_ns)
            session = replace(session, close_ns=min(close_ns, session.close_ns), breaks=breaks)
        found.append(session)
    return found


def _changes(calendar: Calendar, session: Session) -> list[Change]:
    call_ns = session.open_ns - calendar.opening_call_min * _NS_PER_MIN
    changes = [
        Change(call_ns - calendar.pre_open_min * _NS_PER_MIN, "PreOpen"),
        Change(call_ns, "OpeningAuction"),
        Change(session.open_ns, "Continuous"),
    ]
    for begin_ns, end_ns in session.breaks:
        # Not Closed: orders of the day go on after it.
        changes += [Change(begin_ns, "PreOpen"), Change(end_ns, "Continuous")]
    end_ns = session.close_ns + calendar.closing_call_min * _NS_PER_MIN
    return [*changes, Change(session.close_ns, "ClosingAuction"), Change(end_ns, "Closed")]


def _thinned(changes: Sequence[Change]) -> list[Change]:
    """Return what is left where the last of one moment counts, and the same state again is no change."""
    found: list[Change] = []
    # Stable: of one moment the last that was told stays the last.
    for change in sorted(changes, key=lambda each: each.at_ns):
        if found and found[-1].at_ns == change.at_ns:
            found.pop()
        if not found or found[-1].state != change.state:
            found.append(change)
    return found


def _session(day: date, week: WeekSession, zone: tzinfo) -> Session:
    def ahead(text: str, after: int) -> int:
        minutes = minutes_of(text, field="week")
        while minutes <= after:
            minutes += _DAY_MIN
        return minutes

    opens = minutes_of(week.open, field="week")
    breaks, at = [], opens
    for pause in week.breaks:
        begin = ahead(pause.begin, at)
        at = ahead(pause.end, begin)
        breaks.append((_moment(day, begin, zone), _moment(day, at, zone)))
    return Session(
        day=day,
        open_ns=_moment(day, opens, zone),
        close_ns=_moment(day, ahead(week.close, opens), zone),
        breaks=tuple(breaks),
    )


def _moment(day: date, minutes: int, zone: tzinfo) -> int:
    days, minutes = divmod(minutes, _DAY_MIN)
    local = datetime.combine(day + timedelta(days=days), datetime.min.time(), tzinfo=zone)
    at = local.replace(hour=minutes // 60, minute=minutes % 60)
    return (at.astimezone(UTC) - _EPOCH) // timedelta(minutes=1) * _NS_PER_MIN


def _local(at_ns: int, zone: tzinfo) -> datetime:
    return (_EPOCH + timedelta(microseconds=at_ns // 1_000)).astimezone(zone)
