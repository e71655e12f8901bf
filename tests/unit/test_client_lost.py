"""A session that ends, whoever ends it and why: it comes back, or it says that it does not."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from fairlead import aio
from fairlead.client.protocol import FATAL_REASONS
from fairlead.errors import UnavailableError
from fairlead.model.report import Position
from fairlead.wire import Frames, Message, decode, encode, frame

KEY: dict[str, Any] = {"key_id": "k", "secret": "00" * 32, "role": "drop_copy"}
PLACE = {"position.event_seq": 7, "position.sub": 1, "position.leg": 2}
ACK: dict[str, Any] = {
    "session": 1,
    "account": 0,
    "role": "DropCopy",
    "heartbeat_ms": 10_000,
    "next_in": 1,
    "next_out": 1,
    "epoch": 1,
    "orders_per_s": 1,
    "cancels_per_s": 1,
    "frame_max": 4_096,
    "durability": "Os",
    **PLACE,
}
TOLD: dict[str, Any] = {
    "position.event_seq": 8,
    "position.sub": 0,
    "position.leg": 0,
    "ts_ns": 1_700_000_000_000_000_000,
    "ref_seq": 0,
    "event": "KillSwitchSet",
    "id": 0,
    "other": 0,
    "count": 0,
    "value": 0,
    "limit": 0,
    "resent": False,
}
NOTHING_LISTED: dict[str, Any] = {"ref_kind": 97, "reason": "UnknownInstrument", "at": 0, "value": 0, "limit": 0}
ENDS = ("SlowReader", "HeartbeatTimeout", "WriteTimeout", "ShuttingDown", "Busy", "Flood")


class Gateway:
    """Lets everybody in, says that nothing is listed, and ends its first session as it is told to.

    Attributes:
        logons: what each connection began with.
    """

    def __init__(self, end: Callable[[asyncio.StreamWriter], None]) -> None:
        self.logons: list[Message] = []
        self._end = end

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames, out = Frames(), 0
        while data := await reader.read(65_536):
            for raw in frames.feed(data):
                message = decode(raw)
                if message.kind == "Logon":
                    self.logons.append(message)
                    _say(writer, "Challenge", {"scheme": "HmacSha256", "nonce": bytes(32)})
                elif message.kind == "ChallengeReply":
                    _say(writer, "LogonAck", ACK)
                elif message.kind == "SecurityListRequest":
                    out += 1
                    _say(writer, "Reject", NOTHING_LISTED | {"ref_seq": message.seq}, seq=out)
                    if len(self.logons) == 1:
                        self._end(writer)
        writer.close()


def _say(writer: asyncio.StreamWriter, kind: str, fields: dict[str, Any], *, seq: int = 0) -> None:
    writer.write(frame(encode(Message(kind=kind, seq=seq, session=int(seq > 0), fields=fields))))


@asynccontextmanager
async def _client(gateway: Gateway, **words: Any) -> AsyncIterator[aio.Client]:
    async with await asyncio.start_server(gateway.serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with aio.Client(port=port, **KEY, **words) as client:
            yield client


def _logout(reason: str) -> Callable[[asyncio.StreamWriter], None]:
    return lambda writer: _say(writer, "Logout", {"reason": reason, "ref_seq": 0, "value": 1, "limit": 2})


async def _until(client: aio.Client, connections: int) -> None:
    async with asyncio.timeout(20):
        await client._wait(lambda: client.connections == connections, what="another session", forever=True)


@pytest.mark.parametrize("reason", ENDS)
def test_a_session_that_the_gateway_ends_is_begun_again_behind_the_last_report(
    reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = Gateway(_logout(reason))

    async def story() -> None:
        async with _client(gateway) as client:
            await _until(client, 2)
            assert client.is_connected

    asyncio.run(story())
    [_, again] = gateway.logons
    assert Position(*(int(str(again.fields[f"resume.{name}"])) for name in Position._fields)) == (7, 1, 2)
    [said] = [it.getMessage() for it in caplog.records if it.levelno == logging.WARNING]
    assert f"reason={reason}" in said


@pytest.mark.parametrize("reason", sorted(FATAL_REASONS))
def test_a_session_that_may_not_come_back_says_so_to_who_waits(reason: str) -> None:
    gateway = Gateway(_logout(reason))

    async def story() -> None:
        async with _client(gateway) as client:
            with pytest.raises(UnavailableError, match=f"reason={reason}"):
                await client.take(1)

    asyncio.run(story())
    assert len(gateway.logons) == 1


def test_who_does_not_want_another_session_is_told_of_the_end_of_the_first() -> None:
    gateway = Gateway(_logout("SlowReader"))

    async def story() -> None:
        async with _client(gateway, reconnect=False) as client:
            with pytest.raises(UnavailableError, match="reason=SlowReader"):
                await client.take(1)

    asyncio.run(story())
    assert len(gateway.logons) == 1


def test_a_fault_of_who_listens_is_written_down_and_ends_one_session_only(caplog: pytest.LogCaptureFixture) -> None:
    gateway = Gateway(lambda writer: _say(writer, "CommandReport", TOLD, seq=2))
    heard: list[int] = []

    def hear(_position: Position, ts_ns: int) -> None:
        heard.append(ts_ns)
        raise ZeroDivisionError("a listener of a test")

    async def story() -> None:
        async with await asyncio.start_server(gateway.serve, "127.0.0.1", 0) as server:
            client = aio.Client(port=server.sockets[0].getsockname()[1], **KEY)
            client.listen_places(hear)
            async with client:
                await _until(client, 2)

    asyncio.run(story())
    assert heard == [TOLD["ts_ns"]]
    assert any(it.exc_info is not None and it.exc_info[0] is ZeroDivisionError for it in caplog.records)
