"""The channels that a client names, read strictly: what has no meaning for one is refused."""

from typing import Final

from fairlead.domain.market_data.bars import INTERVALS
from fairlead.domain.streaming.outbox import Channel
from fairlead.services.streaming.hub import DEPTHS, PUBLIC
from fairlead.web.problems import ProblemError
from fairlead.web.sockets.frames import ChannelAsked
from fairlead.web.sockets.stream import PRIVATE

__all__ = ["channel_of", "unknown"]

_DEPTH: Final = "L2"
_INTERVAL: Final = "1m"


def channel_of(asked: ChannelAsked) -> Channel:
    """Return the channel that is meant.

    Raises:
        ProblemError: there is none such.
    """
    symbol, depth, interval = asked.symbol or "", asked.depth or "", asked.interval or ""
    if asked.name not in {*PRIVATE, *PUBLIC}:
        raise unknown("name", asked.name, (*PRIVATE, *PUBLIC))
    if asked.name == "book":
        depth = depth or _DEPTH
        if depth not in DEPTHS:
            raise unknown("depth", depth, DEPTHS)
    elif depth:
        raise unknown("depth", depth, ("none: only books have one",))
    if asked.name == "candles":
        interval = interval or _INTERVAL
        if interval not in INTERVALS:
            raise unknown("interval", interval, tuple(INTERVALS))
    elif interval:
        raise unknown("interval", interval, ("none: only candles have one",))
    if asked.name in PRIVATE and symbol:
        raise unknown("symbol", symbol, ("none: private channels are of all symbols",))
    return Channel(asked.name, symbol, depth, interval)


def unknown(field: str, value: str, known: tuple[str, ...]) -> ProblemError:
    """Return the refusal of a word that is none of those that are known."""
    listed = ", ".join(known)
    return ProblemError(
        400,
        "VALIDATION_ERROR",
        f"{field} is not known: {field}={value:.64}",
        field=field,
        value=f"{value:.64}",
        limit=listed,
        fix=f"known: {listed}",
    )
