"""A client of HTTP/1.1 as thin as Python allows: kept connections, one request at a time on each.

``python http_load.py`` answers a request a line: ``{"port", "connections", "seconds", "method", "path", "headers",
"bodies"}``, whose bodies are sent in turn, and, for latencies, ``"rate"``. With a rate a request is due at its own time
whether or not the last one was answered, and its latency counts from then: what waits behind a slow answer is not left
out.
"""

import asyncio
import itertools
import json
import sys
from collections import Counter
from time import perf_counter_ns
from typing import Any

import uvloop

_NS_PER_S = 1_000_000_000


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        """Start without a question."""
        self._transport: Any = None
        self._answer: asyncio.Future[int] | None = None
        self._read = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what writes."""
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Answer who waits."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server hung up"))

    async def ask(self, request: bytes) -> int:
        """Send a request and return the status of its answer, which has come whole."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        """Wait for the end of the body."""
        self._read += data
        end = self._read.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._read[:end]).lower()
        at = head.index(b"content-length:") + 15
        length = int(head[at:].split(b"\r\n", 1)[0])
        if len(self._read) < end + 4 + length:
            return
        self._read.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(int(head[9:12]))


class Load:
    """What one request line asks for."""

    def __init__(self, asked: dict[str, Any]) -> None:
        """Write each request once."""
        self._turn = itertools.cycle([_request(asked, body.encode()) for body in asked.get("bodies", [""])])
        self._rate, self._seconds = asked.get("rate"), float(asked["seconds"])
        self._port, self._connections = int(asked["port"]), int(asked["connections"])
        self._statuses: Counter[int] = Counter()
        self._took_ns: list[int] = []
        self._next = 0

    async def run(self) -> dict[str, Any]:
        """Load for so long and return what came."""
        loop = asyncio.get_running_loop()
        lines = [(await loop.create_connection(Line, "127.0.0.1", self._port)) for _ in range(self._connections)]
        began = perf_counter_ns()
        await asyncio.gather(*(self._keep_asking(line, began) for _, line in lines))
        elapsed = perf_counter_ns() - began
        for transport, _ in lines:
            transport.close()
        took = sorted(self._took_ns)
        ranks = {name: took[min(len(took) - 1, int(len(took) * part))] for name, part in _PARTS.items()}
        return {
            "requests": len(took),
            "elapsed_ns": elapsed,
            "per_s": len(took) * _NS_PER_S / elapsed,
            "statuses": dict(self._statuses),
            **ranks,
        }

    async def _keep_asking(self, line: Line, began: int) -> None:
        end = began + int(self._seconds * _NS_PER_S)
        while True:
            due = perf_counter_ns()
            if self._rate is not None:
                due = began + int(self._next * _NS_PER_S / self._rate)
                self._next += 1
                if due < end and (early := due - perf_counter_ns()) > 0:
                    await asyncio.sleep(early / _NS_PER_S)
            if due >= end:
                return
            self._statuses[await line.ask(next(self._turn))] += 1
            self._took_ns.append(perf_counter_ns() - due)


def _request(asked: dict[str, Any], body: bytes) -> bytes:
    lines = [f"{asked['method']} {asked['path']} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in asked.get("headers", {}).items()]
    lines += [f"Content-Length: {len(body)}", "", ""] if body else ["", ""]
    return "\r\n".join(lines).encode() + body


_PARTS = {"p50_ns": 0.5, "p99_ns": 0.99, "p999_ns": 0.999}


def main() -> None:
    """Answer until the input ends."""
    for asked in sys.stdin:
        print(json.dumps(uvloop.run(Load(json.loads(asked)).run())), flush=True)


if __name__ == "__main__":
    main()
