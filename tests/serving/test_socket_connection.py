"""The end of a live connection: said to whom reads nothing, and carried out where nobody answers."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest
import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.server import ServerState

from fairlead.adapters.serving import socket_connection
from fairlead.adapters.serving.socket_connection import SocketConnection
from fairlead.domain.streaming.text_frame import text_frame

_HANDSHAKE: Final = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class _Transport(asyncio.Transport):
    """Keeps what is written; nobody reads it."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)})
        self.written: list[bytes] = []
        self.is_aborted = self.is_closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed

    def abort(self) -> None:
        self.is_aborted = True

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def _connection(app: Any) -> tuple[SocketConnection, _Transport]:
    """Return one whose peer has asked for it."""
    config = uvicorn.Config(app, ws=SocketConnection, ws_per_message_deflate=False, lifespan="off", log_config=None)
    config.load()
    connection, transport = SocketConnection(config, ServerState(), {}), _Transport()
    connection.connection_made(transport)
    connection.data_received(_HANDSHAKE)
    return connection, transport


Story = Callable[[SocketConnection, _Transport], Awaitable[None]]


def _with_connection(story: Story) -> None:
    """Tell a story of one that is open, and whose peer has stopped to read."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["extensions"]["fairlead.pipe"] is not None
        await receive()
        await send({"type": "websocket.accept"})
        accepted.set()
        await asyncio.Event().wait()

    async def run() -> None:
        connection, transport = _connection(app)
        async with asyncio.timeout(10):
            await accepted.wait()
        assert connection.write_now(text_frame(b"first"))
        connection.pause_writing()
        async with asyncio.timeout(10):
            await story(connection, transport)
        connection.stop_keepalive()
        for task in connection.tasks:
            task.cancel()

    accepted = asyncio.Event()
    asyncio.run(run())


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_connection, "_END_S", 0.0)


async def _cut(transport: _Transport) -> None:
    async with asyncio.timeout(10):
        while not transport.is_aborted:
            await asyncio.sleep(0)


def test_who_reads_nothing_is_told_why_and_cut_off() -> None:
    async def story(connection: SocketConnection, transport: _Transport) -> None:
        assert not connection.write_now(text_frame(b"second"))
        await connection.close(4408, "slow")
        assert transport.written[-1] == b"\x88\x06" + (4408).to_bytes(2, "big") + b"slow"
        assert not connection.write_now(text_frame(b"third"))
        with pytest.raises(ClientDisconnected):
            await connection.write(text_frame(b"fourth"))
        await _cut(transport)

    _with_connection(story)


def test_who_answers_no_ping_is_cut_off_though_bytes_still_wait() -> None:
    async def story(connection: SocketConnection, transport: _Transport) -> None:
        connection.send_keepalive_ping()
        connection.keepalive_timeout()
        assert transport.written[-1][2:4] == (1011).to_bytes(2, "big")
        await _cut(transport)

    _with_connection(story)


def test_frames_wait_for_room_and_are_refused_when_nobody_is_there() -> None:
    async def story(connection: SocketConnection, transport: _Transport) -> None:
        waiting = asyncio.create_task(connection.write(text_frame(b"second")))
        await asyncio.sleep(0)
        assert transport.written[-1] == text_frame(b"first")
        connection.resume_writing()
        await waiting
        assert transport.written[-1] == text_frame(b"second")
        connection.pause_writing()
        waiting = asyncio.create_task(connection.write(text_frame(b"third")))
        await asyncio.sleep(0)
        connection.connection_lost(None)
        with pytest.raises(ClientDisconnected):
            await waiting

    _with_connection(story)


@pytest.mark.parametrize("parts", [[b"no"], [b"n", b"o"]])
def test_a_connection_that_is_not_opened_is_answered_and_no_fault(
    parts: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        await send({"type": "websocket.http.response.start", "status": 403, "headers": []})
        for number, part in enumerate(parts, 1):
            more = {"more_body": number < len(parts)}
            await send({"type": "websocket.http.response.body", "body": part} | more)

    async def run() -> bytes:
        connection, transport = _connection(app)
        async with asyncio.timeout(10):
            await asyncio.gather(*connection.tasks)
        connection.connection_lost(None)
        assert transport.is_closed
        return b"".join(transport.written)

    answer = asyncio.run(run())
    assert answer.startswith(b"HTTP/1.1 403 Forbidden\r\n")
    assert answer.endswith(b"\r\n\r\nno")
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.parametrize("is_begun", [False, True])
def test_an_application_that_does_not_answer_is_a_fault_all_the_same(
    is_begun: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        del scope, receive
        if is_begun:
            await send({"type": "websocket.http.response.start", "status": 403, "headers": []})

    async def run() -> None:
        connection, _ = _connection(app)
        async with asyncio.timeout(10):
            await asyncio.gather(*connection.tasks)

    asyncio.run(run())
    assert [record.levelname for record in caplog.records] == ["ERROR"]
