"""One connection of HTTP: counted at the door, and ended when it is slow to ask or silent."""

import asyncio
import functools
from collections.abc import Callable
from math import inf
from typing import Any, Final, cast

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from fairlead.adapters.serving.answer_at_once import AnswerAtOnce
from fairlead.adapters.serving.door import Door
from fairlead.adapters.serving.whole_answer import WholeAnswer
from fairlead.domain.limits.places import Full

__all__ = ["HttpConnection"]

_LINGER_S: Final = 1.0
_NEVER: Final = inf
# For the keep-alive of the server beneath, which a byte now and then would put off for ever; ours end it before.
_LATER_S: Final = 86_400
_REASON: Final = {Full.ALL: b"503 Service Unavailable", Full.ADDRESS: b"429 Too Many Requests"}
_KEY: Final = {Full.ALL: "limits.connections_max", Full.ADDRESS: "limits.ip_connections_max"}


class HttpConnection(HttpToolsProtocol):
    """Speaks HTTP with one peer.

    Args:
        door: where it is counted.
        given: what the server gives each connection.
    """

    def __init__(self, *given: Any, door: Door, **named: Any) -> None:
        super().__init__(*given, **named)
        self.timeout_keep_alive = _LATER_S
        self._door = door
        self._key: str | None = None
        self._is_inside = self._is_lingering = self._is_idle = self._has_head = False
        self._timer: asyncio.TimerHandle | None = None
        self._ends_at, self._why = _NEVER, ""
        self._answer: WholeAnswer | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let it in, or say why not."""
        peer = transport.get_extra_info("peername")
        self._key = self._door.key_of(str(peer[0])) if peer else None
        full = self._door.enter(self._key)
        if full is not None:
            self._refuse(transport, full)
            return
        self._is_inside = True
        self._answer = WholeAnswer(transport)
        super().connection_made(transport)
        self._wait(self._door.head_s, "slow")

    def data_received(self, data: bytes) -> None:
        """Take what came; the first bytes after a silence begin the time of a head."""
        if not self._is_inside:
            self.transport.close()
            return
        if self._is_idle:
            self._is_idle = self._has_head = False
            self._stop()
            super().data_received(data)
            if not self._has_head and not self.transport.is_closing():
                self._wait(self._door.head_s, "slow")
            return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Stop the time: from here on the deadline of the request counts."""
        self._stop()
        self._has_head = True
        super().on_headers_complete()
        if self.cycle is not None:
            # It has what an answer needs of a transport.
            self.cycle.transport = cast("asyncio.Transport", self._answer)
            # Its task has not begun.
            self.cycle.send = AnswerAtOnce(self.cycle, self.transport)  # type: ignore[method-assign]

    def on_response_complete(self) -> None:
        """Begin the silence, unless the next request is already there."""
        assert self._answer is not None
        self._answer.end()
        super().on_response_complete()
        if self.cycle.response_complete and not self.transport.is_closing():
            self._is_idle = True
            self._wait(self._door.idle_s, "idle")

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection over; it keeps its place until its end."""
        super().handle_websocket_upgrade()
        heir: Any = self.transport.get_protocol()
        if heir is not self:
            heir.connection_lost = functools.partial(self._lost_by, heir.connection_lost)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._leave()
        super().connection_lost(exc)

    def _lost_by(self, heir: Callable[[Exception | None], None], exc: Exception | None) -> None:
        self._leave()
        heir(exc)

    def _leave(self) -> None:
        self._stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_inside:
            self._is_inside = False
            self._door.leave(self._key)
        if self._is_lingering:
            self._is_lingering = False
            self._door.gone()

    def _wait(self, seconds: float, why: str) -> None:
        # A request moves the end twice, and it nearly always moves away: the timer that runs then looks where it is.
        self._ends_at, self._why = self.loop.time() + seconds, why
        if self._timer is None or self._timer.when() > self._ends_at:
            self._look_at(self._ends_at)

    def _look_at(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_at(when, self._look)

    def _stop(self) -> None:
        self._ends_at = _NEVER

    def _look(self) -> None:
        self._timer = None
        if self._ends_at == _NEVER:
            return
        if self.loop.time() < self._ends_at:
            self._look_at(self._ends_at)
            return
        self._door.end(self._why)
        # A peer that does not read would hold a connection that is closed politely.
        self.transport.abort()

    def _refuse(self, transport: asyncio.Transport, full: Full) -> None:
        self.transport = transport
        if not self._door.linger():
            transport.abort()
            return
        self._is_lingering = True
        transport.write(_refusal(full, limit=self._door.limit(full)))
        # Closed with its request unread, the peer's system would throw the answer away.
        self._timer = self.loop.call_later(_LINGER_S, transport.abort)


def _refusal(full: Full, *, limit: int) -> bytes:
    status = int(_REASON[full][:3])
    body = msgspec.json.encode(
        {
            "type": "about:blank",
            "title": _REASON[full][4:].decode(),
            "status": status,
            "code": "TOO_MANY_CONNECTIONS",
            "detail": f"too many connections: of={full} limit={limit}",
            "limit": f"{_KEY[full]}={limit}",
            "fix": "close connections that are not used, and use one for many requests",
        }
    )
    head = (
        b"HTTP/1.1 %b\r\ncontent-type: application/problem+json\r\ncontent-length: %d\r\nconnection: close\r\n"
        b"retry-after: 1\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n"
    )
    return head % (_REASON[full], len(body)) + body
