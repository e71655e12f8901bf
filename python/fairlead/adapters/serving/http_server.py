"""HTTP through uvicorn, in a loop and with signals that are ours."""

import asyncio
import functools
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import uvicorn

from fairlead.adapters.serving.door import Door
from fairlead.adapters.serving.http_connection import HttpConnection
from fairlead.adapters.serving.socket_connection import SocketConnection
from fairlead.errors import UnavailableError

__all__ = ["HttpServer", "listen"]

# As large as any body: a larger message closes the connection with 1009.
_FRAME_BYTES_MAX: Final = 65_536


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: a name or an address.
        port: 0 lets the system choose.

    Raises:
        UnavailableError: nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1_024)
    except OSError as error:
        why = error.strerror or str(error)
        raise UnavailableError(
            f"cannot listen: host={host} port={port} why={why}; give another --port, or end what has it"
        ) from None


class HttpServer:
    """Answers HTTP on a socket.

    Args:
        app: the ASGI application.
        door: who may connect.
        grace_s: how long a stop waits for requests in work.
        trusted_proxies: addresses and networks whose ``X-Forwarded-For`` says who asks; nobody else's is looked at.
        on_ready: called once requests are answered.
    """

    def __init__(
        self, app: Any, *, door: Door, grace_s: int, on_ready: Callable[[], None], trusted_proxies: Sequence[str] = ()
    ) -> None:
        config = uvicorn.Config(
            app,
            # Called for each connection: what stands for a class here need not be one.
            http=cast("type[asyncio.Protocol]", functools.partial(HttpConnection, door=door)),
            ws=SocketConnection,
            ws_max_size=_FRAME_BYTES_MAX,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(trusted_proxies),
            forwarded_allow_ips=list(trusted_proxies),
            timeout_graceful_shutdown=grace_s,
        )
        self._server = _Server(config, on_ready=on_ready)

    async def serve(self, listening: socket.socket, *, until: asyncio.Event) -> None:
        """Answer requests until the event; then accept no more, finish what is in work, and end."""
        serving = asyncio.create_task(self._server.serve([listening]), name="fairlead-http")
        ending = asyncio.create_task(until.wait(), name="fairlead-end")
        try:
            await asyncio.wait({serving, ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ending.cancel()
            self._server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # A signal stops more than HTTP: who starts the service listens to it, and nobody raises it again.
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()
