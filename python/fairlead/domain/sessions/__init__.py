"""When a market opens and closes: its calendar, the moments that follow from it, and who decides at each."""

from fairlead.domain.sessions.calendar import Break, Calendar, EarlyClose, WeekSession, check_calendar
from fairlead.domain.sessions.decide import Act, Kept, decide
from fairlead.domain.sessions.timetable import Change, Session, Timetable, own_sessions, timetable_of

__all__ = [
    "Act",
    "Break",
    "Calendar",
    "Change",
    "EarlyClose",
    "Kept",
    "Session",
    "Timetable",
    "WeekSession",
    "check_calendar",
    "decide",
    "own_sessions",
    "timetable_of",
]
