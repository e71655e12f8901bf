"""Connections of HTTP over real sockets: how many may be there, and which are ended because they say nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from fairlead.adapters.serving import Door, HttpServer, listen

HOST = "127.0.0.1"
REQUEST = b"GET /time HTTP/1.1\r\nHost: here\r\n\r\n"
# For what must not happen in a test.
LONG_S = 3_600.0
Connect = Callable[[], Awaitable["End"]]


class End:
    """The client's end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self) -> tuple[int, dict[str, Any]]:
        """Send a request and return status and body."""
        self.writer.write(REQUEST)
        return await self.answer()

    async def answer(self) -> tuple[int, dict[str, Any]]:
        """Return status and body of what comes."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length: ")[2].partition("\r\n")[0])
        body: dict[str, Any] = msgspec.json.decode(await self.reader.readexactly(length))
        return int(head.split()[1]), body

    async def is_ended(self) -> bool:
        """Wait until the other end is gone; whether it said nothing more."""
        try:
            return not await self.reader.read()
        except ConnectionError:
            return True

    async def close(self) -> None:
        """End the connection."""
        self.writer.close()


async def _answer(_scope: Any, _receive: Any, send: Any) -> None:
    head = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": b"{}"})


@asynccontextmanager
async def _served(door: Door, app: Any = _answer) -> AsyncIterator[Connect]:
    listening, until, is_ready = listen(HOST, 0), asyncio.Event(), asyncio.Event()
    server = HttpServer(app, door=door, grace_s=5, on_ready=is_ready.set)
    serving = asyncio.create_task(server.serve(listening, until=until))
    await is_ready.wait()
    port, ends = listening.getsockname()[1], []

    async def connect() -> End:
        ends.append(End(*await asyncio.open_connection(HOST, port)))
        return ends[-1]

    try:
        async with asyncio.timeout(30):
            yield connect
    finally:
        for end in ends:
            await end.close()
        until.set()
        await serving


def _door(**given: Any) -> Door:
    limits = {"connections_max": 100, "ip_connections_max": 100, "head_s": LONG_S, "idle_s": LONG_S}
    return Door(**limits | given)


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("bounds", "status", "limit", "why"),
    [
        ({"connections_max": 2}, 503, "limits.connections_max=2", "all_full"),
        ({"ip_connections_max": 2}, 429, "limits.ip_connections_max=2", "address_full"),
    ],
)
def test_one_more_than_may_be_there_is_told_why_and_ended(
    bounds: dict[str, int], status: int, limit: str, why: str
) -> None:
    async def main() -> None:
        door = _door(**bounds)
        async with _served(door) as connect:
            first, second = await connect(), await connect()
            assert [(await end.ask())[0] for end in (first, second)] == [200, 200]

            refused = await connect()
            got, body = await refused.ask()

            assert (got, body["code"], body["limit"]) == (status, "TOO_MANY_CONNECTIONS", limit)
            assert await refused.is_ended()
            assert door.turned_away()[why] == 1
            # Those that are there are not disturbed, and a place that is given back can be taken.
            assert (await first.ask())[0] == 200
            await second.close()
            await _until(lambda: door.open()["open"] == 1)
            assert (await (await connect()).ask())[0] == 200
        assert door.open()["open"] == 0

    asyncio.run(main())


def test_a_proxy_speaks_for_many_and_is_bound_by_all() -> None:
    async def main() -> None:
        door = _door(connections_max=3, ip_connections_max=1, proxies=[f"{HOST}/32"])
        async with _served(door) as connect:
            ends = [await connect() for _ in range(4)]
            assert [(await end.ask())[0] for end in ends] == [200, 200, 200, 503]

    asyncio.run(main())


def test_a_flood_of_refused_connections_is_ended_without_a_word() -> None:
    async def main() -> None:
        door = _door(connections_max=1)
        async with _served(door) as connect:
            kept = await connect()
            assert (await kept.ask())[0] == 200
            flood = [await connect() for _ in range(80)]
            await _until(lambda: door.turned_away()["all_full"] == 80)
            silent = [end for end in flood if await end.reader.read() == b""]
            assert len(silent) == 80 - 64
            assert (await kept.ask())[0] == 200

    asyncio.run(main())


@pytest.mark.parametrize("sent", [b"", b"GET /ti", b"\r\n\r\n", b"GET /time HTTP/1.1\r\nHost: here\r\nX-A: b\r\n"])
def test_a_connection_that_does_not_ask_is_ended(sent: bytes) -> None:
    async def main() -> None:
        door = _door(head_s=0.05)
        async with _served(door) as connect:
            end = await connect()
            end.writer.write(sent)
            assert await end.is_ended()
            assert door.turned_away()["slow"] == 1
            await _until(lambda: door.open()["open"] == 0)

    asyncio.run(main())


def test_a_byte_now_and_then_gives_a_later_head_no_more_time() -> None:
    async def main() -> None:
        door = _door(head_s=0.05)
        async with _served(door) as connect:
            end = await connect()
            assert (await end.ask())[0] == 200
            # An empty line before a request is allowed, and would put off a time that each byte begins anew.
            gone = asyncio.create_task(end.is_ended())
            while not gone.done():
                end.writer.write(b"\r\n")
                await asyncio.sleep(0)
            assert door.turned_away()["slow"] == 1

    asyncio.run(main())


def test_a_connection_without_another_request_is_ended() -> None:
    async def main() -> None:
        door = _door(idle_s=0.05)
        async with _served(door) as connect:
            end = await connect()
            assert (await end.ask())[0] == 200
            assert await end.is_ended()
            assert door.turned_away()["idle"] == 1

    asyncio.run(main())


def test_a_request_in_work_and_requests_in_a_row_are_neither_slow_nor_idle() -> None:
    asked, may_go = asyncio.Event(), asyncio.Event()

    async def wait(scope: Any, receive: Any, send: Any) -> None:
        asked.set()
        await may_go.wait()
        await _answer(scope, receive, send)

    async def main() -> None:
        door = _door(head_s=0.05, idle_s=0.05)
        async with _served(door, wait) as connect:
            working = await connect()
            working.writer.write(REQUEST + REQUEST)
            await asked.wait()
            # Another that says nothing is ended meanwhile: so long has the one in work been let alone.
            assert await (await connect()).is_ended()
            may_go.set()
            assert [(await working.answer())[0] for _ in range(2)] == [200, 200]

    asyncio.run(main())
