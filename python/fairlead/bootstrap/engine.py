"""The engine with its gateway, recovered and ready to serve on a thread of its own."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fairlead.adapters.serving import EngineThread, Purpose, make_keys
from fairlead.bootstrap.house import House
from fairlead.engine.server import EngineServer
from fairlead.settings import Settings

__all__ = ["open_engine", "recovered", "seats", "serving"]


def _nothing(server: EngineServer) -> None:
    del server


def seats(settings: Settings) -> range:
    """Return the numbers of the processes: 0 has the engine, and answers HTTP where there is no other."""
    workers = settings.server.workers
    return range(workers + 1 if workers > 1 else 1)


async def open_engine(
    settings: Settings, *, ended: asyncio.Event, prepare: Callable[[EngineServer], None] = _nothing
) -> tuple[EngineThread, tuple[str, int]]:
    """Recover the engine and return it, and where its gateway is, which has a key for each session of the service.

    Args:
        settings: the configuration.
        ended: set when the engine ends.
        prepare: what else is done to it before it serves.
    """
    engine, loop = settings.engine, asyncio.get_running_loop()

    def start() -> EngineServer:
        server = EngineServer(
            engine.data_dir,
            host=settings.server.gateway_host,
            port=settings.server.gateway_port,
            durability=engine.durability,
            snapshot_every=engine.snapshot_every,
            client_ids_max=engine.client_ids_max,
            allow_plain_remote=engine.allow_plain_remote,
            tls_cert=engine.tls_cert,
            tls_key=engine.tls_key,
            spin_us=engine.spin_us,
            latency=engine.latency,
        )
        try:
            if make_keys(engine.data_dir, itertools.product(seats(settings), Purpose)):
                server.reload()
            prepare(server)
        except BaseException:
            server.stop()
            raise
        return server

    server = await asyncio.to_thread(start)

    def say_end() -> None:
        loop.call_soon_threadsafe(ended.set)

    thread = EngineThread(server, on_end=say_end)
    return thread, server.address


@asynccontextmanager
async def recovered(house: House) -> AsyncIterator[None]:
    """Leave the engine as its log has it; it is stopped also where nothing lets it serve."""
    house.engine, house.gateway = await open_engine(house.settings, ended=house.ended, prepare=house.prepare)
    house.engine.read_seq = lambda: house.read_seq()
    house.latency, house.check_engine = house.engine.latency, house.engine.check
    try:
        yield
    finally:
        await asyncio.to_thread(house.engine.stop)


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[None]:
    """Let the engine serve meanwhile."""
    house.engine.start()
    try:
        yield
    finally:
        await asyncio.to_thread(house.engine.stop)
