"""The engine with its gateway, recovered and ready to serve on a thread of its own."""

import asyncio

from fairlead.adapters.serving import EngineThread, front_end_key
from fairlead.engine.server import EngineServer
from fairlead.settings import Settings

__all__ = ["open_engine"]


async def open_engine(settings: Settings, *, ended: asyncio.Event) -> tuple[EngineThread, tuple[str, int], str]:
    """Recover the engine and return it, where its gateway is, and the key of the front end."""
    engine, loop = settings.engine, asyncio.get_running_loop()

    def start() -> tuple[EngineServer, str]:
        server = EngineServer(
            engine.data_dir,
            host=settings.server.gateway_host,
            port=settings.server.gateway_port,
            durability=engine.durability,
            snapshot_every=engine.snapshot_every,
            allow_plain_remote=engine.allow_plain_remote,
            tls_cert=engine.tls_cert,
            tls_key=engine.tls_key,
            spin_us=engine.spin_us,
            latency=engine.latency,
        )
        try:
            return server, front_end_key(server, engine.data_dir)
        except BaseException:
            server.stop()
            raise

    server, key_id = await asyncio.to_thread(start)

    def say_end() -> None:
        loop.call_soon_threadsafe(ended.set)

    thread = EngineThread(server, on_end=say_end)
    return thread, server.address, key_id
