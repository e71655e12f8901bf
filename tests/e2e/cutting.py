"""A network between a client and a service that cuts live connections after some bytes, wherever that is."""

import asyncio
import contextlib
from collections.abc import Iterator

__all__ = ["CuttingProxy"]


class CuttingProxy:
    """Carries connections to a port; a live one is cut as soon as its bytes of both directions are used up.

    Args:
        port: of the service; another may be named later.
        budgets: how many bytes each next live connection may carry; those after the last one are not cut.
    """

    def __init__(self, port: int, budgets: Iterator[int]) -> None:
        self.port, self._budgets = port, budgets
        self.cut = 0
        self.here = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "CuttingProxy":
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.here = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self._carry_both(client, to_client)
        finally:
            self._tasks.discard(task)
            to_client.transport.abort()

    async def _carry_both(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        try:
            first = await client.read(65_536)
            service, to_service = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return
        left = [next(self._budgets, 2**60) if first.startswith(b"GET /ws") else 2**60]
        ways = [
            asyncio.create_task(self._pump(client, to_service, left, first)),
            asyncio.create_task(self._pump(service, to_client, left, b"")),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            self.cut += left[0] <= 0
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            to_service.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, left: list[int], data: bytes) -> None:
        with contextlib.suppress(OSError):
            data = data or await source.read(65_536)
            while data:
                carried = data[: left[0]]
                left[0] -= len(carried)
                to.write(carried)
                await to.drain()
                if left[0] <= 0:
                    return
                data = await source.read(65_536)
