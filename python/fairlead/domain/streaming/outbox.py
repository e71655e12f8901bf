"""What waits for a connection: bounded in bytes; a channel that does not fit starts again from how things are then.

Books of single orders (L3) do not start again: who cannot keep up with them is told that, and sent away.
"""

from collections import deque
from typing import Final, NamedTuple

__all__ = ["Channel", "Outbox", "Renew"]

# Books of single orders: without the events between, their queues would be guessed.
_WHOLE: Final = "L3"


class Channel(NamedTuple):
    """One thing to be told of: ``name`` of a ``symbol``, books at a ``depth``, candles of an ``interval``."""

    name: str
    symbol: str = ""
    depth: str = ""
    interval: str = ""


class Renew(NamedTuple):
    """What waited of a channel was left out, or it is new: it begins with how things are at this moment."""

    channel: Channel


class Outbox:
    """Frames of public channels for one connection, in their order within each channel.

    Whoever takes a ``Renew`` sends the state of the channel in the same step of the event loop, so that what is put
    afterwards follows it without a gap.

    Args:
        bytes_max: how many bytes of frames wait at most.

    Attributes:
        bytes: how many wait.
        lost: the first channel that did not fit and does not start again.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._waiting: deque[tuple[Channel, bytes | None]] = deque()
        self._renewed: set[Channel] = set()
        self.bytes = 0
        self.lost: Channel | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def put(self, channel: Channel, frame: bytes) -> None:
        """Add a frame; where it does not fit, what waits of its channel becomes a ``Renew``, or is lost."""
        if channel in self._renewed or self.lost is not None:
            return
        if self.bytes + len(frame) > self._bytes_max:
            if channel.depth == _WHOLE:
                self.lost = channel
            else:
                self.renew(channel)
            return
        self._waiting.append((channel, frame))
        self.bytes += len(frame)

    def renew(self, channel: Channel) -> None:
        """Leave out what waits of a channel, and begin it again."""
        self.drop(channel)
        self._renewed.add(channel)
        self._waiting.append((channel, None))

    def drop(self, channel: Channel) -> None:
        """Forget what waits of a channel."""
        self._waiting = deque(entry for entry in self._waiting if entry[0] != channel)
        self._renewed.discard(channel)
        self.bytes = sum(len(frame) for _, frame in self._waiting if frame is not None)

    def take(self) -> bytes | Renew | None:
        """Return what is next; ``None``: nothing waits."""
        if not self._waiting:
            return None
        channel, frame = self._waiting.popleft()
        if frame is None:
            self._renewed.discard(channel)
            return Renew(channel)
        self.bytes -= len(frame)
        return frame
