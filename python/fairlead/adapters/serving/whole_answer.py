"""Head and body of an answer go out in one write: each write is a call of the system and wakes who waits for it."""

import asyncio

__all__ = ["WholeAnswer"]

# An answer of its own in front of the answer: who sends a body waits for it.
_GO_ON = b"HTTP/1.1 100 "


class WholeAnswer:
    """Stands for the transport of a connection where answers are written to it.

    Args:
        transport: the transport.
    """

    __slots__ = ("_head", "_is_begun", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self._is_begun = False

    def write(self, data: bytes) -> None:
        """Write; what comes first is a head, and waits for what comes next."""
        if self._is_begun:
            self._transport.write(self._head + data if self._head else data)
            self._head = b""
        elif data.startswith(_GO_ON):
            self._transport.write(data)
        else:
            self._head, self._is_begun = data, True

    def end(self) -> None:
        """End an answer: a head that has no body goes alone."""
        if self._head:
            self._transport.write(self._head)
        self._head, self._is_begun = b"", False

    def is_closing(self) -> bool:
        """Whether the transport is."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Close the transport once everything is written."""
        self.end()
        self._transport.close()
