"""Whether a calendar may move a market now: never over a halt, and never over what a person decided."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from fairlead.domain.sessions.timetable import STATES

__all__ = ["Act", "Kept", "decide"]

# A breaker alone makes these: the session's state goes on unseen beneath them.
_OF_BREAKERS: Final = frozenset({"LimitState", "Cooling"})
# A breaker or a person makes these.
_STOPPED: Final = frozenset({"Halted", "VolatilityAuction"})


class Act(Enum):
    """What is to be done."""

    NOTHING = "nothing"
    SEND = "send"
    NOTE = "note"
    WAIT = "wait"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is remembered of a market: the state the calendar put it in, that it is sending, and who holds it.

    Attributes:
        put: the last state that the calendar reached; ``None``: it has not begun.
        sending: the state of a command whose outcome is not known yet.
        held_since_ns: since when a person decides; ``None``: the calendar does.
    """

    put: str | None = None
    sending: str | None = None
    held_since_ns: int | None = None


def decide(*, effective: str, wanted: str, kept: Kept, is_breaker_known: bool) -> Act:
    """Return what is to be done with a market.

    Args:
        effective: its trading state, in the words of the wire.
        wanted: the state its calendar has for now.
        kept: what is remembered of it.
        is_breaker_known: whether the cause of a stop was heard: then the state beneath it is the calendar's.
    """
    if kept.held_since_ns is not None or effective == "Delisted":
        return Act.NOTHING
    if effective == wanted:
        return Act.NOTHING if kept.put == wanted and kept.sending is None else Act.NOTE
    if effective in _OF_BREAKERS or (effective in _STOPPED and is_breaker_known):
        # Beneath the stop; the exchange keeps the more restrictive of both.
        return Act.SEND if kept.put != wanted else Act.NOTHING
    if effective in _STOPPED:
        return Act.WAIT
    is_ours = effective in {kept.put, kept.sending}
    # It begins from any state that a calendar may be in.
    begins = kept.put is None and kept.sending is None and (effective in STATES or effective == "PreListed")
    return Act.SEND if is_ours or begins else Act.HOLD
