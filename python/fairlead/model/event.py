"""What all events of an exchange have."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Cause", "Event"]

Cause = Literal["command", "timer", "uncross", "reprice", "reduce_only", "state", "trigger", "group", "breaker"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What all events have.

    Attributes:
        seq: sequence number of the command that caused it, from 1.
        ts_ns: that command's time, nanoseconds since the Unix epoch.
        sub: place among the events of that command, from 0.
        cause: what in the command's work it comes from.
    """

    seq: int
    ts_ns: int
    sub: int
    cause: Cause
