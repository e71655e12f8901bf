"""The channels that a client names, read strictly: what has no meaning for one is refused."""

from typing import Final, NamedTuple

from msgspec import UnsetType

from fairlead.domain.market_data.bars import INTERVALS
from fairlead.domain.streaming.outbox import Channel
from fairlead.services.streaming.hub import DEPTHS, PUBLIC
from fairlead.services.trading import Symbols
from fairlead.web.problems import ProblemError
from fairlead.web.sockets.drop_copy import DROP_COPY, EVERYBODY
from fairlead.web.sockets.frames import ChannelAsked
from fairlead.web.sockets.stream import PRIVATE

__all__ = ["Copied", "Own", "channel_of", "unknown"]

_DEPTH: Final = "L2"
_INTERVAL: Final = "1m"
_ACCOUNT_MAX: Final = 2**32 - 1
_NAMES: Final = (*PRIVATE, DROP_COPY, *PUBLIC)


class Own(NamedTuple):
    """A channel of the caller's own events."""

    name: str


class Copied(NamedTuple):
    """A copy of the executions of an account, or of all where it is ``None``."""

    account: int | None


def channel_of(asked: ChannelAsked, symbols: Symbols) -> Channel | Own | Copied:
    """Return the channel that is meant.

    Raises:
        ProblemError: there is none such.
    """
    symbol, depth, interval = asked.symbol or "", asked.depth or "", asked.interval or ""
    if asked.name not in _NAMES:
        raise unknown("name", asked.name, _NAMES)
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
    account = None if isinstance(asked.account, UnsetType) else asked.account
    if asked.name != DROP_COPY and account is not None:
        raise unknown("account", str(account), (f"none: only {DROP_COPY} has one",))
    if asked.name in PUBLIC:
        return Channel(asked.name, symbols.canonical(symbol), depth, interval)
    if symbol:
        raise unknown("symbol", symbol, ("none: private channels are of all symbols",))
    return Copied(_account_of(account)) if asked.name == DROP_COPY else Own(asked.name)


def _account_of(account: int | str | None) -> int | None:
    """Return whose executions are copied; ``None``: everybody's."""
    if account == EVERYBODY:
        return None
    if not isinstance(account, int) or not 1 <= account <= _ACCOUNT_MAX:
        said = "none" if account is None else str(account)
        raise unknown("account", said, (f"1 to {_ACCOUNT_MAX}, the number of an account", f"{EVERYBODY}, for all"))
    return account


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
