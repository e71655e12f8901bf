"""Many live connections that hear the trades of a market, each as thin as Python allows: a frame is not parsed.

``python socket_load.py`` answers a request a line: ``{"port", "connections", "symbol", "trades", "headers"}``. Each
trade is made by two orders over HTTP; a connection's latency counts from the moment the second is sent until its frame
is read.
"""

import asyncio
import json
import sys
from time import perf_counter_ns
from typing import Any

import uvloop

_WAIT_S = 30.0
_MASK = b"\0\0\0\0"
# Of the four bytes that the server sends along.
_PING, _PONG = b"\x89\x04", b"\x8a\x84"
_TRADE = b'"TRADE_EXECUTED"'
# Read together, or the frames of a thousand connections are opened one after the other.
_OPENED_AT_ONCE = 50


class Ear(asyncio.Protocol):
    """One live connection."""

    def __init__(self, load: "Load", asked: bytes) -> None:
        """Know what to ask for once it is open."""
        self._load, self._asked = load, asked
        self._transport: Any = None
        self._head = b""
        self.is_open = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask to become a live connection."""
        self._transport = transport
        self._transport.write(
            b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Say that the measurement is void."""
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("the server hung up"))
        self._load.lost += 1

    def data_received(self, data: bytes) -> None:
        """Note the time of a trade."""
        if self.is_open:
            if _TRADE in data:
                self._load.hear()
            elif data.startswith(_PING):
                self._transport.write(_PONG + _MASK + data[2:6])
            return
        self._head += data
        if b"\r\n\r\n" in self._head and self._asked:
            self._transport.write(self._asked)
            self._asked = b""
        if b'"RESPONSE"' in self._head:
            self.is_open = True
            self.ready.set_result(None)

    def close(self) -> None:
        """End it."""
        self._transport.abort()


class Load:
    """All connections, and the trade that they wait for."""

    def __init__(self, count: int) -> None:
        """Start without a trade."""
        self._count = count
        self._begun_ns = self._left = 0
        self._all_heard = asyncio.Event()
        self.latencies_ns: list[int] = []
        self.lost = 0

    def begin(self) -> None:
        """A trade is made now."""
        self._left, self._begun_ns = self._count, perf_counter_ns()
        self._all_heard.clear()

    def hear(self) -> None:
        """One connection has heard it."""
        self.latencies_ns.append(perf_counter_ns() - self._begun_ns)
        self._left -= 1
        if not self._left:
            self._all_heard.set()

    async def heard(self) -> None:
        """Wait until every connection has heard it."""
        async with asyncio.timeout(_WAIT_S):
            await self._all_heard.wait()


async def run(asked: dict[str, Any]) -> dict[str, Any]:
    """Open the connections, make the trades, and return how long each took to everybody."""
    load, loop = Load(asked["connections"]), asyncio.get_running_loop()
    channel = {"name": "trades", "symbol": asked["symbol"]}
    subscribe = _frame(json.dumps({"op": "subscribe", "id": "1", "channels": [channel]}).encode())
    ears: list[Ear] = []
    while len(ears) < asked["connections"]:
        more = min(_OPENED_AT_ONCE, asked["connections"] - len(ears))
        opened = [loop.create_connection(lambda: Ear(load, subscribe), "127.0.0.1", asked["port"]) for _ in range(more)]
        ears += [ear for _, ear in await asyncio.gather(*opened)]
        await asyncio.gather(*(ear.ready for ear in ears))
    reader, writer = await asyncio.open_connection("127.0.0.1", asked["port"])
    try:
        for number in range(asked["trades"] + 1):
            await _order(reader, writer, asked, "SELL")
            load.begin()
            await _order(reader, writer, asked, "BUY")
            await load.heard()
            if number == 0:
                load.latencies_ns.clear()
    finally:
        lost = load.lost
        writer.close()
        for ear in ears:
            ear.close()
    if lost:
        raise ConnectionResetError(f"connections were lost: {lost}")
    found = sorted(load.latencies_ns) or [0]
    return {
        "trades": asked["trades"],
        "frames": len(found),
        "p50_ns": found[len(found) // 2],
        "p99_ns": found[len(found) * 99 // 100],
        "max_ns": found[-1],
    }


async def _order(reader: Any, writer: Any, asked: dict[str, Any], side: str) -> None:
    body = json.dumps(
        {"symbol": asked["symbol"], "side": side, "orderType": "LIMIT", "quantity": "1", "price": "101.00"}
    ).encode()
    lines = [f"{name}: {value}" for name, value in asked["headers"].items()]
    head = "\r\n".join(["POST /orders HTTP/1.1", "Host: x", *lines, f"Content-Length: {len(body)}", "", ""])
    writer.write(head.encode() + body)
    answered = (await reader.readuntil(b"\r\n\r\n")).lower()
    at = answered.index(b"content-length:") + 15
    await reader.readexactly(int(answered[at:].split(b"\r\n", 1)[0]))
    if not answered.startswith(b"http/1.1 201"):
        raise ConnectionError(f"an order was refused: {answered.decode().splitlines()[0]}")


def _frame(text: bytes) -> bytes:
    """Return a text as a client sends it; a mask of zeros changes nothing."""
    assert len(text) < 126, "what is asked for is short"
    return bytes((0x81, 0x80 | len(text))) + _MASK + text


def main() -> None:
    """Answer one request a line until the input ends."""
    for line in sys.stdin:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            print(json.dumps(runner.run(run(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
