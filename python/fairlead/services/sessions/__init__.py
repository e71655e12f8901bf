"""The calendars of markets: set by operators, carried out by the service."""

from fairlead.services.sessions.desk import CalendarDesk, CalendarView
from fairlead.services.sessions.keeper import CalendarKeeper
from fairlead.services.sessions.timetables import Timetables

__all__ = ["CalendarDesk", "CalendarKeeper", "CalendarView", "Timetables"]
