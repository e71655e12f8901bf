"""One connection that hears the markets: what comes is sent at once where there is room, else it waits its turn."""

import asyncio

from fairlead.domain.streaming.outbox import Channel, Outbox
from fairlead.ports.pipe import Pipe

__all__ = ["Listener"]


class Listener:
    """A connection.

    Args:
        pipe: where its frames go.
        bytes_max: how many bytes may wait for it.

    Attributes:
        outbox: what waits.
        wake: set when something waits.
        is_sending: whether a frame that was taken from the outbox is not sent yet: nothing may overtake it.
    """

    def __init__(self, pipe: Pipe, *, bytes_max: int) -> None:
        self._pipe = pipe
        self.outbox = Outbox(bytes_max)
        self.wake = asyncio.Event()
        self.is_sending = False

    def put(self, channel: Channel, frame: bytes) -> None:
        """Tell a frame of a channel, after those before it."""
        if not self.is_sending and self.outbox.is_empty and self._pipe.write_now(frame):
            return
        self.outbox.put(channel, frame)
        self.wake.set()

    def renew(self, channel: Channel) -> None:
        """Begin a channel with how things are."""
        self.outbox.renew(channel)
        self.wake.set()
