"""One live connection of uvicorn: frames that are written already go out as they are, and no end waits for a reader."""

from typing import Any, Final, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

__all__ = ["SocketConnection"]

# Where the application finds it in the scope.
_EXTENSION: Final = "fairlead.pipe"
# How long an end may take; what is not read by then is left unread.
_END_S: Final = 5.0


class SocketConnection(WebSocketsSansIOProtocol):
    """See ``fairlead.ports.pipe.Pipe``."""

    def handle_connect(self, event: Request) -> None:
        """Take the request; the application finds this object in its scope."""
        super().handle_connect(event)
        if (scope := getattr(self, "scope", None)) is not None:
            # The application begins later, in a task.
            extensions = cast("dict[str, Any]", scope["extensions"])
            extensions[_EXTENSION] = self

    async def send(self, message: Any) -> None:
        """Take what the application says."""
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and not message.get("more_body", False):
            # An answer ends a handshake too; without this the server beneath misses its end, and logs a fault.
            self.handshake_complete = True

    def write_now(self, frame: bytes) -> bool:
        """Send a frame if there is room for it."""
        if not self.writable.is_set() or self._is_over():
            return False
        self.transport.write(frame)
        return True

    async def write(self, frame: bytes) -> None:
        """Wait until there is room and send a frame."""
        while not self.write_now(frame):
            if self._is_over():
                raise ClientDisconnected
            await self.writable.wait()

    async def close(self, code: int, reason: str) -> None:
        """Say the end, and cut the connection off if that is not answered."""
        # Behind what waits: who reads again finds the reason.
        self.writable.set()
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
        self._cut_off_later()

    def keepalive_timeout(self) -> None:
        """Nobody is there: end it, and do not wait for what nobody reads."""
        super().keepalive_timeout()
        self._cut_off_later()

    def _is_over(self) -> bool:
        return self.disconnected or self.close_sent or self.transport.is_closing()

    def _cut_off_later(self) -> None:
        self.loop.call_later(_END_S, self.transport.abort)
