"""An answer whose head says how long its body is, and whose body comes in one piece, is written without looking twice.

The server beneath is asked for every other answer, and would have written the same bytes.
"""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE, RequestResponseCycle

__all__ = ["AnswerAtOnce"]

# Answers without a body.
_BARE: Final = frozenset({204, 304})


class AnswerAtOnce:
    """Stands for what an application calls to answer one request.

    Args:
        cycle: the request and its answer.
        transport: what writes.
    """

    __slots__ = ("_cycle", "_send", "_start", "_transport")

    def __init__(self, cycle: RequestResponseCycle, transport: Any) -> None:
        self._cycle, self._transport, self._send = cycle, transport, cycle.send
        self._start: Any = None

    async def __call__(self, message: Any) -> None:
        """Take the next message of the application."""
        cycle, start = self._cycle, self._start
        if start is None:
            is_first = message["type"] == "http.response.start" and not cycle.response_started
            if is_first and cycle.keep_alive and cycle.scope["method"] != "HEAD" and message["status"] not in _BARE:
                self._start, cycle.response_started = message, True
            else:
                await self._send(message)
            return
        self._start = None
        written = None
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            written = _whole(
                [*cycle.default_headers, *start.get("headers", ())], start["status"], message.get("body", b"")
            )
        if written is None:
            cycle.response_started = False
            await self._send(start)
            await self._send(message)
            return
        if cycle.flow.write_paused and not cycle.disconnected:
            await cycle.flow.drain()
        if cycle.disconnected:
            return
        cycle.waiting_for_100_continue = False
        self._transport.write(written)
        cycle.response_complete = True
        cycle.message_event.set()
        cycle.on_response()


def _whole(headers: list[tuple[bytes, bytes]], status: int, body: bytes) -> bytes | None:
    """Return an answer as it is written; ``None``: it is another, or one that must not be written."""
    length = None
    content = [STATUS_LINE[status]]
    for name, value in headers:
        if name == b"content-length":
            if length is not None:
                return None
            length = value
        elif name == b"connection" or name == b"transfer-encoding" or not name.islower():
            return None
        content += (name, b": ", value, b"\r\n")
    if length != b"%d" % len(body):
        return None
    if HEADER_RE.search(b"".join(content[1::4])) or HEADER_VALUE_RE.search(b"".join(content[3::4])):
        return None
    content += (b"\r\n", body)
    return b"".join(content)
