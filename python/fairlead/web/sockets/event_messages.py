"""Private messages of live connections: what happened or how things are, its number, and its place in the log."""

from typing import Any, Final

import msgspec

from fairlead.domain.streaming.places import place_of, place_text
from fairlead.model.report import Position
from fairlead.services.streaming import Live
from fairlead.web.problems import ProblemError

__all__ = ["EXECUTIONS", "message", "place_to_resume"]

EXECUTIONS: Final = frozenset({"ORDER_FILLED", "TRADE_BUSTED", "TRADE_CORRECTED"})
_encode: Final = msgspec.json.Encoder().encode


def message(kind: str, channel: str, *, seq: int, position: Position, data: Any) -> bytes:
    """Return a private message as JSON."""
    said = {"type": kind, "channel": channel, "seq": seq, "position": place_text(position), "data": data}
    return _encode(said)


def place_to_resume(text: str, live: Live, *, is_begun: bool) -> Position:
    """Return the place after which a stream goes on.

    Args:
        text: the place, as a message says it.
        live: knows how far the log is.
        is_begun: whether the stream runs already.

    Raises:
        ProblemError: it is no place of this log, or the stream cannot begin elsewhere.
    """
    position, end = place_of(text), live.end
    if position is None or position > end or is_begun:
        raise ProblemError(
            400,
            "VALIDATION_ERROR",
            "the stream cannot begin there",
            field="resumeFrom",
            value=f"{text:.64}",
            limit=f"0.0.0 to {place_text(end)}, before the stream is there",
            fix="send the position of the last message you have, with the first private channels",
        )
    return position
