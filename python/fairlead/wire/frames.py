"""A stream of bytes cut into messages: each is preceded by its length, and a partial one waits whole."""

from collections.abc import Iterator
from typing import Final

from fairlead.wire.error import WireError
from fairlead.wire.table import HEADER_SIZE

_PREFIX_SIZE: Final = 2


def frame(message: bytes) -> bytes:
    """A message with its length in front."""
    return len(message).to_bytes(_PREFIX_SIZE) + message


class Frames:
    """The bytes of one connection that are not yet messages.

    Args:
        len_max: longest message taken, header included, 16 to 65,535.
    """

    __slots__ = ("_bytes", "_len_max")

    def __init__(self, *, len_max: int = 65_535) -> None:
        self._bytes = bytearray()
        self._len_max = len_max

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes that arrived and yield the messages that are whole now.

        Raises:
            WireError: an impossible length; the connection has to be closed.
        """
        self._bytes += data
        return self._whole()

    def _whole(self) -> Iterator[bytes]:
        stream, start = self._bytes, 0
        try:
            while len(stream) >= start + _PREFIX_SIZE:
                size = stream[start] << 8 | stream[start + 1]
                if not HEADER_SIZE <= size <= self._len_max:
                    raise WireError("FrameLength", "length", at=0, value=size, limit=self._len_max)
                end = start + _PREFIX_SIZE + size
                if len(stream) < end:
                    return
                message = bytes(stream[start + _PREFIX_SIZE : end])
                start = end
                yield message
        finally:
            # Once for all that was taken: moving what is left costs more than a message.
            del stream[:start]

    @property
    def pending(self) -> int:
        """How many bytes wait."""
        return len(self._bytes)
