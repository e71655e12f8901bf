"""Live connections that read nothing: ended within a stated time, memory flat, and nobody else notices."""

import asyncio
import contextlib
import json
import socket
from pathlib import Path
from typing import Final

from tests.e2e.test_serve import Service
from tests.e2e.test_trading import LIMIT, Venue
from tests.e2e.venues import write_keys
from tests.hostile.test_sockets import _resident_bytes
from websockets.asyncio.client import ClientConnection, connect
from websockets.client import ClientProtocol
from websockets.protocol import State
from websockets.uri import parse_uri

_SLOW: Final = 20
_GROWTH_BYTES_MAX: Final = 48 * 1_048_576
_WAIT_S: Final = 90
_BOOK: Final = {"name": "book", "symbol": "ABC-USD"}
_HANDSHAKE: Final = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_SETS: Final = ("connection_messages_per_s=100000", "queue_bytes_max=65536", "idle_s=600")


def _more_than_is_taken() -> bytes:
    """Return a subscription, and requests of which each is answered with more than it has."""
    protocol = ClientProtocol(parse_uri("ws://127.0.0.1/ws"), state=State.OPEN)
    protocol.send_text(json.dumps({"op": "subscribe", "channels": [_BOOK]}).encode())
    for _ in range(20_000):
        protocol.send_text(b'{"op":"?"}')
    return b"".join(protocol.data_to_send())


def _deaf(port: int, waiting: bytes) -> socket.socket:
    """Return a live connection that asks for more than it reads, which is nothing."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.settimeout(_WAIT_S)
    one.connect(("127.0.0.1", port))
    one.sendall(_HANDSHAKE)
    assert one.recv(4_096).startswith(b"HTTP/1.1 101 ")
    # As much of it as is taken: who is not read from stops to read, too.
    one.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while waiting:
            waiting = waiting[one.send(waiting) :]
    return one


async def _hear(good: ClientConnection, seqs: list[int]) -> None:
    """Read a book from its first snapshot on; nothing of it is missing, and nothing is told anew."""
    async for text in good:
        message = json.loads(text)
        if message.get("channel") == "book":
            assert message["type"] == ("BOOK_UPDATE" if seqs else "BOOK_SNAPSHOT"), message
            assert not seqs or message["prevSeq"] == seqs[-1]
            seqs.append(message["seq"])


def _open(service: Service) -> int:
    text = service.http.get("/metrics").text
    (line,) = [it for it in text.splitlines() if it.startswith('websocket_connections{kind="public"}')]
    return int(float(line.split()[1]))


def test_who_reads_nothing_is_ended_and_nobody_else_notices(tmp_path: Path) -> None:
    directory = tmp_path / "venue"
    write_keys(directory)

    async def listen(venue: Venue) -> None:
        service, port, seqs = venue.service, int(venue.service.ready["port"]), list[int]()
        waiting = _more_than_is_taken()
        async with connect(f"ws://127.0.0.1:{port}/ws", proxy=None) as good:
            await good.send(json.dumps({"op": "subscribe", "channels": [_BOOK]}))
            hearing = asyncio.create_task(_hear(good, seqs))
            before = _resident_bytes(service)
            deaf = [await asyncio.to_thread(_deaf, port, waiting) for _ in range(_SLOW)]
            try:
                async with asyncio.timeout(_WAIT_S):
                    while await asyncio.to_thread(_open, service) > 1:
                        placed = await asyncio.to_thread(venue.ann.place, price="90.00", quantity=1)
                        assert placed.status_code == 201
                        # Its money comes back, however long they take to be ended.
                        gone = await asyncio.to_thread(venue.ann.ask, "DELETE", f"/orders/{placed.json()['orderId']}")
                        assert gone.status_code == 200
                    while len(seqs) < 2:
                        await asyncio.sleep(0.01)
                assert _resident_bytes(service) - before < _GROWTH_BYTES_MAX
                assert not hearing.done()
            finally:
                hearing.cancel()
                for one in deaf:
                    one.close()

    with Service(directory, *(word for one in _SETS for word in ("--set", f"limits.{one}"))) as service:
        venue = Venue(service, directory)
        for first in range(200, 400, 20):
            prices = [f"{price}.00" for price in range(first, first + 20)]
            orders = [LIMIT | {"side": "SELL", "quantity": "1", "price": price} for price in prices]
            assert venue.ann.ask("POST", "/orders/batch", {"orders": orders}).status_code == 200
        asyncio.run(listen(venue))
