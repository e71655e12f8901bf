"""Time zones of the machine, and the calendars of exchanges by a library."""

from fairlead.adapters.calendars.almanac import LibraryAlmanac

__all__ = ["LibraryAlmanac"]
