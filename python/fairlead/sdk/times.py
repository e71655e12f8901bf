"""A time of the service: nanoseconds since 1970 UTC, which no floating point number and no ``datetime`` could hold."""

import re
from datetime import UTC, datetime
from typing import Final, Self

__all__ = ["Timestamp"]

_FORM: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?Z")
_NS_PER_S: Final = 1_000_000_000
_NS_PER_US: Final = 1_000
_US_PER_S: Final = 1_000_000


class Timestamp(int):
    """Nanoseconds since 1970 UTC; compares and subtracts like the number it is."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the time of ``2026-01-31T09:30:00.123456789Z``.

        Raises:
            ValueError: it has another form.
        """
        found = _FORM.fullmatch(text)
        if found is None:
            raise ValueError(f"no time in UTC: value={text[:40]!r}")
        seconds = int(datetime.fromisoformat(f"{found[1]}+00:00").timestamp())
        return cls(seconds * _NS_PER_S + int((found[2] or "0").ljust(9, "0")))

    @property
    def utc(self) -> datetime:
        """The same to the microsecond, rounded down."""
        seconds, us = divmod(self // _NS_PER_US, _US_PER_S)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=us)

    def __repr__(self) -> str:
        return f"Timestamp({int(self)})"
