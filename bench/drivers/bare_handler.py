"""The bare handler: the framework of the service with one route that returns a constant, on the same worker.

Reads nothing, knows nobody, keeps nothing: what is left is what any service on this framework pays for a request.
"""

import asyncio
import json
import signal

import uvloop
from litestar import Litestar, post

from fairlead.adapters.serving import Door, HttpServer, listen

# As long as the answer of the service to the order of the load.
ANSWER = {"orderId": "1", "text": "x" * 560}


@post("/orders", status_code=201)
async def orders() -> dict[str, str]:
    """Return the constant."""
    return ANSWER


async def main() -> None:
    """Serve until SIGTERM; the first line of standard output says on which port."""
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    listening = listen("127.0.0.1", 0)
    port = listening.getsockname()[1]
    app = Litestar([orders], openapi_config=None, logging_config=None)
    door = Door(connections_max=4_096, ip_connections_max=4_096, head_s=5, idle_s=60)
    server = HttpServer(app, door=door, grace_s=1, on_ready=lambda: print(json.dumps({"port": port}), flush=True))
    await server.serve(listening, until=ended)


if __name__ == "__main__":
    uvloop.run(main())
