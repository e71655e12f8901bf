"""What live connections work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fairlead.domain.access.roles import Principal
from fairlead.domain.limits.bucket import Rate
from fairlead.model.report import Position
from fairlead.services.publishing import Bodies
from fairlead.services.streaming.doors import Doors
from fairlead.services.streaming.hub import Hub
from fairlead.services.streaming.live import Live
from fairlead.services.streaming.news import News
from fairlead.services.streaming.tally import Tally

__all__ = ["Sockets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """The live connections of one process.

    Attributes:
        hub: what the markets tell.
        live: the reports that have just come.
        bodies: writes what is told of them.
        news: when the tables have news of an account.
        tally: which there are.
        doors: how many there may be.
        counts: whether who came in may still be there.
        position: the last report that is in the tables.
        now_ns: a clock that never goes back.
        rate: messages a connection may send.
        byte_rate: bytes of them.
        queue_bytes_max: what may wait for a connection.
        subscriptions_max: channels of a connection.
        auth_wait_s: how long one may take to say who it is.
        idle_s: how long one may be silent.
        body_bytes_max: bytes of a message.
        depth_max: levels of a message.
    """

    hub: Hub
    live: Live
    bodies: Bodies
    news: News
    tally: Tally
    doors: Doors
    counts: Callable[[Principal], Awaitable[bool]]
    position: Callable[[], Position]
    now_ns: Callable[[], int]
    rate: Rate
    byte_rate: Rate
    queue_bytes_max: int
    subscriptions_max: int
    auth_wait_s: float
    idle_s: float
    body_bytes_max: int
    depth_max: int
